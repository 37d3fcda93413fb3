// Nasty values: each becomes its column's value exactly, or is refused with a code and a place.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as values from "#app/resources/values.ts";
import { BadField } from "#app/shopify/errors.ts";

function codeOf(read: () => unknown): string {
  try {
    return `accepted ${JSON.stringify(read())}`;
  } catch (error) {
    if (error instanceof BadField) return error.code;
    throw error;
  }
}

describe("text", () => {
  it.each(["", " ", "Zoë 🚪 \u0001 \\u0000 \u2028", "\uFEFFbom", "a".repeat(100_000)])(
    "keeps %j",
    (given) => {
      expect(values.text(given, "note")).toBe(given);
    },
  );

  it.each([
    ["a\0b", "UNSTORABLE_TEXT"],
    ["\uD83D", "UNSTORABLE_TEXT"],
    ["\uDEAA\uD83D", "UNSTORABLE_TEXT"],
    [null, "UNEXPECTED_NULL"],
    [undefined, "MISSING"],
    [3, "WRONG_TYPE"],
    [["a"], "WRONG_TYPE"],
  ])("refuses %j with %s", (given, code) => {
    expect(codeOf(() => values.text(given, "note"))).toBe(code);
  });

  it("says where it was", () => {
    const attributes = values.listOf(values.shape({ key: values.text }));
    const read = () => attributes([{ key: "a" }, { key: "\0" }], "customAttributes");
    expect(read).toThrow(
      expect.objectContaining({ path: "customAttributes[1].key", code: "UNSTORABLE_TEXT" }),
    );
  });
});

