// The list of limited editions, filtered and sorted by what stands in the address, and how the shop has its numbers given. Props in,
// JSX out.
import { Badge, Button, ButtonGroup, InlineStack, Link, Page, Select, TextField } from "@shopify/polaris";
import type { TFunction } from "i18next";
import { useState } from "react";
import type { ReactNode } from "react";
import { EDITION_STATES } from "#app/status/edition-states.ts";
import type { EditionFilters, EditionPage } from "#app/status/edition-list.ts";
import type { EditionView, Lacking } from "#app/status/editions.ts";
import type { EDITION_SORT_KEYS, EditionSort } from "#app/status/sorts.ts";
import { FilterPanel } from "../filter-panel.tsx";
import { AwayNotice, DroppedNotice, Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Ago, Clock, useReader } from "../reader.tsx";
import { SortButton, SortHeading } from "../sort-button.tsx";
import type { SortChoice } from "../sort-button.tsx";
import { Verdict } from "../verdict.tsx";
import { resourceInSentence } from "../words.ts";
import { EDITION_TONES, editionTitle } from "./words.ts";

export interface EditionsPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly page: EditionPage;
  readonly filters: EditionFilters;
  readonly sort: EditionSort;
  readonly dropped: readonly string[];
  /** What has not been synced yet, and what is switched off. */
  readonly lacking: Lacking;
  /** "namespace.key" */
  readonly metafield: string;
  readonly isLater: boolean;
  readonly saved: ReactNode;
  /** Null takes the filter away. */
  readonly onFilter: (name: keyof EditionFilters, value: string | null) => void;
  readonly onClear: () => void;
  readonly onSort: (sort: EditionSort) => void;
  readonly pageUrl: (after: string | null) => string;
  /** Buttons for the whole of what is filtered. */
  readonly acts: ReactNode;
}

export function EditionsPage(props: EditionsPageProps) {
  const { at, isAway, page, filters, sort, dropped, lacking, isLater, saved, onSort, pageUrl, acts } = props;
  const { t } = useReader();
  const choices = sortChoices(t);
  const isNarrowed = isLater || Object.values(filters).some((value) => value !== null);
  return (
    <Clock at={at}>
      <Page title={t("editions.title")}>
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          <LackingNotice {...lacking} />
          {saved}
          <EditionFilterPanel {...props} />
          <Panel
            title={t("editions.list")}
            aside={
              page.editions.length > 0 && (
                <ButtonGroup>
                  <SortButton choices={choices} sort={sort} onSort={onSort} />
                  {acts}
                </ButtonGroup>
              )
            }
            isFlush
          >
            {page.editions.length === 0 ? (
              <div className="cf-panel__body">
                <Nothing
                  title={isNarrowed ? t("editions.none") : t("editions.nothingYet")}
                  hint={
                    isNarrowed
                      ? t("editions.noneHint")
                      : t("editions.nothingYetHint", { metafield: props.metafield })
                  }
                />
              </div>
            ) : (
              <EditionTable editions={page.editions} choices={choices} sort={sort} onSort={onSort} />
            )}
          </Panel>
          <Paging label={t("editions.pages")} isLater={isLater} next={page.next} pageUrl={pageUrl} />
          <p className="cf-acts">
            <Link url="/app/settings">{t("editions.toSettings")}</Link>
          </p>
        </div>
      </Page>
    </Clock>
  );
}

export interface PagingProps {
  readonly label: string;
  readonly isLater: boolean;
  readonly next: string | null;
  readonly pageUrl: (after: string | null) => string;
}

export function Paging({ label, isLater, next, pageUrl }: PagingProps) {
  const { t } = useReader();
  if (!isLater && next === null) return null;
  return (
    <nav aria-label={label}>
      <InlineStack gap="200" align="center">
        <Button url={pageUrl(null)} disabled={!isLater}>
          {t("editions.first")}
        </Button>
        <Button url={pageUrl(next)} disabled={next === null}>
          {t("editions.next")}
        </Button>
      </InlineStack>
    </nav>
  );
}

function EditionFilterPanel({ filters, onFilter, onClear }: EditionsPageProps) {
  const { t } = useReader();
  // What is typed is looked for once it is finished; what stands in the address wins when that changes.
  const [typed, setTyped] = useState({ from: filters.find, text: filters.find ?? "" });
  const text = typed.from === filters.find ? typed.text : (filters.find ?? "");
  const look = () => onFilter("find", text.trim() || null);
  return (
    <FilterPanel
      title={t("editions.filter.title")}
      active={Object.values(filters).filter((value) => value !== null).length}
    >
      <form
        className="cf-filters"
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <Select
          label={t("editions.filter.state")}
          options={[
            { label: t("editions.filter.any"), value: "" },
            ...EDITION_STATES.map((value) => ({ value, label: t(`editions.state.${value}`) })),
          ]}
          value={filters.state ?? ""}
          onChange={(value) => onFilter("state", value || null)}
        />
        <TextField
          label={t("editions.filter.find")}
          autoComplete="off"
          value={text}
          onChange={(value) => setTyped({ from: filters.find, text: value })}
          onBlur={() => text.trim() !== (filters.find ?? "") && look()}
        />
        <div className="cf-filters__clear">
          <Button onClick={onClear} disabled={filters.state === null && filters.find === null}>
            {t("editions.filter.clear")}
          </Button>
        </div>
      </form>
    </FilterPanel>
  );
}

