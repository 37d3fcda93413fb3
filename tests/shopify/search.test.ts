import { expect, it } from "vitest";
import { allOf, anyOf, during, equals } from "#app/shopify/search.ts";

it("always quotes times", () => {
  const from = new Date("2026-11-01T10:00:00.750Z");
  const until = new Date("2026-11-02T10:00:00Z");
  expect(during("updated_at", { from, until })).toBe(
    "updated_at:>='2026-11-01T10:00:00Z' AND updated_at:<'2026-11-02T10:00:00Z'",
  );
  expect(during("updated_at", {})).toBe("");
});

it("quotes values whatever they contain", () => {
  expect(equals("name", `it's a \\ "test"`)).toBe(`name:'it\\'s a \\\\ "test"'`);
  expect(anyOf("name", ["#1", "#2"])).toBe("(name:'#1' OR name:'#2')");
  expect(allOf("", "a:'1'", "b:'2'")).toBe("a:'1' AND b:'2'");
});

it("refuses a search for nothing, which would find everything", () => {
  expect(() => anyOf("name", [])).toThrow(RangeError);
});
