// Many records that the mirror has none of yet go straight into its tables by COPY: a first sync then costs PostgreSQL a
// quarter less than a merge. Where anything of them is there after all, nothing has happened, and they are merged.
import { prepared } from "#app/db.server.ts";
import { copyIn } from "#app/copy.server.ts";
import { isRefusal } from "./apply-attempt.ts";
import { BOOKKEEPING, rootRows } from "./apply-roots.ts";
import { linesOf, type Tuple } from "./apply-copy.ts";
import { COPY_ROWS_MIN, groupAlike, list, shapeOf } from "./apply-rows.ts";
import { keyMatch, type Mirror, type Table } from "./apply-tables.ts";
import type { Work } from "./apply-upserts.ts";
import type { Row, Upsert } from "./change.ts";

/** @returns key → true, as writeRoots() does; null where they are to be merged. */
export async function insertNew(
  work: Work,
  records: readonly Upsert[],
): Promise<ReadonlyMap<string, boolean> | null> {
  const { client, mirror } = work;
  if (records.length < COPY_ROWS_MIN || (await isAnyThere(work, records))) return null;
  const copies = copiesOf(work, mirror, records.toSorted(byKey));
  if (copies.some(({ lines }) => lines === null)) return null;
  try {
    await Promise.all([
      client.query("SAVEPOINT fresh"),
      ...copies.map(({ statement, lines }) => copyIn(client, statement, lines!)),
      client.query("RELEASE SAVEPOINT fresh"),
    ]);
    return new Map(records.map(({ key }) => [key, true]));
  } catch (error) {
    // Somebody else was quicker, a child has come before its record, or a value does not fit.
    if (!isRefusal(error)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT fresh");
    await client.query("RELEASE SAVEPOINT fresh");
    return null;
  }
}

async function isAnyThere({ client, shopId, mirror }: Work, records: readonly Upsert[]): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    prepared(
      `SELECT EXISTS (SELECT FROM unnest($2::text[]) AS r(key)
                      JOIN ${mirror.root.name} AS t ON t.shop_id = $1 AND ${keyMatch(mirror.root, "t", "r.key")}) AS there`,
      [shopId, records.map(({ key }) => key)],
    ),
  );
  return rows[0]!.there;
}

interface Copy {
  readonly statement: string;
  /** Null where COPY would alter them. */
  readonly lines: Buffer | null;
}

function copiesOf({ shopId, now }: Work, { root, children }: Mirror, records: readonly Upsert[]): Copy[] {
  const { columns, tuples } = rootRows(root, records);
  const more = { applied_at: now.toISOString(), shop_id: shopId };
  const copies = [copyOf(root, [...columns, ...BOOKKEEPING], tuples, more)];
  for (const table of children) {
    const rows = records.flatMap((upsert) => upsert.children[table.model]?.rows ?? []);
    for (const alike of groupAlike(rows, (row) => row)) {
      const { columns: stated, fields } = shapeOf(table, alike[0]!);
      const told = alike.map((row) => fields.map((field) => row[field]));
      copies.push(copyOf(table, stated, told, { shop_id: shopId }));
    }
  }
  return copies;
}

/** `more`: columns that are the same in all rows. */
function copyOf(table: Table, columns: readonly string[], tuples: readonly Tuple[], more: Row): Copy {
  const all = [...columns, ...Object.keys(more)];
  return {
    statement: `COPY ${table.name} (${list(all)}) FROM STDIN`,
    lines: linesOf(table, all, tuples, Object.values(more)),
  };
}

/** In the order in which everybody takes the rows, so that two writers do not wait for each other. */
function byKey(a: Upsert, b: Upsert): number {
  const [ours, theirs] = [a.key.split(":"), b.key.split(":")];
  for (const [index, own] of ours.entries()) {
    const other = theirs[index]!;
    if (own !== other) return own.length - other.length || (own < other ? -1 : 1);
  }
  return 0;
}
