// Values, times and names of plots, as the reader writes them. Pure.
import type { TFunction } from "i18next";
import type { Insights, PlotView, Unit } from "#app/status/plots.ts";
import { en } from "#app/texts/en.ts";
import { hourDigits } from "../formats.ts";
import type { Formats } from "../formats.ts";
import { causeOf } from "../words.ts";
import type { Reading } from "../words.ts";

const KILO = 1_000;

export function sizeWords(bytes: number, { t, formats }: Pick<Reading, "t" | "formats">): string {
  const sizes = ["bytes", "kilobytes", "megabytes", "gigabytes"] as const;
  let [value, at] = [bytes, 0];
  while (value >= KILO && at < sizes.length - 1) [value, at] = [value / KILO, at + 1];
  const shown = value < 10 && at > 0 ? Math.round(value * 10) / 10 : Math.round(value);
  return t(`insights.size.${sizes[at]!}`, { n: formats.number(shown) });
}

/** Exact, with its unit. */
export function valueWords(
  value: number | null,
  unit: Unit,
  reading: Pick<Reading, "t" | "formats">,
): string {
  const { t, formats } = reading;
  if (value === null) return t("insights.unknown");
  if (unit === "ms") return value === 0 ? formats.number(0) : formats.duration(value);
  if (unit === "bytes") return sizeWords(value, reading);
  return unit === "points" ? t("insights.points", { n: formats.number(value) }) : formats.number(value);
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Short, for an axis whose values are round. */
export function tickWords(value: number, unit: Unit, reading: Pick<Reading, "t" | "formats">): string {
  const { formats } = reading;
  if (value === 0) return formats.number(0);
  if (unit === "ms") return roundWords(value, reading);
  if (unit === "bytes") return sizeWords(value, reading);
  return new Intl.NumberFormat(formats.locale, { notation: "compact" }).format(value);
}

/** "500 ms", "1.5 s", "30 s", "2 min". */
function roundWords(ms: number, { t, formats }: Pick<Reading, "t" | "formats">): string {
  if (ms >= MINUTE_MS) return formats.roughly(ms);
  if (ms < SECOND_MS) return t("time.milliseconds", { n: formats.number(ms) });
  return t("time.seconds", { n: formats.number(ms / SECOND_MS) });
}

export function seriesWords({ id }: Pick<PlotView, "id">, key: string, t: TFunction): string {
  if (id === "errors" && key !== "others") return causeOf(key, t).what.replace(/\.$/, "");
  return Object.hasOwn(en.insights.series, key)
    ? t(`insights.series.${key as keyof typeof en.insights.series}`)
    : key;
}

/** Where a bin begins, as its axis and its table say it. */
export function binWords(at: Date, window: Insights["window"], { locale, timeZone }: Formats): string {
  const day = { month: "short", day: "numeric" } as const;
  const clock = { hour: hourDigits(locale), minute: "2-digit" } as const;
  const parts = window === "month" ? day : window === "week" ? { ...day, ...clock } : clock;
  return sameSpaces(new Intl.DateTimeFormat(locale, { timeZone, ...parts }).format(at));
}

/** Short enough to stand five times under a plot. */
export function axisWords(at: Date, window: Insights["window"], { locale, timeZone }: Formats): string {
  const isDays = window === "week" || window === "month";
  const parts = isDays
    ? ({ month: "short", day: "numeric" } as const)
    : ({ hour: hourDigits(locale), minute: "2-digit" } as const);
  return sameSpaces(new Intl.DateTimeFormat(locale, { timeZone, ...parts }).format(at));
}

/** Node and browsers put different thin spaces before "PM". */
function sameSpaces(text: string): string {
  return text.replaceAll(/[\u202f\u00a0\u2009]/g, " ");
}

export function hasValues({ series }: PlotView): boolean {
  return series.some(({ values }) => values.some((value) => value !== null && value !== 0));
}
