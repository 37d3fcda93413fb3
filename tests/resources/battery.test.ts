// What every resource must pass, over the registry: a new descriptor brings a fixture (the same record as an API node and
// as a webhook body) and no tests of its own.
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  buildSchema,
  isListType,
  isObjectType,
  getNullableType,
  parse,
  validate,
  type GraphQLSchema,
} from "graphql";
import { TypeInfo, visit, visitWithTypeInfo } from "graphql";
import { describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { Node, Resource } from "#app/resources/define.ts";
import { resources } from "#app/resources/index.ts";
import { estimateCost, QUERY_COST_MAX } from "#app/shopify/cost.ts";
import { bulkDocument, childPageDocument, insidePageDocument } from "#app/shopify/documents.ts";
import { nodesDocument, pageDocument } from "#app/shopify/documents.ts";
import { apartListing } from "#app/shopify/entries.ts";
import type { Row, Upsert } from "#app/sync/change.ts";

await useDatabase();
const { applyAll, fixtureOf, mirroredOf, openShop, remove, rowsOf, second, stateOf } =
  await import("../sync/mirror.ts");
const { default: prismaClient } = await import("@prisma/client");
type Model = Parameters<typeof rowsOf>[0];

const schemaFile = path.join(import.meta.dirname, "../../sandbox/schema/admin-2026-10.graphql");
const schema: GraphQLSchema = buildSchema(readFileSync(schemaFile, "utf8"), { assumeValidSDL: true });

/** Roots of a page and ids of a nodes() query that must fit into one query's ceiling. */
const PAGE_SIZE = 50;
const NODES_SIZE = 10;
/** No body of any topic has them: the look that follows every body brings them. */
const NEVER_STATED = new Set<string>(["ProductPublication"]);
/** Written by apply(), not by descriptors. */
const BOOKKEEPING = ["shopId", "observedAt", "originKind", "originId", "appliedAt", "confirmedAt", "seenAt"];

function upsertOf(resource: Resource, observed: string, overrides: Row = {}): Upsert {
  const { key, updatedAt, row, children } = resource.fromNode(fixtureOf(resource.name).node);
  return {
    verb: "upsert",
    resource: resource.name,
    key,
    version: {
      updatedAt: typeof overrides.updatedAt === "string" ? overrides.updatedAt : updatedAt,
      observedAt: observed,
    },
    row: { ...row, ...overrides },
    children,
    origin: { kind: "bulk", id: 7n },
  };
}

const fieldsOf = (model: string) => {
  const found = prismaClient.Prisma.dmmf.datamodel.models.find(({ name }) => name === model)!;
  return found.fields.map(({ name, dbName }) => ({ name, column: dbName ?? name }));
};

const columnNames = (model: string) => fieldsOf(model).map(({ name }) => name);

/** A cell as PostgreSQL prints it, in the form in which descriptors write it. */
function plain(cell: string | null | undefined, isJson: boolean): unknown {
  if (cell === null || cell === undefined) return null;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/.test(cell)) return cell.replace("+00:00", "Z");
  if (/^-?\d+\.\d{6}$/.test(cell)) return cell.replace(/\.?0+$/, "");
  if (isJson) return JSON.parse(cell) as unknown;
  return cell;
}

/** As a cell comes back: a list of ids is a list of numbers there. */
function asText(value: unknown): unknown {
  if (Array.isArray(value) && value.every((id) => /^\d+$/.test(String(id)))) return value.map(Number);
  return value === null || typeof value === "object" ? value : String(value);
}

async function expectRows(model: Model, shopId: number, rows: readonly Row[]): Promise<void> {
  const columns = new Map(fieldsOf(model).map(({ name, column }) => [name, column]));
  const held = await rowsOf(model, shopId);
  expect(held).toHaveLength(rows.length);
  for (const row of rows) {
    // A place in a collection or on a channel has no id of its own.
    const own = held.find(
      ({ id, publication_id, product_id }) =>
        rows.length === 1 ||
        (id ?? publication_id ?? product_id) === (row.id ?? row.publicationId ?? row.productId),
    )!;
    const cells = Object.fromEntries(
      Object.keys(row).map((field) => [
        field,
        plain(own[columns.get(field)!], typeof row[field] === "object"),
      ]),
    );
    expect(cells).toEqual(
      Object.fromEntries(Object.entries(row).map(([field, value]) => [field, asText(value)])),
    );
  }
}

