// Every value of every record, replaced by what should never come, in nodes as in webhook bodies: it is refused by the name of
// its field, or what it becomes is what its column can hold. Anything else would crash a job, or lose a whole batch.
import prismaClient from "@prisma/client";
import { describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { resources } from "#app/resources/index.ts";
import { Permanent } from "#app/shopify/errors.ts";
import type { Body, Node, Reading, Resource } from "#app/resources/define.ts";
import type { Row } from "#app/sync/change.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { fixtureOf } = await import("../sync/mirror.ts");

const BAD: readonly unknown[] = [
  ...[null, undefined, "", " ", "x", "a\0b", "a\ud83d", "dollar", "0.1234567", "1e5", "-", "NaN"],
  ...["9007199254740993", "9223372036854775808", "123456789012345678901234567890", "-1", "1.5"],
  ...["gid://shopify/Nothing/1", "gid://shopify/Order/", "gid://shopify/Order/9223372036854775808"],
  ...["2026-02-30T10:00:00Z", "2026-01-01", "2026-01-01T10:00:00", "0000-00-00T00:00:00Z"],
  ...[0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300, true],
  ...[[], {}, [null], [1], ["a\0b"], [{}], { id: null }, { id: 7 }, { amount: "" }, { shopMoney: null }],
];

type Path = readonly (string | number)[];

/** Where something stands in a record, lists and objects included. */
function placesIn(value: unknown, path: Path = []): Path[] {
  const below =
    Array.isArray(value) || (typeof value === "object" && value !== null)
      ? Object.keys(value).flatMap((key) =>
          placesIn((value as Record<string, unknown>)[key], [
            ...path,
            Array.isArray(value) ? Number(key) : key,
          ]),
        )
      : [];
  return path.length === 0 ? below : [path, ...below];
}

/** What is alike in the entries of a list is tried in the first that has it. */
function onePlaceEach(paths: readonly Path[]): Path[] {
  const kinds = new Map<string, Path>();
  for (const path of paths) {
    const kind = path.map((part) => (typeof part === "number" ? "*" : part)).join(".");
    if (!kinds.has(kind)) kinds.set(kind, path);
  }
  return [...kinds.values()];
}

function replaced(value: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...(value as unknown[])] as never)
    : { ...(value as Record<string, unknown>) };
  copy[first] = replaced(copy[first], rest, by);
  return copy;
}

interface Column {
  readonly type: string;
  readonly isNull: boolean;
}

/** "table.column" → its type, as the database has it. */
const { rows: catalogue } = await pool.query<{ place: string; type: string; is_null: boolean }>(
  `SELECT c.relname || '.' || a.attname AS place, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS is_null
   FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(current_schema())`,
);
const columns = new Map<string, Column>(
  catalogue.map(({ place, type, is_null: isNull }) => [place, { type, isNull }]),
);

const isText = (value: unknown): boolean =>
  typeof value === "string" && !value.includes("\0") && value.isWellFormed();
const isJson = (value: unknown): boolean => {
  if (typeof value === "string") return isText(value);
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).every(([name, part]) => isText(name) && isJson(part));
  return value === null || typeof value === "boolean";
};
const isInt8 = (value: unknown): boolean =>
  /^-?\d{1,19}$/.test(String(value)) && BigInt.asIntN(64, BigInt(String(value))) === BigInt(String(value));
const isDecimal = (value: unknown): boolean =>
  typeof value === "string" && /^-?(\d{1,14})(\.\d{1,6})?$/.test(value);
const isTime = (value: unknown): boolean =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT.*Z$/.test(value) && !Number.isNaN(Date.parse(value));

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: isText,
  "text[]": (value) => Array.isArray(value) && value.every(isText),
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  bigint: isInt8,
  "bigint[]": (value) => Array.isArray(value) && value.every(isInt8),
  "numeric(20,6)": isDecimal,
  "double precision": (value) => typeof value === "number" && Number.isFinite(value),
  "timestamp(6) with time zone": isTime,
  jsonb: isJson,
};

const { models } = prismaClient.Prisma.dmmf.datamodel;

/** What of a row its table could not hold. */
function unfit(model: string, row: Row): string[] {
  const { dbName, fields } = models.find(({ name }) => name === model)!;
  return Object.entries(row).flatMap(([field, value]) => {
    const named = fields.find(({ name }) => name === field)!;
    const place = `${dbName}.${named.dbName ?? named.name}`;
    const { type, isNull } = columns.get(place)!;
    // An empty list column is written as none.
    const fits = value === null ? isNull || type.endsWith("[]") : FITS[type]!(value);
    return fits ? [] : [`${place} (${type}) cannot be ${JSON.stringify(value)}`];
  });
}

const unfitIn = ({ model }: Resource, { row, children }: Reading): string[] => [
  ...unfit(model, row),
  ...Object.entries(children).flatMap(([child, { rows }]) => rows.flatMap((each) => unfit(child, each))),
];

/** What goes wrong with each bad value in each place; `read` throws, or gives what is to be written. */
function faults<T>(resource: Resource, whole: T, read: (spoilt: T) => Reading | null): string[] {
  const found: string[] = [];
  for (const path of onePlaceEach(placesIn(whole))) {
    for (const bad of BAD) {
      const said = `${path.join(".")} = ${JSON.stringify(bad) ?? "undefined"}`;
      try {
        const reading = read(replaced(whole, path, bad) as T);
        if (reading) found.push(...unfitIn(resource, reading).map((what) => `${said}: ${what}`));
      } catch (error) {
        if (!(error instanceof Permanent)) found.push(`${said}: ${String(error)}`);
      }
    }
  }
  return found;
}

describe.each(resources.map((resource) => [resource.name, resource] as const))("%s", (name, resource) => {
  const { node, body, topic } = fixtureOf(name);

  it("refuses what cannot be mirrored in a node, or makes something of it that can", () => {
    expect(faults<Node>(resource, node, (spoilt) => resource.fromNode(spoilt))).toEqual([]);
  });

  it("refuses what cannot be mirrored in a body, or makes something of it that can", () => {
    const read = (spoilt: Body) => {
      const notice = resource.fromWebhook(spoilt, topic);
      return notice.says === "changed" ? notice.reading : null;
    };
    expect(faults<Body>(resource, body, read)).toEqual([]);
  });
});
