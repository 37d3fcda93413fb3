// Search syntax: what it means for records, and what Shopify warns of.
import { describe, expect, it } from "vitest";
import { parseSearch } from "#sandbox/admin-api/search.ts";
import { compileSearch, type SearchSpec } from "#sandbox/admin-api/search-match.ts";

interface Thing {
  id: string;
  title: string;
  tags: string[];
  state: "open" | "closed";
  stock: number;
  at: string;
}
const SPEC: SearchSpec<Thing> = {
  fields: {
    id: { kind: "id", of: (thing) => thing.id },
    title: { kind: "words", of: (thing) => thing.title },
    tag: { kind: "keyword", of: (thing) => thing.tags },
    status: { kind: "enum", of: (thing) => thing.state, values: ["open", "closed"] },
    stock: { kind: "number", of: (thing) => thing.stock },
    updated_at: { kind: "time", of: (thing) => thing.at },
  },
  words: (thing) => [thing.title, ...thing.tags],
};
const THINGS: Thing[] = [
  {
    id: "1",
    title: "Red harbour",
    tags: ["sale", "Art"],
    state: "open",
    stock: 5,
    at: "2026-11-01T10:00:00.500Z",
  },
  {
    id: "2",
    title: "Blue harbour",
    tags: ["art print"],
    state: "closed",
    stock: 0,
    at: "2026-11-02T10:00:00.000Z",
  },
  {
    id: "9007199254740993",
    title: "Green field",
    tags: [],
    state: "open",
    stock: -2,
    at: "2026-11-03T03:00:00.000Z",
  },
];
const ZONE = { offsetMinutes: -300, now: new Date("2026-11-02T12:00:00Z") };

function find(query: string): string[] {
  const { matches } = compileSearch(SPEC, query, ZONE);
  return THINGS.filter((thing) => !matches || matches(thing)).map((thing) => thing.id.slice(-2));
}

describe("terms", () => {
  it.each([
    ["", ["1", "2", "93"]],
    ["id:1", ["1"]],
    ["id:>1", ["2", "93"]],
    ["id:9007199254740992", []],
    ["id:gid://shopify/Thing/2", ["2"]],
    ["title:harbour", ["1", "2"]],
    ["title:harb", []],
    ["title:harb*", ["1", "2"]],
    ["tag:art", ["1"]],
    ["tag:ART*", ["1", "2"]],
    ["tag:'art print'", ["2"]],
    ['tag:"art print"', ["2"]],
    ["stock:<=0", ["2", "93"]],
    ["stock:-2", ["93"]],
    ["stock:>=5", ["1"]],
    ["status:OPEN", ["1", "93"]],
    ["id:1,2", ["1", "2"]],
    ["green", ["93"]],
    ["harbour art", ["1", "2"]],
  ])("%s", (query, ids) => {
    expect(find(query)).toEqual(ids);
  });
});

describe("connectives", () => {
  it.each([
    ["title:harbour AND status:open", ["1"]],
    ["title:harbour status:open", ["1"]],
    ["id:1 OR id:2", ["1", "2"]],
    ["id:1 OR title:harbour status:closed", ["1", "2"]],
    ["(id:1 OR id:2) status:closed", ["2"]],
    ["-status:open", ["2"]],
    ["NOT tag:sale", ["2", "93"]],
    ["title:harbour -(tag:sale OR tag:x)", ["2"]],
    ["(id:1 OR (id:2", ["1", "2"]],
  ])("%s", (query, ids) => {
    expect(find(query)).toEqual(ids);
  });
});

describe("times", () => {
  it.each([
    ["updated_at:>='2026-11-01T10:00:00Z' AND updated_at:<'2026-11-02T10:00:00Z'", ["1"]],
    ["updated_at:<='2026-11-01T10:00:00Z'", []],
    ["updated_at:>'2026-11-02T05:00:00-05:00'", ["93"]],
    // A day begins and ends in the shop's zone: 03:00 UTC is still the evening before.
    ["updated_at:2026-11-02", ["2", "93"]],
    ["updated_at:<now", ["1", "2"]],
  ])("%s", (query, ids) => {
    expect(find(query)).toEqual(ids);
  });

  it("lose their time of day without quotes, and say so", () => {
    expect(find("updated_at:>=2026-11-02T18:30:00Z")).toEqual(["2", "93"]);
    const { report } = compileSearch(SPEC, "updated_at:>=2026-11-02T18:30:00Z", ZONE);
    expect(report).toEqual({
      query: "updated_at:>=2026-11-02T18:30:00Z",
      parsed: {
        and: [
          { field: "updated_at", range_gte: "2026-11-02T00:00:00-05:00" },
          { field: "30", match_all: "00Z" },
        ],
      },
      warnings: [{ field: "30", message: "Invalid search field for this query.", code: "invalid_field" }],
    });
  });
});

describe("warnings", () => {
  it("leave rows unfiltered by an unknown field, and filtered by the rest", () => {
    expect(find("colour:red")).toEqual(["1", "2", "93"]);
    expect(find("colour:red id:1")).toEqual(["1"]);
    expect(compileSearch(SPEC, "colour:red", ZONE).report).toEqual({
      query: "colour:red",
      parsed: { field: "colour", match_all: "red" },
      warnings: [{ field: "colour", message: "Invalid search field for this query.", code: "invalid_field" }],
    });
  });

  it("find nothing by a value that is not accepted", () => {
    expect(find("status:BANANAS")).toEqual([]);
    expect(compileSearch(SPEC, "status:BANANAS", ZONE).report?.warnings).toEqual([
      { field: "status", message: "Input `BANANAS` is not an accepted value.", code: "invalid_value" },
    ]);
  });

  it("ask for named fields where there are no others", () => {
    const { report } = compileSearch({ fields: SPEC.fields }, "harbour", ZONE);
    expect(report?.warnings).toEqual([
      {
        field: "default",
        message: "Input must use named search fields in this query.",
        code: "missing_named_field",
      },
    ]);
  });

  it("are not made for a good query", () => {
    expect(
      compileSearch(SPEC, "updated_at:>='2026-11-01T00:00:00Z' status:open", ZONE).report,
    ).toBeUndefined();
  });
});

it("reads quotes that hold the other kind, and escaped ones", () => {
  expect(parseSearch(`title:"it's" `)).toMatchObject({ field: "title", value: "it's", isQuoted: true });
  expect(parseSearch(`title:'it\\'s'`)).toMatchObject({ value: "it's" });
  expect(parseSearch("title:'open")).toMatchObject({ value: "open" });
});
