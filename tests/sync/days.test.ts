import { describe, expect, it } from "vitest";
import { dayOf, isDay, startOfDay } from "#app/sync/days.ts";

const DAY_MS = 86_400_000;
const daysOf = (year: number) =>
  Array.from({ length: 365 }, (_, n) => new Date(Date.UTC(year, 0, 1 + n)).toISOString().slice(0, 10));

/** Clocks that move at night, at midnight in either direction, by half an hour, and never. */
const ZONES = [
  ...[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
  ],
  ...["America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Atlantic/Azores"],
];

describe.each(ZONES)("a day in %s", (zone) => {
  it("begins with its first moment, and ends where the next one begins", () => {
    for (const day of daysOf(2026)) {
      const start = startOfDay(day, zone);
      expect(dayOf(start, zone), day).toBe(day);
      expect(dayOf(new Date(start.getTime() - 1), zone) < day, day).toBe(true);
      const next = new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
      expect(startOfDay(day, zone, 1)).toEqual(startOfDay(next, zone));
    }
  });
});

it.each(["2026-02-30", "2026-1-1", "0000-01-01", "2026-01-01T00:00", "yesterday", ""])(
  "%j is no day",
  (text) => {
    expect(isDay(text)).toBe(false);
  },
);
