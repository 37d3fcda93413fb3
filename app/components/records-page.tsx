// The search for a record, and what it found in the mirror.
import { BlockStack, Button, Link, Page, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import type { ReactNode } from "react";
import { recordPath } from "#app/status/choices.ts";
import type { Found, FoundRecord } from "#app/status/record-search.ts";
import { AwayNotice, DroppedNotice } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Clock, useNow, useReader } from "./reader.tsx";
import { resourceInSentence } from "./words.ts";

export interface RecordsPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  /** What was searched for; null before the first search. */
  readonly term: string | null;
  readonly found: Found | null;
  readonly dropped: readonly string[];
  readonly saved: ReactNode;
  readonly isSearching: boolean;
  readonly onSearch: (term: string) => void;
}

export function RecordsPage(props: RecordsPageProps) {
  const { at, isAway, term, found, dropped, saved, isSearching, onSearch } = props;
  const { t } = useReader();
  // What stands in the address wins when that changes, as by a saved view.
  const [typing, setTyping] = useState({ from: term, text: term ?? "" });
  const typed = typing.from === term ? typing.text : (term ?? "");
  return (
    <Clock at={at}>
      <Page title={t("records.title")} subtitle={t("records.intro")}>
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          {saved}
          <Panel title={t("records.search")} isTitleHidden>
            <form
              role="search"
              onSubmit={(event) => {
                event.preventDefault();
                onSearch(typed.trim());
              }}
            >
              <TextField
                label={t("records.search")}
                helpText={t("records.searchHint")}
                placeholder={t("records.placeholder")}
                type="search"
                autoComplete="off"
                maxLength={200}
                value={typed}
                onChange={(text) => setTyping({ from: term, text })}
                connectedRight={
                  <Button submit variant="primary" loading={isSearching}>
                    {t("records.find")}
                  </Button>
                }
              />
            </form>
          </Panel>
          {found && term !== null && <FoundPanel found={found} term={term} />}
        </div>
      </Page>
    </Clock>
  );
}

function FoundPanel({ found: { records, named }, term }: { readonly found: Found; readonly term: string }) {
  const { t, formats } = useReader();
  const count = records.length;
  if (count === 0) {
    return (
      <Panel title={t("records.none", { term })}>
        <BlockStack gap="200" inlineAlign="start">
          <Text as="p" tone="subdued">
            {t("records.noneHint")}
          </Text>
          {named ? (
            <Button url={recordPath(named.resource, named.key)}>
              {t("records.look", { resource: resourceInSentence(named.resource, t), key: named.key })}
            </Button>
          ) : (
            <Button url="/app/runs/new">{t("records.toSync")}</Button>
          )}
        </BlockStack>
      </Panel>
    );
  }
  return (
    <Panel title={t("records.found", { count, shown: formats.number(count) })}>
      <ul className="cf-list">
        {records.map((record) => (
          <FoundItem key={`${record.kind} ${record.id}`} record={record} />
        ))}
      </ul>
    </Panel>
  );
}

function FoundItem({ record }: { readonly record: FoundRecord }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { kind, resource, key, title, sku, updatedAt, id } = record;
  const parts = [
    t(`records.kind.${kind}`),
    id,
    ...(sku ? [t("records.sku", { sku })] : []),
    ...(updatedAt ? [t("records.changed", { ago: formats.ago(updatedAt, now) })] : []),
  ];
  return (
    <li>
      <Link url={recordPath(resource, key)} removeUnderline>
        <Text as="span" fontWeight="medium">
          {title}
        </Text>
      </Link>
      <Text as="p" variant="bodySm" tone="subdued">
        <span className="cf-number">{parts.join(" · ")}</span>
      </Text>
    </li>
  );
}
