// Where the lines of a plot's left axis lie, at values that are round in the unit that is written beside them, and which
// moments its lower axis names. Pure.
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

const HOUR_MIN = 60;
const DAY_MIN = 24 * HOUR_MIN;
const STEPS_MIN = [
  ...[1, 5, 10, 15, 30],
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MIN),
  ...[1, 2, 3, 5, 7, 14].map((n) => n * DAY_MIN),
];

/** Bins to be named, `namesMax` at most: those that begin at a full hour, six o'clock or midnight of the shop. */
export function namedBins(bins: readonly Date[], namesMax: number, timeZone: string): readonly number[] {
  const minutes = minutesOf(bins, timeZone);
  const span = minutes.at(-1)! - minutes[0]!;
  const step = STEPS_MIN.find((each) => span / each < namesMax) ?? span + 1;
  return minutes.flatMap((minute, bin) => {
    const isNext = bin > 0 && Math.floor(minute / step) > Math.floor(minutes[bin - 1]! / step);
    return isNext || minute % step === 0 ? [bin] : [];
  });
}

/** All plots of a page have the same bins. */
const known = new WeakMap<readonly Date[], readonly number[]>();

/** By the shop's clock. A day that is an hour longer or shorter moves no midnight. */
function minutesOf(bins: readonly Date[], timeZone: string): readonly number[] {
  const minutes = known.get(bins) ?? bins.map(localMinutes(timeZone));
  known.set(bins, minutes);
  return minutes;
}

function localMinutes(timeZone: string): (at: Date) => number {
  const numeric = "numeric";
  const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric } as const;
  const clock = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...parts });
  return (at) => {
    const read = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(read.year!, read.month! - 1, read.day, read.hour, read.minute) / MINUTE_MS;
  };
}
