// The history of runs, filtered and sorted by what stands in the address, and the way to start one.
import { Button, ButtonGroup, InlineStack, Page, Select, TextField } from "@shopify/polaris";
import type { ReactNode } from "react";
import { RUN_ASKERS, RUN_KINDS, RUN_STATES } from "#app/status/choices.ts";
import type { RunFilters, RunPage } from "#app/status/run-history.ts";
import type { RunSort } from "#app/status/sorts.ts";
import { FilterPanel } from "./filter-panel.tsx";
import { AwayNotice, DroppedNotice, Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Clock, useReader } from "./reader.tsx";
import { RunList } from "./run-list.tsx";
import { SortButton } from "./sort-button.tsx";
import { resourceTitle } from "./words.ts";

export interface ActivityPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly page: RunPage;
  readonly filters: RunFilters;
  readonly sort: RunSort;
  readonly dropped: readonly string[];
  readonly resources: readonly string[];
  /** This is not the first page. */
  readonly isLater: boolean;
  readonly saved: ReactNode;
  /** Null takes the filter away. */
  readonly onFilter: (name: keyof RunFilters, value: string | null) => void;
  readonly onClear: () => void;
  readonly onSort: (sort: RunSort) => void;
  /** What downloads the list. */
  readonly downloads?: ReactNode;
  /** The address of another page of the list. */
  readonly pageUrl: (after: string | null) => string;
}

export function ActivityPage(props: ActivityPageProps) {
  const { at, isAway, page, filters, sort, dropped, isLater, saved, onSort, pageUrl, downloads } = props;
  const { t } = useReader();
  const isFiltered = Object.values(filters).some((value) => value !== null);
  return (
    <Clock at={at}>
      <Page
        title={t("activity.title")}
        primaryAction={{ content: t("activity.start"), url: "/app/runs/new" }}
      >
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          {saved}
          <RunFilterPanel {...props} isFiltered={isFiltered} />
          <Panel
            title={t("activity.history")}
            aside={
              page.runs.length > 0 && (
                <ButtonGroup>
                  <SortButton
                    choices={[{ key: "asked", label: t("activity.sort.asked"), kind: "time" }]}
                    sort={sort}
                    onSort={onSort}
                  />
                  {downloads}
                </ButtonGroup>
              )
            }
          >
            {page.runs.length === 0 ? (
              <Nothing
                title={isFiltered || isLater ? t("activity.none") : t("activity.nothingYet")}
                hint={isFiltered || isLater ? t("activity.noneHint") : t("activity.nothingYetHint")}
              />
            ) : (
              <RunList runs={page.runs} hasProgress />
            )}
          </Panel>
          {(isLater || page.next) && (
            <nav aria-label={t("activity.pages")}>
              <InlineStack gap="200" align="center">
                <Button url={pageUrl(null)} disabled={!isLater}>
                  {t("activity.first")}
                </Button>
                <Button url={pageUrl(page.next)} disabled={page.next === null}>
                  {t("activity.next")}
                </Button>
              </InlineStack>
            </nav>
          )}
        </div>
      </Page>
    </Clock>
  );
}

function RunFilterPanel({
  filters,
  resources,
  onFilter,
  onClear,
  isFiltered,
}: ActivityPageProps & { readonly isFiltered: boolean }) {
  const { t } = useReader();
  const any = { label: t("activity.filter.any"), value: "" };
  return (
    <FilterPanel
      title={t("activity.filter.title")}
      active={Object.values(filters).filter((value) => value !== null).length}
    >
      <div className="cf-filters">
        <Select
          label={t("activity.filter.resource")}
          options={[any, ...resources.map((value) => ({ value, label: resourceTitle(value, t) }))]}
          value={filters.resource ?? ""}
          onChange={(value) => onFilter("resource", value || null)}
        />
        <Select
          label={t("activity.filter.kind")}
          options={[any, ...RUN_KINDS.map((value) => ({ value, label: t(`runs.kind.${value}`) }))]}
          value={filters.kind ?? ""}
          onChange={(value) => onFilter("kind", value || null)}
        />
        <Select
          label={t("activity.filter.state")}
          options={[any, ...RUN_STATES.map((value) => ({ value, label: t(`runs.state.${value}`) }))]}
          value={filters.state ?? ""}
          onChange={(value) => onFilter("state", value || null)}
        />
        <Select
          label={t("activity.filter.who")}
          options={[
            any,
            ...RUN_ASKERS.map((value) => ({ value, label: t(`activity.filter.askers.${value}`) })),
          ]}
          value={filters.who ?? ""}
          onChange={(value) => onFilter("who", value || null)}
        />
        <TextField
          label={t("activity.filter.from")}
          type="date"
          autoComplete="off"
          value={filters.from ?? ""}
          onChange={(value) => onFilter("from", value || null)}
        />
        <TextField
          label={t("activity.filter.until")}
          type="date"
          autoComplete="off"
          value={filters.until ?? ""}
          onChange={(value) => onFilter("until", value || null)}
        />
        <div className="cf-filters__clear">
          <Button onClick={onClear} disabled={!isFiltered}>
            {t("activity.filter.clear")}
          </Button>
        </div>
      </div>
    </FilterPanel>
  );
}
