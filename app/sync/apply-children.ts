// Children follow their root: they are written exactly when the root's row was, and those that it has no more go. Each
// table has a statement of its own, which the next batch uses again, whatever lists its records have; all of a batch's are
// on their way at once.
import { prepared } from "#app/db.server.ts";
import { sever } from "./apply-links.ts";
import { groupAlike, list, quoted, remembered, shapeOf, sourceOf } from "./apply-rows.ts";
import type { ChildTable } from "./apply-tables.ts";
import type { Work } from "./apply-upserts.ts";
import type { Children, Row, Upsert } from "./change.ts";

/** One root's children in one table. */
interface News extends Children {
  readonly key: string;
  /** The root is new: it has no children yet that could be too many. */
  readonly isNew: boolean;
}

/** `written`: key → whether the root is new, for the roots that were written. */
export async function writeChildren(
  work: Work,
  records: readonly Upsert[],
  written: ReadonlyMap<string, boolean>,
): Promise<void> {
  const gone = await Promise.all(
    work.mirror.children.map((table) => {
      const news = records.flatMap((upsert): News[] => {
        const children = upsert.children[table.model];
        const isNew = written.get(upsert.key);
        return children && isNew !== undefined ? [{ key: upsert.key, isNew, ...children }] : [];
      });
      return writeTable(work, table, news);
    }),
  );
  for (const [index, { model }] of work.mirror.children.entries()) await sever(work, model, gone[index]!);
}

/** @returns ids of the children that went. */
async function writeTable(
  { client, shopId }: Work,
  table: ChildTable,
  news: readonly News[],
): Promise<string[]> {
  const replaced = news.filter(
    ({ isNew, complete, knownIds }) => !isNew && (complete || knownIds !== undefined),
  );
  const rows = news.flatMap((children) => children.rows);
  const groups = [...groupAlike(rows, (row) => row)];
  if (groups.length === 0 && replaced.length === 0) return [];
  const values: unknown[] = [shopId];
  const parts: string[] = [];
  const sources: string[] = [];
  const waits: Promise<unknown>[] = [];
  for (const alike of groups) {
    const { columns, fields } = shapeOf(table, alike[0]!);
    const tuples = alike.map((row) => fields.map((field) => row[field]));
    const { from, sent } = sourceOf(client, table, columns, tuples, values);
    waits.push(...sent);
    parts.push(`w${parts.length} AS (${insertion(table, columns, from)})`);
    sources.push(from);
  }
  let answer = "SELECT NULL::int8 AS id LIMIT 0";
  if (replaced.length > 0) {
    const isHeld = sources.length === 1 && replaced.every(({ knownIds }) => !knownIds);
    parts.push(`gone AS (${removal(values, table, replaced, isHeld ? sources[0]! : null)})`);
    // What is written is asked for first, so that it is done before anything is removed.
    const written = sources.map((_, index) => `SELECT NULL::int8 AS id FROM w${index} WHERE is_gone`);
    answer = [...written, "SELECT id FROM gone"].join(" UNION ALL ");
  }
  const text = `WITH ${parts.join(", ")} ${answer}`;
  const [{ rows: gone }] = await Promise.all([
    client.query<{ id: string }>(prepared(text, values)),
    ...waits,
  ]);
  return gone.map(({ id }) => id);
}

/** An unchanged child is left alone: one edit of a product with 2,000 variants is one row, not 2,000. */
function insertion(table: ChildTable, columns: readonly string[], from: string): string {
  return remembered(`${table.name} ${from} ${columns.join()}`, () => {
    const changing = columns.filter((column) => !table.key.includes(column));
    return `
    INSERT INTO ${table.name} AS t (shop_id, ${list(columns)})
    SELECT $1, ${list(columns, "r.")}
    FROM ${from}
    ORDER BY ${list(table.key, "r.")}
    ON CONFLICT (shop_id, ${list(table.key)}) DO UPDATE
    SET ${changing.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(", ")}
    WHERE (${list(changing, "t.")}) IS DISTINCT FROM (${list(changing, "excluded.")})
    RETURNING false AS is_gone`;
  });
}

/** `from`: the source that holds all the rows that are to stay, where there is one. */
function removal(
  values: unknown[],
  table: ChildTable,
  replaced: readonly (News & { readonly rows: readonly Row[] })[],
  from: string | null,
): string {
  values.push(replaced.map(({ key }) => key));
  const parents = `$${values.length}`;
  let given = `${from ?? ""}`;
  let [parent, own] = [table.parent, table.own];
  if (from === null) {
    const kept = replaced.flatMap(({ key, rows, knownIds = [] }) =>
      [...rows.map((row) => String(row[table.ownField])), ...knownIds].map((id) => ({ key, id })),
    );
    values.push(
      kept.map(({ key }) => key),
      kept.map(({ id }) => id),
    );
    given = `unnest($${values.length - 1}::int8[], $${values.length}::int8[]) AS r(parent, id)`;
    [parent, own] = ["parent", "id"];
  }
  return `
    DELETE FROM ${table.name} AS t
    WHERE t.shop_id = $1 AND t.${table.parent} = ANY (${parents}::int8[])
      AND NOT EXISTS (SELECT FROM ${given} WHERE r.${parent} = t.${table.parent} AND r.${own} = t.${table.own})
    RETURNING t.${table.own} AS id`;
}
