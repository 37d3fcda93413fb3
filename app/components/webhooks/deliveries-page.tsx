// The delivery log, filtered and sorted by what stands in the address: what came, what became of it, and the way to have it worked
// through again. Props in, JSX out.
import { Badge, Button, InlineStack, Link, Page, Select, TextField } from "@shopify/polaris";
import type { ReactNode } from "react";
import type {
  DeliveryChoices,
  DeliveryFilters,
  DeliveryLine,
  DeliveryPage as Listed,
} from "#app/status/deliveries.ts";
import type { DELIVERY_SORT_KEYS, DeliverySort } from "#app/status/sorts.ts";
import { FilterPanel } from "../filter-panel.tsx";
import { AwayNotice, DroppedNotice, Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Clock, Moment, useNow, useReader } from "../reader.tsx";
import { SortButton, SortHeading } from "../sort-button.tsx";
import type { SortChoice } from "../sort-button.tsx";
import { resourceTitle } from "../words.ts";
import { Faint } from "./coverage-matrix.tsx";
import { WebhookTabs } from "./tabs.tsx";
import { becauseWords, deliveryTone, outcomeWords } from "./words.ts";

export interface DeliveriesPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly page: Listed;
  readonly filters: DeliveryFilters;
  readonly sort: DeliverySort;
  readonly choices: DeliveryChoices;
  readonly dropped: readonly string[];
  /** This is not the first page. */
  readonly isLater: boolean;
  readonly saved: ReactNode;
  /** Null takes the filter away. */
  readonly onFilter: (name: keyof DeliveryFilters, value: string | null) => void;
  readonly onClear: () => void;
  readonly onSort: (sort: DeliverySort) => void;
  readonly pageUrl: (after: string | null) => string;
  /** Buttons for the whole of what is filtered: export, replay. */
  readonly acts: ReactNode;
}

export function DeliveriesPage(props: DeliveriesPageProps) {
  const { at, isAway, page, filters, sort, dropped, isLater, saved, onSort, pageUrl, acts } = props;
  const { t } = useReader();
  const received: Sorting["choice"] = { key: "received", label: t("hooks.log.received"), kind: "time" };
  const isFiltered = Object.values(filters).some((value) => value !== null);
  return (
    <Clock at={at}>
      <Page fullWidth title={t("hooks.title")}>
        <div className="cf-stack">
          <WebhookTabs shown="deliveries" />
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          {saved}
          <DeliveryFilterPanel {...props} isFiltered={isFiltered} />
          <Panel
            title={t("hooks.log.title")}
            aside={
              <InlineStack gap="200">
                <SortButton choices={[received]} sort={sort} onSort={onSort} />
                {acts}
              </InlineStack>
            }
            isFlush
          >
            {page.deliveries.length === 0 ? (
              <div className="cf-panel__body">
                <Nothing
                  title={isFiltered || isLater ? t("hooks.log.none") : t("hooks.log.nothingYet")}
                  hint={isFiltered || isLater ? t("hooks.log.noneHint") : t("hooks.log.nothingYetHint")}
                />
              </div>
            ) : (
              <DeliveryTable deliveries={page.deliveries} sorting={{ choice: received, sort, onSort }} />
            )}
          </Panel>
          {(isLater || page.next) && (
            <nav aria-label={t("hooks.log.pages")}>
              <InlineStack gap="200" align="center">
                <Button url={pageUrl(null)} disabled={!isLater}>
                  {t("hooks.log.first")}
                </Button>
                <Button url={pageUrl(page.next)} disabled={page.next === null}>
                  {t("hooks.log.next")}
                </Button>
              </InlineStack>
            </nav>
          )}
        </div>
      </Page>
    </Clock>
  );
}

interface Sorting {
  readonly choice: SortChoice<(typeof DELIVERY_SORT_KEYS)[number]>;
  readonly sort: DeliverySort;
  readonly onSort: (sort: DeliverySort) => void;
}

