// Writes news of living records: one statement per table and set of columns, guarded by the version. Children follow
// their root: they are written exactly when the root's row was.
import type { PoolClient } from "pg";
import { prepared } from "#app/db.server.ts";
import { attempt } from "./apply-attempt.ts";
import { isRead } from "./apply-order.ts";
import { writeChildren } from "./apply-children.ts";
import { insertNew } from "./apply-new.ts";
import { BOOKKEEPING, exactly, rootRows } from "./apply-roots.ts";
import { groupAlike, list, quoted, remembered, sourceOf } from "./apply-rows.ts";
import { keyMatch, keyOf, type Mirror, type Table } from "./apply-tables.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Outcome, Upsert } from "./change.ts";

/** What is common to all statements of one apply(). */
export interface Work {
  readonly client: PoolClient;
  readonly shopId: number;
  readonly now: Date;
  readonly mirror: Mirror;
  /** Nothing is expected to be refused: if something is, the whole transaction is given up and done again with care. */
  readonly isBold: boolean;
  /** Records of other resources that went with those they were in, for the counters. */
  readonly goneInside: Map<ResourceName, number>;
}

export interface Upserted {
  readonly outcomes: readonly Outcome[];
  readonly inserted: number;
}

/** One round: every record occurs once. */
export async function upsertRound(work: Work, upserts: readonly Upsert[]): Promise<Upserted> {
  const outcomes: Outcome[] = [];
  let inserted = 0;
  for (const group of groupAlike(upserts, ({ row }) => row)) {
    outcomes.push(
      ...(await attempt(work, group, async (records) => {
        const written = (await insertNew(work, records)) ?? (await merge(work, records));
        // Counted last: what is thrown before is rolled back and tried again in halves.
        for (const isNew of written.values()) if (isNew) inserted += 1;
        return records.map((change): Outcome => {
          return { change, result: written.has(change.key) ? "applied" : "superseded" };
        });
      })),
    );
  }
  return { outcomes, inserted };
}

async function merge(work: Work, records: readonly Upsert[]): Promise<ReadonlyMap<string, boolean>> {
  const written = await writeRoots(work, records);
  await writeChildren(work, records, written);
  return written;
}

/** @returns key → whether the row is new, for the records that were written. */
async function writeRoots(work: Work, records: readonly Upsert[]): Promise<ReadonlyMap<string, boolean>> {
  const { client, shopId, now, mirror } = work;
  const { root } = mirror;
  const { columns, tuples } = rootRows(root, records);
  const values: unknown[] = [shopId, now];
  const { from, sent } = sourceOf(client, root, [...columns, ...BOOKKEEPING], tuples, values);
  const [result] = await Promise.all([
    client.query<{ key: string; is_new: boolean }>(prepared(rootStatement(root, columns, from), values)),
    ...sent,
  ]);
  const written = new Map(result.rows.map(({ key, is_new }) => [key, is_new]));
  await noteSeen(
    work,
    records.filter(({ key, origin }) => isRead(origin) && !written.has(key)),
  );
  return written;
}

const rank = (row: string) =>
  `(coalesce(${row}.updated_at, date_trunc('second', ${row}.observed_at)), ${row}.observed_at,
    ${row}.origin_kind <> 'webhook', coalesce(${row}.origin_id, 0))`;

/** Rule I2; compareRanks() in apply-order.ts is the same rule. */
const NEWER = `${rank("excluded")} > ${rank("t")}`;

function rootStatement(table: Table, columns: readonly string[], from: string): string {
  return remembered(`${table.name} ${from} ${columns.join()}`, () => {
    const all = [...columns, ...BOOKKEEPING];
    const changing = [
      ...columns.filter((column) => !table.key.includes(column)),
      ...BOOKKEEPING,
      "applied_at",
    ]
      .filter((column) => column !== "seen_at")
      .map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
    return `
    INSERT INTO ${table.name} AS t (shop_id, ${list(all)}, applied_at)
    SELECT $1, ${list(all, "r.")}, $2
    FROM ${from}
    ORDER BY ${list(table.key, "r.")}
    ON CONFLICT (shop_id, ${list(table.key)}) DO UPDATE
    SET ${changing.join(", ")}, seen_at = greatest(t.seen_at, excluded.seen_at)
    WHERE ${NEWER}
    RETURNING ${keyOf(table, "t")} AS key, t.xmax = 0 AS is_new`;
  });
}

/** A read that lost to newer news still proves that the record was alive when it was read (rule I3 needs it). */
async function noteSeen({ client, shopId, mirror }: Work, records: readonly Upsert[]): Promise<void> {
  if (records.length === 0) return;
  const { root } = mirror;
  const seen = records.map(({ key, version }) => ({ key, observed_at: exactly(version.observedAt) }));
  await client.query(
    `UPDATE ${root.name} AS t SET seen_at = locked.observed_at
     FROM (SELECT ${list(root.key, "o.")}, r.observed_at
           FROM json_to_recordset($2) AS r(key text, observed_at timestamptz)
           JOIN ${root.name} AS o ON o.shop_id = $1 AND ${keyMatch(root, "o", "r.key")}
           ORDER BY ${list(root.key, "o.")} FOR UPDATE OF o) AS locked
     WHERE t.shop_id = $1 AND ${root.key.map((column) => `t.${column} = locked.${column}`).join(" AND ")}
       AND (t.seen_at IS NULL OR t.seen_at < locked.observed_at)`,
    [shopId, JSON.stringify(seen)],
  );
}
