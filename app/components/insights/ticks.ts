// Where the lines of a plot's left axis lie: at values that are round in the unit that is written beside them. Pure.
import { scaleLinear } from "@visx/scale";
import type { Unit } from "#app/status/plots.ts";

/** Above the ground; more would crowd a plot of 220 px. */
const TICKS_MAX = 4;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Steps of which every multiple up to four is short to write: of half a minute, the third would be "1 min 30 s". */
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15].map((n) => n * MINUTE_MS),
  ...[1, 2, 6].map((n) => n * HOUR_MS),
  DAY_MS,
] as const;

/** From 0 to the first round value that is not below `max`. */
export function ticksOf(max: number, unit: Unit): readonly number[] {
  if (unit !== "ms") {
    const scale = scaleLinear({ domain: [0, Math.max(1, max)], nice: TICKS_MAX });
    return scale.ticks(TICKS_MAX).filter(Number.isInteger);
  }
  const least = max / TICKS_MAX;
  const step = STEPS_MS.find((each) => each >= least) ?? Math.ceil(least / DAY_MS) * DAY_MS;
  const count = Math.max(1, Math.ceil(max / step));
  return Array.from({ length: count + 1 }, (_, n) => n * step);
}