/** Rows of deliveries, each leading to its page; `mark` adds to a row's topic. */
export function DeliveryTable({
  deliveries,
  mark,
  sorting,
}: {
  readonly deliveries: readonly DeliveryLine[];
  readonly mark?: (delivery: DeliveryLine) => ReactNode;
  readonly sorting?: Sorting;
}) {
  const { t } = useReader();
  return (
    <table className="cf-table cf-table--wide cf-table--log" role="table">
      <thead role="rowgroup">
        <tr role="row">
          {(["topic", "record", "state"] as const).map((column) => (
            <th key={column} role="columnheader" scope="col">
              {t(`hooks.log.${column}`)}
            </th>
          ))}
          {sorting ? (
            <SortHeading {...sorting} />
          ) : (
            <th role="columnheader" scope="col">
              {t("hooks.log.received")}
            </th>
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {deliveries.map((delivery) => (
          <DeliveryRow key={delivery.id} delivery={delivery} mark={mark?.(delivery)} />
        ))}
      </tbody>
    </table>
  );
}

function DeliveryRow({ delivery, mark }: { readonly delivery: DeliveryLine; readonly mark: ReactNode }) {
  const reading = { ...useReader(), now: useNow() };
  const { t, formats, now } = reading;
  const { id, topic, state, resource, recordKey, receivedAt, triggeredAt, settledAt, replays } = delivery;
  const tone = deliveryTone(state);
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <Link url={`/app/webhooks/deliveries/${id}`} monochrome>
          {topic}
        </Link>{" "}
        {mark}
        <div>
          <Faint>{t("hooks.log.number", { id })}</Faint>
        </div>
      </th>
      <td role="cell" className="cf-number">
        {resource && recordKey ? (
          <>
            <div>{resourceTitle(resource, t)}</div>
            <Faint>{recordKey}</Faint>
          </>
        ) : (
          <Faint>{t("hooks.delivery.unknown")}</Faint>
        )}
      </td>
      <td role="cell">
        <Badge {...(tone ? { tone } : {})}>{t(`hooks.outcome.${state}.badge`)}</Badge>
        <div>
          <Faint>{outcomeWords(delivery, reading)}</Faint>
        </div>
      </td>
      <td role="cell" className="cf-nowrap">
        <Moment at={receivedAt}>{formats.time(receivedAt, now)}</Moment>
        {state === "applied" && settledAt && triggeredAt && replays === 0 && (
          <div>
            <Faint>
              {t("hooks.delivery.took", {
                delay: formats.duration(Math.max(0, settledAt.getTime() - triggeredAt.getTime())),
              })}
            </Faint>
          </div>
        )}
      </td>
    </tr>
  );
}

function DeliveryFilterPanel({
  filters,
  choices,
  onFilter,
  onClear,
  isFiltered,
}: DeliveriesPageProps & { readonly isFiltered: boolean }) {
  const reading = { ...useReader(), now: useNow() };
  const { t } = reading;
  const options = (values: readonly string[], chosen: string | null, label: (value: string) => string) => [
    { label: t("hooks.log.any"), value: "" },
    // What an address asks for is shown even where there is none of it.
    ...[...new Set([...values, ...(chosen ? [chosen] : [])])].map((value) => ({
      value,
      label: label(value),
    })),
  ];
  const select = (
    name: "topic" | "state" | "reason" | "resource",
    label: string,
    list: ReturnType<typeof options>,
  ) => (
    <Select
      label={label}
      options={list}
      value={filters[name] ?? ""}
      onChange={(value) => onFilter(name, value || null)}
    />
  );
  const field = (name: "record" | "from" | "until", label: string, type: "date" | "text") => (
    <TextField
      label={label}
      type={type}
      autoComplete="off"
      value={filters[name] ?? ""}
      onChange={(value) => onFilter(name, value.trim() || null)}
    />
  );
  const state = (value: string) => t(`hooks.outcome.${value as DeliveryLine["state"]}.badge`);
  return (
    <FilterPanel
      title={t("hooks.log.filters")}
      active={Object.values(filters).filter((value) => value !== null).length}
    >
      <div className="cf-filters">
        {select(
          "topic",
          t("hooks.log.topic"),
          options(choices.topics, filters.topic, (value) => value),
        )}
        {select("state", t("hooks.log.state"), options(choices.states, filters.state, state))}
        {select(
          "reason",
          t("hooks.log.reason"),
          options(choices.reasons, filters.reason, (value) => becauseWords(value, reading) ?? value),
        )}
        {select(
          "resource",
          t("hooks.log.resource"),
          options(choices.resources, filters.resource, (value) => resourceTitle(value, t)),
        )}
        {field("record", t("hooks.log.recordId"), "text")}
        {field("from", t("hooks.log.from"), "date")}
        {field("until", t("hooks.log.until"), "date")}
        <div className="cf-filters__clear">
          <Button onClick={onClear} disabled={!isFiltered}>
            {t("hooks.log.clear")}
          </Button>
        </div>
      </div>
    </FilterPanel>
  );
}
