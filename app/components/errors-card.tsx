// The latest errors that nobody has resolved: what happened, to which record, and what to do.
import { BlockStack, Link, Text } from "@shopify/polaris";
import { causeQuery, hasPage, recordPath } from "#app/status/choices.ts";
import type { ErrorView } from "#app/status/errors.ts";
import { Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Ago, useReader } from "./reader.tsx";
import { causeOf, resourceTitle } from "./words.ts";

export function ErrorsCard({ errors }: { readonly errors: readonly ErrorView[] }) {
  const { t } = useReader();
  return (
    <Panel title={t("errors.title")} aside={<Link url="/app/errors">{t("faults.seeAll")}</Link>}>
      {errors.length === 0 ? (
        <Nothing title={t("errors.none")} hint={t("errors.noneHint")} />
      ) : (
        <ErrorList errors={errors} />
      )}
    </Panel>
  );
}

export function ErrorList({ errors }: { readonly errors: readonly ErrorView[] }) {
  return (
    <ul className="cf-list">
      {errors.map((error) => (
        <ErrorItem key={error.id} error={error} />
      ))}
    </ul>
  );
}

function ErrorItem({ error }: { readonly error: ErrorView }) {
  const { t } = useReader();
  const { what, todo } = causeOf(error.code, t);
  const { resource, recordKey, code, detail } = error;
  const title = resourceTitle(resource, t);
  const name = recordKey === null ? title : t("errors.record", { resource: title, key: recordKey });
  return (
    <li>
      <BlockStack gap="100">
        <div className="cf-line">
          <Link
            url={`/app/errors/group?${causeQuery({ source: "records", subject: resource, code })}`}
            removeUnderline
          >
            <Text as="span" fontWeight="medium">
              {what}
            </Text>
          </Link>
          <Text as="span" variant="bodySm" tone="subdued">
            <Ago at={error.occurredAt} />
          </Text>
        </div>
        <Text as="p" variant="bodySm" tone="subdued">
          {recordKey !== null && hasPage(recordKey) ? (
            <Link url={recordPath(resource, recordKey)}>{name}</Link>
          ) : (
            name
          )}
        </Text>
        <Text as="p" variant="bodySm">
          {t("errors.todo", { todo })}
        </Text>
        {detail !== "" && (
          <details className="cf-details">
            <summary>
              <Text as="span" variant="bodySm">
                {t("errors.detail")}
              </Text>
            </summary>
            <code>
              {code}: {detail}
            </code>
          </details>
        )}
      </BlockStack>
    </li>
  );
}
