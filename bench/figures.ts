// What a benchmark returns, and the arithmetic that every benchmark shares.

export interface Figure {
  label: string;
  value: number;
  unit: string;
  /** The single runs of which `value` is the median. */
  of?: readonly number[];
}

export interface Goal {
  label: string;
  /** "at least 0.8" */
  wanted: string;
  isMet: boolean;
}

export interface Result {
  figures: readonly Figure[];
  goals: readonly Goal[];
}

export type Bench = () => Promise<Result>;

/** The middle value; of an even number the upper middle one. Throws on none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("median of nothing");
  return middle;
}

/** Nearest-rank percentile, `share` in 0…1. Throws on none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("percentile of nothing");
  return value;
}

export function atLeast(label: string, value: number, least: number): Goal {
  return { label, wanted: `at least ${least}`, isMet: value >= least };
}

export function under(label: string, value: number, limit: number, unit: string): Goal {
  return { label, wanted: `under ${limit} ${unit}`, isMet: value < limit };
}

export function atMost(label: string, value: number, most: number): Goal {
  return { label, wanted: `at most ${most}`, isMet: value <= most };
}