describe("decimal", () => {
  it.each([
    ["10.00", "10"],
    ["10.0", "10"],
    ["0.00", "0"],
    ["-0.00", "0"],
    ["-12.50", "-12.5"],
    ["007.10", "7.1"],
    ["127.390", "127.39"],
    ["0.000001", "0.000001"],
    ["1.1000000", "1.1"],
    ["99999999999999.999999", "99999999999999.999999"],
    ["100", "100"],
    [7.25, "7.25"],
  ])("reads %j as %s", (given, shortest) => {
    expect(values.decimal(given, "price")).toBe(shortest);
  });

  it.each([
    ["", "NOT_A_NUMBER"],
    [" 1", "NOT_A_NUMBER"],
    ["1e3", "NOT_A_NUMBER"],
    ["NaN", "NOT_A_NUMBER"],
    ["Infinity", "NOT_A_NUMBER"],
    ["1,50", "NOT_A_NUMBER"],
    [".5", "NOT_A_NUMBER"],
    [1e21, "NOT_A_NUMBER"],
    ["0.0000001", "OUT_OF_RANGE"],
    ["100000000000000", "OUT_OF_RANGE"],
    [null, "UNEXPECTED_NULL"],
    [{}, "WRONG_TYPE"],
  ])("refuses %j with %s", (given, code) => {
    expect(codeOf(() => values.decimal(given, "price"))).toBe(code);
  });

  it("never changes an amount", () => {
    const amount = fc.tuple(
      fc.bigInt({ min: 0n, max: 10n ** 14n - 1n }),
      fc.integer({ min: 0, max: 999_999 }),
    );
    fc.assert(
      fc.property(amount, fc.boolean(), ([units, millionths], isNegative) => {
        const micros = (units * 1_000_000n + BigInt(millionths)) * (isNegative ? -1n : 1n);
        const written = `${isNegative ? "-" : ""}${units}.${String(millionths).padStart(6, "0")}`;
        const [, sign, integer, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(
          values.decimal(written, "x"),
        )!;
        const read = BigInt(integer!) * 1_000_000n + BigInt(fraction.padEnd(6, "0") || "0");
        expect(sign === "-" ? -read : read).toBe(micros);
      }),
    );
  });
});

describe("ids", () => {
  it.each([
    [820982911946154, "820982911946154"],
    ["820982911946154508", "820982911946154508"],
    ["9223372036854775807", "9223372036854775807"],
    [0, "0"],
  ])("reads %j", (given, id) => {
    expect(values.int8(given, "id")).toBe(id);
  });

  it.each([
    [820982911946154500, "NOT_AN_ID"],
    [-1, "NOT_AN_ID"],
    [1.5, "NOT_AN_ID"],
    ["12x", "NOT_AN_ID"],
    ["", "NOT_AN_ID"],
    ["9223372036854775808", "OUT_OF_RANGE"],
    ["99999999999999999999", "NOT_AN_ID"],
    [null, "UNEXPECTED_NULL"],
  ])("refuses %j with %s", (given, code) => {
    expect(codeOf(() => values.int8(given, "id"))).toBe(code);
  });

  it("take the type in a gid seriously", () => {
    const read = values.idOf("Order");
    expect(read("gid://shopify/Order/12?x=1", "id")).toBe("12");
    expect(codeOf(() => read("gid://shopify/DraftOrder/12", "id"))).toBe("NOT_AN_ID");
    expect(codeOf(() => read("12", "id"))).toBe("NOT_AN_ID");
    expect(codeOf(() => read("gid://shopify/Order/", "id"))).toBe("NOT_AN_ID");
  });

  it("are read from parts whatever their type is called", () => {
    // A ReturnShippingFee, as recorded from a store.
    expect(values.partId("gid://shopify/Fee/557678898", "id")).toBe("557678898");
    expect(values.partId("gid://shopify/ShippingLine/671?type=draft_order", "id")).toBe("671");
    for (const given of ["gid://shopify/Fee/", "gid://shopify/Fee/x", "12", "gid://other/Fee/1"])
      expect(codeOf(() => values.partId(given, "id"))).toBe("NOT_AN_ID");
    expect(codeOf(() => values.partId(12, "id"))).toBe("WRONG_TYPE");
  });
});

describe("time", () => {
  it.each([
    ["2021-12-31T19:00:00-05:00", "2022-01-01T00:00:00Z"],
    ["2022-01-01T00:00:00.000Z", "2022-01-01T00:00:00Z"],
    ["2022-01-01T00:00:00.120300Z", "2022-01-01T00:00:00.1203Z"],
    ["2024-02-29T23:59:59+14:00", "2024-02-29T09:59:59Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
  ])("reads %j as %s", (given, utc) => {
    expect(values.time(given, "createdAt")).toBe(utc);
  });

  it.each([
    ["2022-02-30T00:00:00Z", "NOT_A_TIME"],
    ["2022-01-01T00:00:00", "NOT_A_TIME"],
    ["2022-01-01", "NOT_A_TIME"],
    ["2022-01-01T25:00:00Z", "NOT_A_TIME"],
    ["yesterday", "NOT_A_TIME"],
    ["2022-01-01T00:00:00.1234567Z", "OUT_OF_RANGE"],
    [1640995200, "WRONG_TYPE"],
    [null, "UNEXPECTED_NULL"],
  ])("refuses %j with %s", (given, code) => {
    expect(codeOf(() => values.time(given, "createdAt"))).toBe(code);
  });
});

describe("numbers and codes", () => {
  it("int refuses what an int4 column would", () => {
    expect(values.int(-2_147_483_647, "n")).toBe(-2_147_483_647);
    expect(codeOf(() => values.int(2_147_483_648, "n"))).toBe("OUT_OF_RANGE");
    expect(codeOf(() => values.int(1.5, "n"))).toBe("NOT_A_NUMBER");
    expect(codeOf(() => values.int("1", "n"))).toBe("WRONG_TYPE");
  });

  it("float refuses what JSON cannot carry", () => {
    expect(values.float(48.8566, "latitude")).toBe(48.8566);
    expect(values.float("1.5", "weight")).toBe(1.5);
    expect(codeOf(() => values.float(Number.NaN, "weight"))).toBe("NOT_A_NUMBER");
    expect(codeOf(() => values.float("", "weight"))).toBe("WRONG_TYPE");
  });

  it("a currency never seen is fine, three letters long", () => {
    expect(values.currency("XTS", "currencyCode")).toBe("XTS");
    for (const given of ["", "usd", "US", "USDT", "U$D"]) {
      expect(codeOf(() => values.currency(given, "currencyCode"))).toBe("NOT_A_CURRENCY");
    }
  });
});
