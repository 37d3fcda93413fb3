// How the series of a plot are told apart: by colour, and lines by their dashes as well. Pure, and without the plot's own code.
import type { PlotView } from "#app/status/plots.ts";

const COLOURS = 6;
const DASHES = ["", "6 3", "2 3", "10 3 2 3"] as const;

/** Outcomes have colours that mean something; other series are only told apart. */
export function colourOf({ id, series }: Pick<PlotView, "id" | "series">, at: number): string {
  const key = series[at]?.key ?? "";
  if (id === "outcomes") return `var(--cf-outcome-${key})`;
  return `var(--cf-plot-${key === "others" ? key : (at % COLOURS) + 1})`;
}

/** For `stroke-dasharray`. */
export function dashOf(at: number): string {
  return DASHES[at % DASHES.length]!;
}