describe.each(resources.map((resource) => [resource.name, resource] as const))("%s", (_name, resource) => {
  const fixture = fixtureOf(resource.name);

  it("asks for what the official schema has, nothing deprecated", () => {
    const documents = [
      pageDocument(resource),
      ...(resource.cursor ? [pageDocument(resource, { isSearch: true, isById: true })] : []),
      nodesDocument(resource),
      bulkDocument(resource),
      ...resource.connections.map((connection) => childPageDocument(resource, connection)),
      ...(resource.apart ?? []).flatMap((connection) => {
        const listing = apartListing(resource, connection);
        const whole = [nodesDocument(listing), childPageDocument(listing, connection)];
        return connection.inside ? [...whole, insidePageDocument(listing, connection)] : whole;
      }),
    ];
    for (const document of documents) {
      expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
      expect(deprecatedIn(document)).toEqual([]);
    }
  });

  it("stays within the limits of bulk queries", () => {
    // Connections and depth are checked where the text is made; this is what only the schema can tell.
    expect(connectionsInLists(bulkDocument(resource))).toEqual([]);
  });

  it("fits a page of a sensible size under the ceiling of one query", () => {
    expect(estimateCost(pageDocument(resource), { first: PAGE_SIZE, after: null })).toBeLessThanOrEqual(
      QUERY_COST_MAX,
    );
    const ids = Array.from({ length: NODES_SIZE }, () => fixture.node.id);
    expect(estimateCost(nodesDocument(resource), { ids })).toBeLessThanOrEqual(QUERY_COST_MAX);
  });

  it("fills every column of its tables, and no other", () => {
    const { row, children } = resource.fromNode(fixture.node);
    const columns = (model: string) => columnNames(model).filter((name) => !BOOKKEEPING.includes(name));
    expect(Object.keys(row).sort()).toEqual(columns(resource.model).sort());
    for (const model of resource.childModels) {
      expect(Object.keys(children[model]!.rows[0]!).sort()).toEqual(columns(model).sort());
    }
  });

  it("mirrors a node exactly", async () => {
    const shopId = await openShop();
    const change = upsertOf(resource, second("01"));
    expect(await applyAll(shopId, [change])).toMatchObject([{ result: "applied" }]);
    await expectRows(resource.model as Model, shopId, [change.row]);
    for (const model of resource.childModels) await expectRows(model, shopId, change.children[model]!.rows);
  });

  it("applied twice is applied once", async () => {
    const [once, twice] = [await openShop(), await openShop()];
    const change = upsertOf(resource, second("01"));
    await applyAll(once, [change]);
    await applyAll(twice, [change]);
    await applyAll(twice, [change, change]);
    expect(withoutShop(await stateOf(resource.name, twice))).toEqual(
      withoutShop(await stateOf(resource.name, once)),
    );
    expect(await mirroredOf(resource.name, twice)).toBe(1);
  });

  it("applied in reverse is applied in order", async () => {
    const [straight, reversed] = [await openShop(), await openShop()];
    const changes = [
      upsertOf(resource, second("01")),
      upsertOf(resource, second("02")),
      upsertOf(resource, second("03"), {
        updatedAt: second("03"),
        ...(columnNames(resource.model).includes("createdAt") && { createdAt: second("00") }),
      }),
    ];
    for (const change of changes) await applyAll(straight, [change]);
    for (const change of changes.toReversed()) await applyAll(reversed, [change]);
    expect(withoutShop(await stateOf(resource.name, reversed))).toEqual(
      withoutShop(await stateOf(resource.name, straight)),
    );
  });

  it("once deleted stays deleted", async () => {
    const shopId = await openShop();
    const change = upsertOf(resource, second("01"));
    await applyAll(shopId, [change]);
    await applyAll(shopId, [remove(resource.name, change.key, "05")]);
    await applyAll(shopId, [change, { ...change, origin: { kind: "webhook", id: 9n } }]);
    for (const model of [resource.model, ...resource.childModels])
      expect(await rowsOf(model as Model, shopId)).toEqual([]);
    expect(await mirroredOf(resource.name, shopId)).toBe(0);
  });

  it("reads a webhook as it reads the API, in all that the body states", () => {
    const notice = resource.fromWebhook(fixture.body, fixture.topic);
    const node = resource.fromNode(fixture.node);
    if (notice.says === "looks") {
      // No body tells of such a record itself, only of what it is in.
      expect(resource.topics.changed).toEqual([]);
      expect(notice.keys).toEqual([node.key.split(":")[0]]);
      return;
    }
    if (notice.says !== "changed") throw new Error(`the fixture's body says "${notice.says}"`);
    const { reading, complete } = notice;
    const stated = resource.childModels.filter((model) => !NEVER_STATED.has(model));
    expect(complete).toBe(stated.every((model) => reading.children[model]?.complete));
    expect([reading.key, reading.updatedAt]).toEqual([node.key, node.updatedAt]);
    expectAgreement([reading.row], [node.row]);
    for (const model of resource.childModels.filter((model) => reading.children[model])) {
      const [told, read] = [reading.children[model]!, node.children[model]!];
      expect(told.complete).toBe(true);
      expectAgreement(told.rows, read.rows);
    }
  });

  it("reads each of its topics' bodies, or says that it is another shape", () => {
    for (const topic of [
      ...resource.topics.changed,
      ...resource.topics.partial,
      ...resource.topics.deleted,
    ]) {
      const read = () => resource.fromWebhook({}, topic);
      expect(read).toThrow(expect.objectContaining({ code: "BAD_BODY" }));
    }
  });

  it("refuses a node that lacks a field, by its name", () => {
    const apart = new Set((resource.apart ?? []).map(({ field }) => field));
    for (const field of Object.keys(fixture.node).filter((name) => !apart.has(name))) {
      const { [field]: _, ...rest } = fixture.node;
      expect(() => resource.fromNode(rest as Node)).toThrow(new RegExp(field));
    }
  });

  it("names only columns that exist as personal", () => {
    for (const [model, fields] of Object.entries(resource.personal)) {
      const known = fieldsOf(model).map(({ name }) => name);
      expect(fields.filter((field) => !known.includes(field))).toEqual([]);
    }
  });
});

