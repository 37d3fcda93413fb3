// Errors by cause: what needs somebody first, and what was said of the others.
import {
  Badge,
  BlockStack,
  Button,
  ButtonGroup,
  InlineStack,
  Link,
  Page,
  Select,
  Text,
} from "@shopify/polaris";
import type { ReactNode } from "react";
import { GROUP_FILTERS, causeQuery, isAsked } from "#app/status/choices.ts";
import type { ErrorFilters } from "#app/status/choices.ts";
import type { ErrorGroup, GroupList } from "#app/status/error-groups.ts";
import type { ErrorSort } from "#app/status/sorts.ts";
import { groupPlace, groupTone } from "./activity-words.ts";
import { AwayNotice, DroppedNotice, Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Clock, useNow, useReader } from "./reader.tsx";
import { SortButton } from "./sort-button.tsx";
import { Trend } from "./trend.tsx";
import { causeOf } from "./words.ts";

export interface FaultsPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly list: GroupList;
  readonly filters: ErrorFilters;
  readonly sort: ErrorSort;
  readonly dropped: readonly string[];
  readonly saved: ReactNode;
  /** Buttons for the whole of what is filtered: export. */
  readonly acts: ReactNode;
  /** Trying all of it again. */
  readonly retryAll: ReactNode;
  /** The list's address with other filters. */
  readonly pageUrl: (filters: ErrorFilters) => string;
  readonly onFilter: (filters: ErrorFilters) => void;
  readonly onSort: (sort: ErrorSort) => void;
}

export function FaultsPage(props: FaultsPageProps) {
  const { at, isAway, list, filters, sort, dropped, saved, acts, retryAll, onSort } = props;
  const { t, formats } = useReader();
  const shown = list.groups.filter((group) => isAsked(group, filters));
  return (
    <Clock at={at}>
      <Page title={t("faults.title")}>
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          {saved}
          <FilterPanel {...props} />
          {shown.some(({ open }) => open > 0) && retryAll}
          <Panel
            title={t("faults.list")}
            aside={
              shown.length > 0 && (
                <ButtonGroup>
                  <SortButton
                    choices={[
                      { key: "last", label: t("faults.sort.last"), kind: "time" },
                      { key: "first", label: t("faults.sort.first"), kind: "time" },
                      { key: "records", label: t("faults.sort.records"), kind: "number" },
                    ]}
                    sort={sort}
                    onSort={onSort}
                  />
                  {acts}
                </ButtonGroup>
              )
            }
          >
            {shown.length === 0 ? (
              <Nothing title={t(`faults.none.${filters.show}`)} hint={t("faults.noneHint")} />
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

function FilterPanel({ list, filters, pageUrl, onFilter }: FaultsPageProps) {
  const { t, formats } = useReader();
  const places = new Map(
    list.groups.map((group) => [`${group.source} ${group.subject}`, groupPlace(group, t)]),
  );
  const { source, subject } = filters;
  if (source && subject && !places.has(`${source} ${subject}`))
    places.set(`${source} ${subject}`, groupPlace({ source, subject }, t));
  return (
    <div className="cf-bar-line">
      <nav className="cf-acts" aria-label={t("faults.filter.label")}>
        <ButtonGroup>
          {GROUP_FILTERS.map((each) => {
            const count = list.groups.filter((group) => isAsked(group, { ...filters, show: each })).length;
            return (
              <Button
                key={each}
                url={pageUrl({ ...filters, show: each })}
                {...(each === filters.show ? { variant: "primary" as const } : {})}
              >
                {`${t(`faults.filter.${each}`)} (${formats.number(count)})`}
              </Button>
            );
          })}
        </ButtonGroup>
      </nav>
      <Select
        label={t("faults.where")}
        labelInline
        options={[
          { label: t("faults.everywhere"), value: "" },
          ...[...places].map(([value, label]) => ({ value, label })),
        ]}
        value={source && subject ? `${source} ${subject}` : ""}
        onChange={(value) => {
          const [from, of] = value.split(" ");
          const isPlace = of !== undefined && (from === "records" || from === "deliveries");
          onFilter({ ...filters, source: isPlace ? from : null, subject: isPlace ? of : null });
        }}
      />
    </div>
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
        <div className="cf-line">
          <Text as="p" variant="bodySm" tone="subdued">
            <span className="cf-number">{parts.join(" · ")}</span>
          </Text>
          <Trend days={group.days} />
        </div>
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
