// What the page of figures shows: its windows, its plots and their shapes. Pure: the browser's half reads it too.

export const WINDOWS = ["hour", "day", "week", "month"] as const;
export type Window = (typeof WINDOWS)[number];

export const PLOTS = [
  "freshness",
  "outcomes",
  "topics",
  "throughput",
  "errors",
  "budget",
  "depth",
  "age",
  "storage",
] as const;
export type PlotId = (typeof PLOTS)[number];

/** How its values are measured: milliseconds, things, points of the API budget, bytes. */
export type Unit = "ms" | "count" | "points" | "bytes";

/** One value per bin; null where nothing is known of it, which is not the same as none. */
export interface Series {
  /** A code, or the name of a topic or table. `others` sums up what is too much to tell apart. */
  readonly key: string;
  readonly values: readonly (number | null)[];
}

export interface PlotView {
  readonly id: PlotId;
  /** Bars stand on each other and add up; lines stand for themselves. */
  readonly kind: "bars" | "lines";
  readonly unit: Unit;
  readonly series: readonly Series[];
}

/** What lies behind a plot whose series are too many to draw: every one of them, over the whole window. */
export interface TopicTotals {
  readonly topic: string;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly total: number;
}

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  /** Bytes more than at the beginning of the window; null while there is nothing to compare with. */
  readonly grown: number | null;
}

export interface Insights {
  readonly at: Date;
  readonly window: Window;
  /** When each bin begins, oldest first; the last one is not over yet. */
  readonly bins: readonly Date[];
  /** When the last bin ends. */
  readonly until: Date;
  /** Figures have been kept since; null before the first. */
  readonly since: Date | null;
  readonly plots: readonly PlotView[];
  readonly topics: readonly TopicTotals[];
  readonly tables: readonly TableSize[];
  /** The shop has the database to itself: sizes are whole tables. Otherwise they are its share, estimated. */
  readonly isAlone: boolean;
  /** How often Shopify answered that it was too much. */
  readonly throttles: number;
  /** Changes whose delay the freshness is of. */
  readonly changes: number;
}