function expectAgreement(told: readonly Row[], read: readonly Row[]): void {
  expect(told).toHaveLength(read.length);
  told.forEach((row, index) => {
    const shared = Object.keys(row).map((field) => [field, read[index]![field]]);
    expect(row).toEqual(Object.fromEntries(shared));
    expect(shared.length).toBeGreaterThan(4);
  });
}

function withoutShop(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state, (key, value: unknown) => (key === "shop_id" ? undefined : value)));
}

function deprecatedIn(document: string): string[] {
  const found: string[] = [];
  const types = new TypeInfo(schema);
  const look = {
    Field: () => void (types.getFieldDef()?.deprecationReason && found.push(types.getFieldDef()!.name)),
  };
  visit(parse(document), visitWithTypeInfo(types, look));
  return found;
}

/** Shopify refuses a bulk query with a connection inside a plain list. */
function connectionsInLists(document: string): string[] {
  const found: string[] = [];
  const types = new TypeInfo(schema);
  let lists = 0;
  const isPlainList = () => {
    const parent = types.getParentType();
    return (
      isListType(getNullableType(types.getType())) &&
      !(isObjectType(parent) && parent.name.endsWith("Connection"))
    );
  };
  const look = {
    Field: {
      enter() {
        const name = String(getNullableType(types.getType()));
        if (name.endsWith("Connection") && lists > 0) found.push(name);
        if (isPlainList()) lists += 1;
      },
      leave() {
        if (isPlainList()) lists -= 1;
      },
    },
  };
  visit(parse(document), visitWithTypeInfo(types, look));
  return found;
}
