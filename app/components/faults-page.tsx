// Errors by cause: what needs somebody first, and what was said of the others.
import { Badge, BlockStack, Button, ButtonGroup, InlineStack, Link, Page, Text } from "@shopify/polaris";
import { GROUP_FILTERS, causeQuery, isIn } from "#app/status/choices.ts";
import type { GroupFilter } from "#app/status/choices.ts";
import type { ErrorGroup, GroupList } from "#app/status/error-groups.ts";
import { groupPlace, groupTone } from "./activity-words.ts";
import { AwayNotice, DroppedNotice, Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Clock, useNow, useReader } from "./reader.tsx";
import { causeOf } from "./words.ts";

export interface FaultsPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly list: GroupList;
  readonly filter: GroupFilter;
  readonly dropped: readonly string[];
}

export function FaultsPage({ at, isAway, list, filter, dropped }: FaultsPageProps) {
  const { t, formats } = useReader();
  const shown = list.groups.filter(({ state }) => isIn(state, filter));
  return (
    <Clock at={at}>
      <Page title={t("faults.title")}>
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          <nav className="cf-acts" aria-label={t("faults.filter.label")}>
            <ButtonGroup>
              {GROUP_FILTERS.map((each) => {
                const count = list.groups.filter(({ state }) => isIn(state, each)).length;
                return (
                  <Button
                    key={each}
                    url={`/app/errors?show=${each}`}
                    {...(each === filter ? { variant: "primary" as const } : {})}
                  >
                    {`${t(`faults.filter.${each}`)} (${formats.number(count)})`}
                  </Button>
                );
              })}
            </ButtonGroup>
          </nav>
          <Panel title={t("faults.list")}>
            {shown.length === 0 ? (
              <Nothing title={t(`faults.none.${filter}`)} hint={t("faults.noneHint")} />
            ) : (
              <ul className="cf-list">
                {shown.map((group) => (
                  <GroupItem key={causeQuery(group)} group={group} />
                ))}
              </ul>
            )}
          </Panel>
          {list.isMore && (
            <Text as="p" tone="subdued">
              {t("faults.isMore", {
                shown: formats.number(list.groups.reduce((sum, { all }) => sum + all, 0)),
              })}
            </Text>
          )}
        </div>
      </Page>
    </Clock>
  );
}

export function GroupBadge({ state }: { readonly state: ErrorGroup["state"] }) {
  const { t } = useReader();
  const tone = groupTone(state);
  return <Badge {...(tone ? { tone } : {})}>{t(`faults.state.${state}`)}</Badge>;
}

/** "Acknowledged 3 min ago, by staff member 42", where somebody said something that still holds. */
export function MarkWords({ group }: { readonly group: ErrorGroup }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { state, markedAt, markedBy } = group;
  if (!markedAt || state === "open" || state === "reopened") return null;
  const who = markedBy?.startsWith("user:") ? markedBy.slice("user:".length) : null;
  const words = { state: t(`faults.state.${state}`), ago: formats.ago(markedAt, now) };
  return (
    <Text as="p" variant="bodySm" tone="subdued">
      {who === null ? t("faults.marked", words) : t("faults.markedBy", { ...words, who })}
    </Text>
  );
}

function GroupItem({ group }: { readonly group: ErrorGroup }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { what, todo } = causeOf(group.code, t);
  const parts = [
    groupPlace(group, t),
    t("faults.open", { count: group.open, shown: formats.number(group.open) }),
    ...(group.records > 0
      ? [t("faults.records", { count: group.records, shown: formats.number(group.records) })]
      : []),
    t("faults.span", { first: formats.ago(group.firstAt, now), last: formats.ago(group.lastAt, now) }),
  ];
  return (
    <li>
      <BlockStack gap="100">
        <InlineStack gap="200" blockAlign="center">
          <Link url={`/app/errors/group?${causeQuery(group)}`} removeUnderline>
            <Text as="span" fontWeight="medium">
              {what}
            </Text>
          </Link>
          <GroupBadge state={group.state} />
        </InlineStack>
        <Text as="p" variant="bodySm" tone="subdued">
          <span className="cf-number">{parts.join(" · ")}</span>
        </Text>
        {group.open > 0 && (
          <Text as="p" variant="bodySm">
            {t("faults.todo", { todo })}
          </Text>
        )}
        <MarkWords group={group} />
      </BlockStack>
    </li>
  );
}
