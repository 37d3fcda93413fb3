// Numbers, times and spans as the shop's people write them. Pure: a locale, a time zone and the texts go in, so that
// server and browser produce the same characters.
import type { TFunction } from "i18next";

export interface Formats {
  readonly locale: string;
  readonly timeZone: string;
  number(value: number): string;
  /** `value` is 0 to 100. */
  percent(value: number): string;
  /** "$166.61": an exact decimal in its currency, with every digit that it has. */
  money(amount: string, currency: string): string;
  /** "14:02" today, "Nov 21, 14:02" on other days, "Nov 21, 2025, 14:02" in other years. */
  time(at: Date, now: Date): string;
  /** As `time`, to the second: "2:02:07 PM", for moments that follow each other fast. */
  second(at: Date, now: Date): string;
  /** "Nov 21, 2026" */
  day(at: Date): string;
  /** To the second and with the zone, for tooltips. */
  exactTime(at: Date): string;
  /** "0.4 s", "3 min 12 s", "2 h 5 min". */
  duration(ms: number): string;
  /** "6 s", "1 min 30 s": a span that is expected, to the second at the finest. */
  expected(ms: number): string;
  /** One unit, whole: "12 s", "3 min", for what is only about right and changes under the reader's eyes. */
  roughly(ms: number): string;
  /** "12 s ago"; the day, "Nov 21, 2026", of what is months ago. */
  ago(at: Date, now: Date): string;
  /** "orders, products and locations". */
  list(items: readonly string[]): string;
}

const TENTH_MS = 100;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Days that nobody counts: from here on the date says more. */
const COUNTED_DAYS_MAX = 60;
/** Below this a change counts as "just now": the page itself is refreshed four times a second at most. */
const NOW_MS = 2 * SECOND_MS;

export function formatsFor(locale: string, timeZone: string, t: TFunction): Formats {
  const number = new Intl.NumberFormat(locale);
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const hour = hourDigits(locale);
  const toTheMinute = clockWith({ hour, minute: "2-digit" });
  const toTheSecond = clockWith({ hour, minute: "2-digit", second: "2-digit" });
  const day = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  const calendar = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "medium" });
  const exact = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "medium", timeStyle: "long" });
  const currencies = new Map<string, Intl.NumberFormat>();
  const list = new Intl.ListFormat(locale, { style: "long", type: "conjunction" });

  function whole(value: number, one: number): string {
    return number.format(Math.floor(value / one));
  }

  function pair(
    ms: number,
    greaterMs: number,
    lesserMs: number,
    names: readonly ["hours" | "minutes", "minutes" | "seconds"],
  ): string {
    const greater = t(`time.${names[0]}`, { n: whole(ms, greaterMs) });
    const rest = ms % greaterMs;
    if (rest < lesserMs) return greater;
    return t("time.both", { greater, lesser: t(`time.${names[1]}`, { n: whole(rest, lesserMs) }) });
  }

  function duration(ms: number): string {
    // "0.0 s" would say that it took no time at all.
    if (ms < TENTH_MS) return t("time.milliseconds", { n: number.format(Math.max(1, Math.round(ms))) });
    // Rounded first, so that 59.99 s does not read "60.0 s".
    if (ms < 10 * SECOND_MS - 50) return t("time.seconds", { n: tenths.format(ms / SECOND_MS) });
    if (ms < MINUTE_MS) return t("time.seconds", { n: whole(ms, SECOND_MS) });
    if (ms < HOUR_MS) return pair(ms, MINUTE_MS, SECOND_MS, ["minutes", "seconds"]);
    if (ms < DAY_MS) return pair(ms, HOUR_MS, MINUTE_MS, ["hours", "minutes"]);
    return t("time.days", { count: Math.floor(ms / DAY_MS), n: whole(ms, DAY_MS) });
  }

  function expected(ms: number): string {
    return ms < MINUTE_MS ? t("time.seconds", { n: whole(ms, SECOND_MS) }) : duration(ms);
  }

  function roughly(ms: number): string {
    if (ms < MINUTE_MS) return t("time.seconds", { n: whole(ms, SECOND_MS) });
    if (ms < HOUR_MS) return t("time.minutes", { n: whole(ms, MINUTE_MS) });
    if (ms < DAY_MS) return t("time.hours", { n: whole(ms, HOUR_MS) });
    return t("time.days", { count: Math.floor(ms / DAY_MS), n: whole(ms, DAY_MS) });
  }

  /** What is the same as now goes without saying. */
  function clockWith(clock: Intl.DateTimeFormatOptions): (at: Date, now: Date) => string {
    const date = { timeZone, month: "short", day: "numeric", ...clock } as const;
    const today = new Intl.DateTimeFormat(locale, { timeZone, ...clock });
    const thisYear = new Intl.DateTimeFormat(locale, date);
    const before = new Intl.DateTimeFormat(locale, { ...date, year: "numeric" });
    return (at, now) => {
      const [then, present] = [day.format(at), day.format(now)];
      if (then === present) return sameSpaces(today.format(at));
      return sameSpaces((then.slice(0, 4) === present.slice(0, 4) ? thisYear : before).format(at));
    };
  }

  return {
    locale,
    timeZone,
    number: (value) => number.format(value),
    percent: (value) => sameSpaces(percent.format(value / 100)),
    money(amount, currency) {
      const money = currencies.get(currency) ?? moneyOf(locale, currency);
      currencies.set(currency, money);
      return sameSpaces(money.format(amount as `${number}`));
    },
    time: toTheMinute,
    second: toTheSecond,
    day: (at) => sameSpaces(calendar.format(at)),
    exactTime: (at) => sameSpaces(exact.format(at)),
    duration,
    expected,
    roughly,
    ago(at, now) {
      const ms = Math.max(0, now.getTime() - at.getTime());
      if (ms >= COUNTED_DAYS_MAX * DAY_MS) return sameSpaces(calendar.format(at));
      return ms < NOW_MS ? t("time.now") : t("time.ago", { duration: roughly(ms) });
    },
    list: (items) => list.format(items),
  };
}

/** "09:02" where 24 hours are counted, "9:02 AM" where twelve. */
export function hourDigits(locale: string): "numeric" | "2-digit" {
  const { hourCycle } = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
  return hourCycle === "h23" || hourCycle === "h24" ? "2-digit" : "numeric";
}

/** The mirror's amounts have six decimals; none of those that say something is rounded away. */
function moneyOf(locale: string, currency: string): Intl.NumberFormat {
  const { minimumFractionDigits } = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
  }).resolvedOptions();
  return new Intl.NumberFormat(locale, {
    ...{ style: "currency", currency },
    maximumFractionDigits: Math.max(minimumFractionDigits ?? 0, 6),
  });
}

/** Node and browsers put different thin spaces before "PM" and "%"; React would call that a mismatch. */
function sameSpaces(text: string): string {
  return text.replaceAll(/[\u202f\u00a0\u2009]/g, " ");
}
