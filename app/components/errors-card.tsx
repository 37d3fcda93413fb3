// The latest errors that nobody has resolved: what happened, to which record, and what to do.
import { BlockStack, Text } from "@shopify/polaris";
import type { ErrorView } from "#app/status/errors.ts";
import { Panel } from "./panel.tsx";
import { Ago, useReader } from "./reader.tsx";
import { causeOf, resourceTitle } from "./words.ts";

export function ErrorsCard({ errors }: { readonly errors: readonly ErrorView[] }) {
  const { t } = useReader();
  return (
    <Panel title={t("errors.title")}>
      {errors.length === 0 ? (
        <BlockStack gap="050">
          <Text as="p">{t("errors.none")}</Text>
          <Text as="p" tone="subdued">
            {t("errors.noneHint")}
          </Text>
        </BlockStack>
      ) : (
        <ul className="cf-list">
          {errors.map((error) => (
            <ErrorItem key={error.id} error={error} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ErrorItem({ error }: { readonly error: ErrorView }) {
  const { t } = useReader();
  const { what, todo } = causeOf(error.code, t);
  const resource = resourceTitle(error.resource, t);
  return (
    <li>
      <BlockStack gap="100">
        <div className="cf-line">
          <Text as="span" fontWeight="medium">
            {what}
          </Text>
          <Text as="span" variant="bodySm" tone="subdued">
            <Ago at={error.occurredAt} />
          </Text>
        </div>
        <Text as="p" variant="bodySm" tone="subdued">
          {error.recordKey ? t("errors.record", { resource, key: error.recordKey }) : resource}
        </Text>
        <Text as="p" variant="bodySm">
          {t("errors.todo", { todo })}
        </Text>
        {error.detail !== "" && (
          <details className="cf-details">
            <summary>
              <Text as="span" variant="bodySm">
                {t("errors.detail")}
              </Text>
            </summary>
            <code>
              {error.code}: {error.detail}
            </code>
          </details>
        )}
      </BlockStack>
    </li>
  );
}