type SortKey = (typeof EDITION_SORT_KEYS)[number];

function sortChoices(t: TFunction): readonly SortChoice<SortKey>[] {
  return [
    { key: "added", label: t("editions.sort.added"), kind: "time" },
    { key: "title", label: t("editions.sort.title"), kind: "text" },
    { key: "size", label: t("editions.column.size"), kind: "number" },
    { key: "sold", label: t("editions.column.sold"), kind: "number" },
    {
      ...{ key: "remaining", label: t("editions.column.remaining"), kind: "number" },
      hint: t("editions.sort.remainingHint"),
    },
    { key: "sale", label: t("editions.column.sale"), kind: "time" },
  ];
}

interface EditionTableProps {
  readonly editions: readonly EditionView[];
  readonly choices: readonly SortChoice<SortKey>[];
  readonly sort: EditionSort;
  readonly onSort: (sort: EditionSort) => void;
}

function EditionTable({ editions, choices, sort, onSort }: EditionTableProps) {
  const { t } = useReader();
  return (
    <table className="cf-table" role="table">
      <thead role="rowgroup">
        <tr role="row">
          {choices
            .filter(({ key }) => key !== "added")
            .map((choice) => (
              <SortHeading
                key={choice.key}
                choice={choice.key === "title" ? { ...choice, label: t("editions.column.edition") } : choice}
                className={choice.kind === "number" ? "cf-table__number" : undefined}
                sort={sort}
                onSort={onSort}
              />
            ))}
          <th role="columnheader" scope="col">
            {t("editions.column.state")}
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {editions.map((edition) => (
          <EditionRow key={edition.id} edition={edition} />
        ))}
      </tbody>
    </table>
  );
}

function EditionRow({ edition }: { readonly edition: EditionView }) {
  const { t, formats } = useReader();
  const { id, ownerType, size, proofs, sold, returned, remaining, state, lastSoldAt, problem } = edition;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" className="cf-table__resource">
        <Link url={`/app/editions/${id}`} monochrome>
          {editionTitle(edition, t)}
        </Link>
        {ownerType !== "PRODUCT" && <div className="cf-subdued">{t("editions.ofVariant")}</div>}
      </th>
      <NumberCell label={t("editions.column.size")} value={size}>
        {proofs > 0 && t("editions.proofs", { count: proofs, shown: formats.number(proofs) })}
        {problem !== null && size !== null && <div>{t("editions.misread")}</div>}
      </NumberCell>
      <NumberCell label={t("editions.column.sold")} value={sold}>
        {returned > 0 && t("editions.returned", { count: returned, shown: formats.number(returned) })}
      </NumberCell>
      <NumberCell label={t("editions.column.remaining")} value={remaining} />
      <td role="cell" className="cf-nowrap">
        <span className="cf-table__label cf-subdued">{t("editions.column.sale")}</span>
        {lastSoldAt === null ? t("editions.noSale") : <Ago at={lastSoldAt} />}
      </td>
      <td role="cell">
        <span className="cf-table__label cf-subdued">{t("editions.column.state")}</span>
        <Badge tone={EDITION_TONES[state]}>{t(`editions.state.${state}`)}</Badge>
        {state === "oversold" && (
          <span className="cf-subdued cf-nowrap">
            {" "}
            {t("editions.oversoldBy", { shown: formats.number(edition.oversold) })}
          </span>
        )}
      </td>
    </tr>
  );
}

interface NumberCellProps {
  readonly label: string;
  readonly value: number | null;
  readonly children?: ReactNode;
}

function NumberCell({ label, value, children }: NumberCellProps) {
  const { t, formats } = useReader();
  return (
    <td role="cell" className="cf-table__number">
      <span className="cf-table__label cf-subdued">{label}</span>
      {value === null ? t("editions.unknown") : formats.number(value)}
      {children && <div className="cf-subdued cf-nowrap">{children}</div>}
    </td>
  );
}

/** Why there are no numbers, or fewer than there could be. */
function LackingNotice({ waiting, off }: Lacking) {
  const { t, formats } = useReader();
  const named = (names: Lacking["off"]) => formats.list(names.map((name) => resourceInSentence(name, t)));
  return (
    <>
      {off.length > 0 && (
        <Verdict tone="warning" title={t("editions.off", { resources: named(off) })}>
          <p>{off.includes("orders") ? t("editions.offOrders") : t("editions.offSizes")}</p>
        </Verdict>
      )}
      {waiting.length > 0 && (
        <Verdict tone="info" title={t("editions.waiting", { resources: named(waiting) })}>
          <p>{t("editions.waitingHint")}</p>
        </Verdict>
      )}
    </>
  );
}
