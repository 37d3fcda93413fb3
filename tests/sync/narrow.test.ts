// Descriptors with parts left out, over the registry: what is left out is neither asked for nor stored, and what is left is
// still a query that Shopify answers and a record that can be read.
import { readFileSync } from "node:fs";
import path from "node:path";
import { buildSchema, Kind, parse, validate } from "graphql";
import type { SelectionSetNode } from "graphql";
import { describe, expect, it } from "vitest";
import { resources } from "#app/resources/index.ts";
import { bulkDocument, nodesDocument, pageDocument, parentsDocument } from "#app/shopify/documents.ts";
import { selectedFields } from "#app/shopify/selected-fields.ts";
import { parseLossless } from "#app/shopify/json.ts";
import { narrow, omittedBy } from "#app/sync/narrow.ts";
import { isAllowed } from "#app/sync/rules-metafields.ts";
import { pruned } from "#app/sync/narrow-fields.ts";
import type { Body, Node, Resource } from "#app/resources/define.ts";
import type { Narrowing } from "#app/sync/narrow.ts";

const schemaFile = path.join(import.meta.dirname, "../../sandbox/schema/admin-2026-10.graphql");
const schema = buildSchema(readFileSync(schemaFile, "utf8"), { assumeValidSDL: true });

const WHOLE: Narrowing = {
  ...{ without: [], isPersonalOut: false, filter: null, isCounted: true, takes: null, holderSearch: null },
};

function fixtureOf({ name }: Resource) {
  const file = path.join(import.meta.dirname, `../fixtures/records/${name}.json`);
  return parseLossless(readFileSync(file, "utf8")) as { topic: string; node: Node; body: Body };
}

/** Each group alone, all groups, personal data, and all of that together. */
const cases = resources.flatMap((resource) => {
  const names = (resource.groups ?? []).map(({ name }) => name);
  const personal = Object.keys(resource.personal).length > 0 ? [{ ...WHOLE, isPersonalOut: true }] : [];
  const some = [...names.map((name) => ({ ...WHOLE, without: [name] })), ...personal];
  const all = some.length > 1 ? [{ ...WHOLE, without: names, isPersonalOut: true }] : [];
  return [...some, ...all].map((narrowing) => {
    const title = `${resource.name} without ${[...narrowing.without, narrowing.isPersonalOut ? "personal data" : ""].filter(Boolean).join(", ")}`;
    return { title, resource, narrowing };
  });
});

/** The node as Shopify answers the narrowed query: without the fields that it does not select. */
function answeredBy(narrowed: Resource, whole: Resource, node: Node): Node {
  const left = (fragment: string, value: object) => {
    const [first, ...others] = parse(fragment).definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [each] : [],
    );
    const namesIn = ({ selections }: SelectionSetNode): string[] =>
      selections.flatMap((each) => {
        if (each.kind === Kind.FIELD) return [each.name.value];
        if (each.kind === Kind.INLINE_FRAGMENT) return namesIn(each.selectionSet);
        return namesIn(others.find(({ name }) => name.value === each.name.value)!.selectionSet);
      });
    const names = new Set(namesIn(first!.selectionSet));
    return Object.fromEntries(
      Object.entries(value).filter(([name]) => names.has(name) || name.startsWith("__") || name === "id"),
    );
  };
  type Part = {
    readonly field: string;
    readonly fragment: string;
    readonly connections?: readonly Part[];
    readonly entries?: { readonly connections: readonly Part[] };
    readonly inside?: Part;
  };
  const answer = (
    value: Readonly<Record<string, unknown>>,
    fragment: string,
    parts: readonly Part[],
    spreads: boolean,
  ): object => ({
    ...(spreads ? { ...value } : left(fragment, value)),
    ...Object.fromEntries(
      parts.flatMap((part) => {
        const list = value[part.field];
        if (!Array.isArray(list)) return list === undefined ? [] : [[part.field, list]];
        const isSpread = untouched.has(part.fragment);
        return [
          [
            part.field,
            list.map((entry) =>
              answer(
                entry as Record<string, unknown>,
                part.fragment,
                part.connections ?? part.entries?.connections ?? (part.inside ? [part.inside] : []),
                isSpread,
              ),
            ),
          ],
        ];
      }),
    ),
  });
  // Fields lie inside of other fragments, too; those of a part that nothing was taken from are all there.
  const partsOf = ({ connections, lists = [], apart = [] }: Resource) => [...connections, ...lists, ...apart];
  const untouched = new Set(partsOf(whole).map(({ fragment }) => fragment));
  return answer(node, narrowed.fragment, partsOf(narrowed), false) as Node;
}

