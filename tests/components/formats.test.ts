// Numbers, spans and times as people write them.
import { describe, expect, it } from "vitest";
import { formatsFor } from "#app/components/formats.ts";
import { localeOf } from "#app/texts/locale.ts";
import { AT, before } from "./overviews.ts";
import { plain, reading } from "./readers.tsx";

const { formats } = reading();

describe("a duration", () => {
  it.each([
    [0, "1 ms"],
    [43.4, "43 ms"],
    [100, "0.1 s"],
    [412, "0.4 s"],
    [9_949, "9.9 s"],
    [9_951, "9 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [95_300, "1 min 35 s"],
    [7_500_000, "2 h 5 min"],
    [86_400_000, "1 day"],
    [200_000_000, "2 days"],
  ])("of %d ms is %s", (ms, words) => {
    expect(plain(formats.duration(ms))).toBe(words);
  });
});

describe("a moment", () => {
  it("is how long ago it was, never in the future", () => {
    expect(plain(formats.ago(before(300), AT))).toBe("just now");
    expect(plain(formats.ago(before(-90_000), AT))).toBe("just now");
    expect(plain(formats.ago(before(12_400), AT))).toBe("12 s ago");
    expect(plain(formats.ago(before(3_700_000), AT))).toBe("1 h ago");
    expect(plain(formats.ago(before(200_000_000), AT))).toBe("2 days ago");
    expect(plain(formats.ago(before(59.5 * 86_400_000), AT))).toBe("59 days ago");
    expect(plain(formats.ago(before(60 * 86_400_000), AT))).toBe("Sep 24, 2026");
  });

  it("is as short as it can be, and to the second where moments follow each other fast", () => {
    const monthAgo = before(31 * 86_400_000);
    expect([AT, monthAgo, before(366 * 86_400_000)].map((at) => formats.time(at, AT))).toEqual([
      ...["9:02 AM", "Oct 23, 10:02 AM", "Nov 22, 2025, 9:02 AM"],
    ]);
    expect([AT, monthAgo].map((at) => formats.second(at, AT))).toEqual(["9:02:30 AM", "Oct 23, 10:02:30 AM"]);
  });

  it("has two digits for its hour where 24 of them are counted", () => {
    const abroad = formatsFor("en-GB", "America/New_York", reading().t);
    expect([AT, before(31 * 86_400_000)].map((at) => abroad.time(at, AT))).toEqual([
      "09:02",
      "23 Oct, 10:02",
    ]);
    expect(abroad.second(AT, AT)).toBe("09:02:30");
  });

  it("is exact on hover, in the shop's zone", () => {
    expect(formats.exactTime(AT)).toBe("Nov 23, 2026, 9:02:30 AM EST");
  });

  it("has a day unless it is today there", () => {
    expect(formats.time(before(60_000), AT)).toBe("9:01 AM");
    // Still the 22nd in New York, already the 23rd in UTC.
    expect(formats.time(new Date("2026-11-23T03:00:00Z"), AT)).toBe("Nov 22, 10:00 PM");
  });

  it("has a year unless it is this one there", () => {
    expect(formats.time(new Date("2026-01-01T05:00:00Z"), AT)).toBe("Jan 1, 12:00 AM");
    expect(formats.time(new Date("2026-01-01T04:59:00Z"), AT)).toBe("Dec 31, 2025, 11:59 PM");
  });
});

describe("the locale of a request", () => {
  const of = (query: string, accept?: string) =>
    localeOf(
      new Request(`https://app.test/app${query}`, accept ? { headers: { "accept-language": accept } } : {}),
    );

  it("is the admin's, then the browser's", () => {
    expect(of("?locale=en-GB", "en-US")).toBe("en-GB");
    expect(of("", "en-AU,en;q=0.9")).toBe("en-AU");
  });

  it("is English whole where there are no texts yet, and where it makes no sense", () => {
    // The English of those who write the day before the month and count 24 hours.
    expect(of("?locale=de-DE", "ja")).toBe("en-GB");
    expect(of("?locale=de-DE", "en-US,en;q=0.9")).toBe("en-US");
    expect(of("?locale=%00%21", "*")).toBe("en");
    expect(of("?locale=constructor")).toBe("en");
  });
});
