// Calendar days as people type them, in the zone that they live in. Pure.

const DAY_MS = 86_400_000;

/** `2026-11-23`, and a day that exists. There was no year 0. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  if (text.startsWith("0000")) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The calendar day of a moment in a time zone, `2026-11-23`. */
export function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);
}

/**
 * When the calendar day begins in a time zone; where clocks skip midnight, the first moment after.
 * @param day `2026-11-23` @param plusDays 1 for the end of the day.
 */
export function startOfDay(day: string, timeZone: string, plusDays = 0): Date {
  const utc = Date.parse(`${day}T00:00:00Z`) + plusDays * DAY_MS;
  // The offset before and after midnight may differ; the second look is taken at the first one's answer.
  const first = utc - offsetMs(new Date(utc), timeZone);
  const second = utc - offsetMs(new Date(first), timeZone);
  const isMidnight = second + offsetMs(new Date(second), timeZone) === utc;
  return new Date(isMidnight ? second : Math.max(first, second));
}

function offsetMs(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return local - Math.floor(at.getTime() / 1_000) * 1_000;
}
