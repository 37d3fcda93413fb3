// Children follow their root: they are written exactly when the root's row was, and those that it has no more go. All
// tables of a batch in one statement: a record has eight lists of them, and each round trip is waited for.
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

/** The statement in the making: its parts, what it answers with, its values, and what is sent before it. */
interface Draft {
  readonly parts: string[];
  readonly answers: string[];
  readonly values: unknown[];
  readonly sent: Promise<unknown>[];
}

/** `written`: key → whether the root is new, for the roots that were written. */
export async function writeChildren(
  work: Work,
  records: readonly Upsert[],
  written: ReadonlyMap<string, boolean>,
): Promise<void> {
  const draft: Draft = { parts: [], answers: [], values: [work.shopId], sent: [] };
  for (const table of work.mirror.children) {
    const news = records.flatMap((upsert): News[] => {
      const children = upsert.children[table.model];
      const isNew = written.get(upsert.key);
      return children && isNew !== undefined ? [{ key: upsert.key, isNew, ...children }] : [];
    });
    addTable(work, draft, table, news);
  }
  if (draft.parts.length === 0) return;
  const { parts, answers, values } = draft;
  const text = `WITH ${parts.join(", ")} ${answers.join(" UNION ALL ") || "SELECT"}`;
  const [{ rows }] = await Promise.all([
    work.client.query<{ model: string; id: string | null }>(prepared(text, values)),
    ...draft.sent,
  ]);
  const gone = Map.groupBy(rows, ({ model }) => model);
  for (const { model } of work.mirror.children) {
    await sever(
      work,
      model,
      (gone.get(model) ?? []).flatMap(({ id }) => id ?? []),
    );
  }
}

function addTable(work: Work, draft: Draft, table: ChildTable, news: readonly News[]): void {
  const replaced = news.filter(
    ({ isNew, complete, knownIds }) => !isNew && (complete || knownIds !== undefined),
  );
  const rows = news.flatMap((children) => children.rows);
  const sources: string[] = [];
  for (const alike of groupAlike(rows, (row) => row)) {
    const { columns, fields } = shapeOf(table, alike[0]!);
    const tuples = alike.map((row) => fields.map((field) => row[field]));
    const { from, sent } = sourceOf(work.client, table, columns, tuples, draft.values);
    draft.sent.push(...sent);
    const name = `w${draft.parts.length}`;
    draft.parts.push(`${name} AS (${insertion(table, columns, from)})`);
    sources.push(from);
    // Asked for first, so that it is done before anything is removed.
    if (replaced.length > 0)
      draft.answers.push(`SELECT '${name}' AS model, NULL::int8 AS id FROM ${name} WHERE gone`);
  }
  if (replaced.length === 0) return;
  const isHeld = sources.length === 1 && replaced.every(({ knownIds }) => !knownIds) && rows.length > 0;
  const name = `d${draft.parts.length}`;
  draft.parts.push(`${name} AS (${removal(draft.values, table, replaced, isHeld ? sources[0]! : null)})`);
  draft.answers.push(`SELECT '${table.model}' AS model, id FROM ${name}`);
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
    RETURNING false AS gone`;
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
