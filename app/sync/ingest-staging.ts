// The spool between a bulk file and apply(): lines go in as they are downloaded, records come out with their children.
// Children follow their parent somewhere in the file, so nothing can be applied before the last line is here.
import type { PoolClient } from "pg";
import { pool } from "#app/db.server.ts";
import { parseLossless } from "#app/shopify/json.ts";
import type { Node, Resource } from "#app/resources/define.ts";
import type { JsonObject } from "#app/shopify/lines.ts";
import type { Run } from "#app/sync/runs.ts";

/** Children read for one batch of records, beyond its first record; bounds memory where records have thousands. */
const CHILDREN_MAX = 5_000;

export interface StagedLine {
  /** From 1. */
  readonly line: number;
  readonly isRecord: boolean;
  readonly gid: string | null;
  readonly parentGid: string | null;
  readonly body: string;
}

export function stagedLine(line: number, text: string, object: JsonObject, resource: Resource): StagedLine {
  const { id, __parentId: parentId, __typename: type } = object;
  return {
    line,
    isRecord: type === resource.type && typeof id === "string",
    gid: typeof id === "string" ? id : null,
    parentGid: typeof parentId === "string" ? parentId : null,
    body: text,
  };
}

export async function stage(client: PoolClient, run: Run, lines: readonly StagedLine[]): Promise<void> {
  await client.query(
    `INSERT INTO sync_staged_lines (shop_id, run_id, line, is_record, gid, parent_gid, body)
     SELECT $1, $2, * FROM unnest($3::int[], $4::bool[], $5::text[], $6::text[], $7::text[])`,
    [
      run.shopId,
      String(run.id),
      lines.map(({ line }) => line),
      lines.map(({ isRecord }) => isRecord),
      lines.map(({ gid }) => gid),
      lines.map(({ parentGid }) => parentGid),
      lines.map(({ body }) => body),
    ],
  );
}

/** Whether the spool still holds what was staged: a crash of PostgreSQL empties it. */
export async function isStaged(run: Run): Promise<boolean> {
  const { rows } = await pool.query<{ held: string }>(
    "SELECT count(*) AS held FROM sync_staged_lines WHERE shop_id = $1 AND run_id = $2",
    [run.shopId, String(run.id)],
  );
  return Number(rows[0]?.held) === (run.progress.lines ?? 0) - (run.progress.malformed ?? 0);
}

export interface Assembled {
  readonly nodes: readonly Node[];
  /** Line of the last record among them. */
  readonly lastLine: number;
}

/** The next records after a line, whole; null after the last one. */
export async function assemble(
  run: Run,
  resource: Resource,
  afterLine: number,
  countMax: number,
): Promise<Assembled | null> {
  const { rows: records } = await pool.query<{ line: number; gid: string; body: string; children: string }>(
    `SELECT r.line, r.gid, r.body,
            (SELECT count(*) FROM sync_staged_lines c
             WHERE c.shop_id = r.shop_id AND c.run_id = r.run_id AND c.parent_gid = r.gid) AS children
     FROM sync_staged_lines r
     WHERE r.shop_id = $1 AND r.run_id = $2 AND r.line > $3 AND r.is_record ORDER BY r.line LIMIT $4`,
    [run.shopId, String(run.id), afterLine, countMax],
  );
  if (records.length === 0) return null;
  let budget = CHILDREN_MAX;
  const taken = records.filter(({ children }, index) => (budget -= Number(children)) >= 0 || index === 0);
  const children = await readChildren(
    run,
    taken.map(({ gid }) => gid),
  );
  return {
    nodes: taken.map(({ gid, body }) => nodeOf(body, children.get(gid) ?? [], resource)),
    lastLine: taken.at(-1)!.line,
  };
}

async function readChildren(run: Run, gids: readonly string[]): Promise<Map<string, JsonObject[]>> {
  const { rows } = await pool.query<{ parent_gid: string; body: string }>(
    `SELECT parent_gid, body FROM sync_staged_lines
     WHERE shop_id = $1 AND run_id = $2 AND parent_gid = ANY($3) ORDER BY line`,
    [run.shopId, String(run.id), gids],
  );
  const byParent = new Map<string, JsonObject[]>(gids.map((gid) => [gid, []]));
  for (const { parent_gid: parent, body } of rows)
    byParent.get(parent)!.push(parseLossless(body) as JsonObject);
  return byParent;
}

/** In the shape of a page's node: each connection a complete array, told apart by type. */
function nodeOf(body: string, children: readonly JsonObject[], resource: Resource): Node {
  const node = { ...(parseLossless(body) as Node) } as Record<string, unknown> & { id: string };
  for (const { field, type } of resource.connections) {
    const ofType = children.filter(({ __typename }) => __typename === type);
    // A record that moved while Shopify wrote the file is in it twice, children and all.
    node[field] = [...new Map(ofType.map((child, index) => [child.id ?? index, child])).values()];
  }
  return node;
}

export interface SpoolSums {
  /** Distinct records, and lines whose parent is not in the file. */
  readonly records: number;
  readonly orphans: number;
}

/** Looks over all lines of a run, once they are all there. */
export async function sumSpool(run: Run): Promise<SpoolSums> {
  const { rows } = await pool.query<{ records: string; orphans: string }>(
    `WITH lines AS MATERIALIZED (
       SELECT is_record, gid, parent_gid FROM sync_staged_lines WHERE shop_id = $1 AND run_id = $2
     )
     SELECT (SELECT count(DISTINCT gid) FROM lines WHERE is_record) AS records,
            (SELECT count(*) FROM lines c WHERE parent_gid IS NOT NULL
               AND NOT EXISTS (SELECT FROM lines p WHERE p.gid = c.parent_gid)) AS orphans`,
    [run.shopId, String(run.id)],
  );
  return { records: Number(rows[0]?.records), orphans: Number(rows[0]?.orphans) };
}

/**
 * Tells the planner what a download has put into the table. Autovacuum would come to it within a minute, and until then
 * a table that was just filled is taken for an empty one, and every look into it for a short one.
 */
export async function surveySpool(): Promise<void> {
  await pool.query("ANALYZE sync_staged_lines");
}

/** Forgets the lines of a run that has ended or begins its download anew. */
export async function clearStaged(client: Pick<PoolClient, "query">, run: Run): Promise<void> {
  await client.query("DELETE FROM sync_staged_lines WHERE shop_id = $1 AND run_id = $2", [
    run.shopId,
    String(run.id),
  ]);
}