describe.each(cases)("$title", ({ resource, narrowing }) => {
  const narrowed = narrow(resource, narrowing);
  const { columns, models } = omittedBy(resource, narrowing);

  it("asks for less, in queries that Shopify answers", () => {
    const documents = [pageDocument(narrowed), bulkDocument(narrowed)];
    documents.push(resource.list.within ? parentsDocument(narrowed) : nodesDocument(narrowed));
    for (const document of documents) expect(validate(schema, parse(document))).toEqual([]);
    expect(selectedFields(narrowed).length).toBeLessThan(selectedFields(resource).length);
  });

  it("reads the answer as the whole record less what is left out", () => {
    const { node } = fixtureOf(resource);
    const whole = resource.fromNode(node);
    const read = narrowed.fromNode(answeredBy(narrowed, resource, node));
    const kept = (model: string, row: object) =>
      Object.fromEntries(Object.entries(row).filter(([field]) => !columns.get(model)?.has(field)));
    expect(read.row).toEqual(kept(resource.model, whole.row));
    const children = Object.entries(whole.children).filter(([model]) => !models.has(model));
    expect(read.children).toEqual(
      Object.fromEntries(
        children.map(([model, of]) => [model, { ...of, rows: of.rows.map((row) => kept(model, row)) }]),
      ),
    );
  });

  it("takes no more from a webhook", () => {
    const { topic, body } = fixtureOf(resource);
    const notice = narrowed.fromWebhook(body, topic);
    if (notice.says !== "changed") return expect(notice).toEqual(resource.fromWebhook(body, topic));
    const { row, children } = notice.reading;
    expect(Object.keys(row).filter((field) => columns.get(resource.model)?.has(field))).toEqual([]);
    for (const [model, of] of Object.entries(children)) {
      expect(models.has(model)).toBe(false);
      const fields = of.rows.flatMap((each) => Object.keys(each));
      expect(fields.filter((field) => columns.get(model)?.has(field))).toEqual([]);
    }
  });
});

describe("groups", () => {
  it("name fields that their models have, and parts that are read", () => {
    for (const { name, columns, groups = [], connections, lists = [], apart = [], personal } of resources) {
      const parts = [...connections, ...lists, ...apart].map(({ field }) => field);
      const known = (model: string, field: string) =>
        field in (columns[model] ?? {}) ||
        field === "discountApplications" ||
        connections.some(({ fills = [] }) => fills.includes(field));
      for (const group of [...groups, { columns: personal, parts: [] }]) {
        for (const [model, fields] of Object.entries(group.columns ?? {})) {
          expect(
            fields.filter((field) => !known(model, field)),
            `${name} ${model}`,
          ).toEqual([]);
        }
        expect(
          (group.parts ?? []).filter((part) => !parts.includes(part)),
          name,
        ).toEqual([]);
      }
    }
  });
});

describe("a filter", () => {
  const filter = { search: "(tag:wholesale)", counted: "(tag:wholesale)", leaving: "remove" } as const;
  const narrowed = narrow(resources[0]!, { ...WHOLE, filter });

  it("is part of every list and count, and of no read by id", () => {
    expect(bulkDocument(narrowed)).toContain('orders(query: "(tag:wholesale)")');
    expect(nodesDocument(narrowed)).not.toContain("wholesale");
  });

  it("makes a webhook's news a reason to ask, since only Shopify can say what matches", () => {
    const { topic, body } = fixtureOf(narrowed);
    expect(narrowed.fromWebhook(body, topic)).toMatchObject({ says: "look" });
    expect(narrowed.fromWebhook({ id: 5 }, "orders/delete")).toEqual({ says: "deleted", key: "5" });
  });

  it("leaves a resource uncounted where Shopify's count does not understand it", () => {
    expect(narrow(resources[0]!, { ...WHOLE, filter, isCounted: false }).count).toBeNull();
  });
});

describe("pruned()", () => {
  it("drops fragments that nothing spreads any more, and selections that are empty", () => {
    const document = "fragment A on X { id a { b } c { ...C } } fragment C on Y { d }";
    expect(
      pruned(document, [["a", "b"], ["c"]])
        .replaceAll(/\s+/g, " ")
        .trim(),
    ).toBe("fragment A on X { id }");
  });
});

describe("the allow-list of metafields", () => {
  it.each([
    ["custom.edition_size", ["custom"], true],
    ["custom.edition_size", ["custom.edition_size"], true],
    ["custom.edition_sizes", ["custom.edition_size"], false],
    ["customs.size", ["custom"], false],
    ["my_app.size", ["*.size"], true],
    ["my_app.size", ["my_*"], true],
    ["app--77--prints.size", ["$app:prints"], true],
    ["anything.at_all", [], true],
  ] as const)("%s with %j: %s", (name, patterns, expected) => {
    expect(isAllowed(name, patterns)).toBe(expected);
  });
});
