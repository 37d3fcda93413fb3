// The tables behind the plots: every point with its exact values; for topics and tables, every one there is.
import type { ReactNode } from "react";
import type { Insights, PlotView, TableSize, TopicTotals } from "#app/status/plots.ts";
import { useReader } from "../reader.tsx";
import { binWords, seriesWords, sizeWords, valueWords } from "./words.ts";

const OUTCOMES = ["applied", "superseded", "ignored", "retried", "parked"] as const;

interface FrameProps {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly [name: ReactNode, ...values: ReactNode[]])[];
}

/** Scrolls by itself, also by keyboard. */
function Frame({ title, heads, rows }: FrameProps) {
  return (
    // A region that scrolls must be reachable without a mouse.
    <div className="cf-figures-table" role="region" aria-label={title} tabIndex={0}>
      <table>
        <caption className="cf-hidden">{title}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...values], row) => (
            <tr key={row}>
              <th scope="row">{name}</th>
              {values.map((value, at) => (
                <td key={heads[at + 1]}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export interface PlotTableProps {
  readonly plot: PlotView;
  readonly insights: Pick<Insights, "bins" | "window">;
  readonly title: string;
}

/** The newest first, as people look for it. */
export function PlotTable({ plot, insights: { bins, window }, title }: PlotTableProps) {
  const reading = useReader();
  const { t, formats } = reading;
  const rows = bins.map((at, bin): [ReactNode, ...ReactNode[]] => {
    const shown = binWords(at, window, formats);
    return [
      <time key="at" dateTime={at.toISOString()} title={formats.exactTime(at)}>
        {bin === bins.length - 1 ? t("insights.soFar", { at: shown }) : shown}
      </time>,
      ...plot.series.map(({ values }) => valueWords(values[bin] ?? null, plot.unit, reading)),
    ];
  });
  const heads = [t("insights.time"), ...plot.series.map(({ key }) => seriesWords(plot, key, t))];
  return <Frame title={title} heads={heads} rows={rows.reverse()} />;
}

export function TopicTable({
  topics,
  title,
}: {
  readonly topics: readonly TopicTotals[];
  readonly title: string;
}) {
  const { t, formats } = useReader();
  const heads = [
    t("insights.table.topic"),
    t("insights.total"),
    ...OUTCOMES.map((outcome) => t(`insights.series.${outcome}`)),
  ];
  const rows = topics.map(({ topic, byOutcome, total }): [ReactNode, ...ReactNode[]] => [
    topic,
    formats.number(total),
    ...OUTCOMES.map((outcome) => formats.number(byOutcome[outcome] ?? 0)),
  ]);
  return <Frame title={title} heads={heads} rows={rows} />;
}

export function SizeTable({
  tables,
  title,
}: {
  readonly tables: readonly TableSize[];
  readonly title: string;
}) {
  const reading = useReader();
  const { t, formats } = reading;
  const heads = [
    t("insights.table.table"),
    t("insights.table.rows"),
    t("insights.table.size"),
    t("insights.table.grown"),
  ];
  const grownWords = (grown: number | null) => {
    if (grown === null) return t("insights.table.grownNone");
    if (grown === 0) return t("insights.table.same");
    const size = sizeWords(Math.abs(grown), reading);
    return t(grown > 0 ? "insights.table.grownBy" : "insights.table.shrunkBy", { size });
  };
  const rows = tables.map(({ table, rows: count, bytes, grown }): [ReactNode, ...ReactNode[]] => [
    table,
    formats.number(count),
    sizeWords(bytes, reading),
    grownWords(grown),
  ]);
  return <Frame title={title} heads={heads} rows={rows} />;
}
