// The spool between a bulk file and apply(): lines go in as they are downloaded, records come out with their children.
// Children follow their parent somewhere in the file, so nothing can be applied before the last line is here.
import type { PoolClient } from "pg";
import { pool, prepared } from "#app/db.server.ts";
import { readLine } from "#app/shopify/lines.ts";
import { headOf, isRecord, typesThatHold, unpack } from "#app/sync/ingest-frames.ts";
import type { Connection, Node, Resource } from "#app/resources/define.ts";
import type { JsonObject } from "#app/shopify/lines.ts";
import type { BrokenLine, Frame, FrameLine, Packed } from "#app/sync/ingest-frames.ts";
import type { Run } from "#app/sync/runs.ts";

/** Children read for one batch of records, beyond its first record; bounds memory where records have thousands. */
const CHILDREN_MAX = 5_000;

/** In the transaction that moves the run's cursor, and after that: of two workers on one run only one gets here. */
export async function stage(client: PoolClient, run: Run, { frame, strays }: Packed): Promise<void> {
  const { lastLine, lines, gids, others, awaited, body } = frame;
  if (lines === 0) return;
  await client.query(
    prepared(
      `INSERT INTO sync_staged_frames (shop_id, run_id, last_line, lines, gids, others, awaited, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [run.shopId, String(run.id), lastLine, lines, gids, others, awaited, body],
    ),
  );
  if (strays.length === 0) return;
  await client.query(
    `INSERT INTO sync_staged_lines (shop_id, run_id, line, parent_gid, body)
     SELECT $1, $2, * FROM unnest($3::int[], $4::text[], $5::text[])`,
    [
      run.shopId,
      String(run.id),
      strays.map(({ line }) => line),
      strays.map(({ parentGid }) => parentGid),
      strays.map(({ body }) => body),
    ],
  );
}

/** Whether the spool still holds what was staged: a crash of PostgreSQL empties it. */
export async function isStaged(run: Run): Promise<boolean> {
  const { rows } = await pool.query<{ held: string }>(
    "SELECT coalesce(sum(lines), 0) AS held FROM sync_staged_frames WHERE shop_id = $1 AND run_id = $2",
    [run.shopId, String(run.id)],
  );
  return Number(rows[0]?.held) === (run.progress.lines ?? 0);
}

export interface Assembled {
  /** Read as they are asked for, once: a batch of them all at once would be most of the memory that a run takes. */
  readonly nodes: Iterable<Node>;
  /** Up to here all records are among these or before them. */
  readonly lastLine: number;
  /** Lines that turn out to be unreadable while the nodes are read. */
  readonly broken: readonly BrokenLine[];
  /** Of a node that was read: whether some of its children may be missing. */
  readonly isShort: (node: Node) => boolean;
}

type StagedFrame = Pick<Frame, "lastLine" | "lines" | "body">;

/** The next records after a line, whole, at most those of one frame; null after the last one. */
export async function assemble(
  run: Run,
  resource: Resource,
  afterLine: number,
  countMax: number,
): Promise<Assembled | null> {
  const frame = await frameAfter(run, afterLine);
  if (!frame) return null;
  const lines = await unpack(frame);
  const all = lines.filter(({ line, head }) => line > afterLine && isRecord(head, resource));
  const records = all.slice(0, countMax);
  const children = childrenOf(lines, resource);
  if ((run.progress.repeated ?? 0) > 0) await addOtherTellings(run, resource, frame, records, children);
  const strays = await countStrays(run, records);
  let room = CHILDREN_MAX;
  const taken = records.filter(({ head: { gid } }, index) => {
    room -= (children.get(gid!)?.length ?? 0) + (strays.get(gid!) ?? 0);
    return room >= 0 || index === 0;
  });
  if (strays.size > 0) await addStrays(run, gidsOf(taken), children);
  if ((run.progress.strays ?? 0) > 0 && typesThatHold(resource).size > 0)
    await addStrays(run, childGids(taken, children), children);
  const broken: BrokenLine[] = [];
  const short = new Set<string>();
  const nodes = readNodes(taken, children, resource, broken, short);
  const isAnyShort = isFileShort(run);
  return {
    nodes,
    broken,
    isShort: ({ id }) => isAnyShort || short.has(id),
    lastLine: taken.length === all.length ? frame.lastLine : taken.at(-1)!.line,
  };
}

/**
 * Whether lines are missing from the file that may be children of any record. Children whose parent is not in it
 * belong to none that is.
 */
function isFileShort({ progress: { bulk, lines, rootLines, malformed = 0 } }: Run): boolean {
  if (!bulk || bulk.errorCode !== null || malformed > 0) return true;
  return lines !== bulk.objectCount || rootLines !== bulk.rootObjectCount;
}

async function frameAfter(run: Run, line: number): Promise<StagedFrame | undefined> {
  const { rows } = await pool.query<StagedFrame>(
    prepared(
      `SELECT last_line AS "lastLine", lines, body FROM sync_staged_frames
       WHERE shop_id = $1 AND run_id = $2 AND last_line > $3 ORDER BY last_line LIMIT 1`,
      [run.shopId, String(run.id), line],
    ),
  );
  return rows[0];
}

/** A child's line. */
interface Child {
  readonly line: number;
  readonly bytes: Buffer;
  readonly gid: string | null;
}

/** Parent → its children's lines. */
type Children = Map<string, Child[]>;

function childrenOf(lines: readonly FrameLine[], resource: Resource): Children {
  const children: Children = new Map();
  for (const { line, bytes, head } of lines) {
    const { gid, parentGid } = head;
    if (parentGid !== null && !isRecord(head, resource)) add(children, parentGid, { line, bytes, gid });
  }
  return children;
}

function add(children: Children, parentGid: string, child: Child): void {
  const known = children.get(parentGid);
  if (known) known.push(child);
  else children.set(parentGid, [child]);
}

function gidsOf(records: readonly FrameLine[]): string[] {
  return records.map(({ head }) => head.gid!);
}

function childGids(records: readonly FrameLine[], children: Children): string[] {
  return gidsOf(records).flatMap((gid) => (children.get(gid) ?? []).flatMap((child) => child.gid ?? []));
}

/** A record that moved while Shopify wrote the file is in it twice, and its children may stand beside either telling. */
async function addOtherTellings(
  run: Run,
  resource: Resource,
  { lastLine }: StagedFrame,
  records: readonly FrameLine[],
  children: Children,
): Promise<void> {
  const gids = gidsOf(records);
  const { rows } = await pool.query<StagedFrame>(
    `SELECT last_line AS "lastLine", lines, body FROM sync_staged_frames
     WHERE shop_id = $1 AND run_id = $2 AND last_line <> $3 AND gids && $4::text[]`,
    [run.shopId, String(run.id), lastLine, gids],
  );
  for (const frame of rows) {
    const there = childrenOf(await unpack(frame), resource);
    for (const gid of [...gids, ...childGids(records, there)]) {
      for (const child of there.get(gid) ?? []) add(children, gid, child);
    }
  }
}

/** Parent → how many of its children lie elsewhere than in its frame. */
async function countStrays(run: Run, records: readonly FrameLine[]): Promise<Map<string, number>> {
  if ((run.progress.strays ?? 0) === 0) return new Map();
  const { rows } = await pool.query<{ parent_gid: string; count: number }>(
    `SELECT parent_gid, count(*)::int AS count FROM sync_staged_lines
     WHERE shop_id = $1 AND run_id = $2 AND parent_gid = ANY($3) GROUP BY parent_gid`,
    [run.shopId, String(run.id), gidsOf(records)],
  );
  return new Map(rows.map(({ parent_gid: gid, count }) => [gid, count]));
}

async function addStrays(run: Run, parents: readonly string[], children: Children): Promise<void> {
  const { rows } = await pool.query<{ line: number; parent_gid: string; body: string }>(
    `SELECT line, parent_gid, body FROM sync_staged_lines
     WHERE shop_id = $1 AND run_id = $2 AND parent_gid = ANY($3)`,
    [run.shopId, String(run.id), parents],
  );
  for (const { line, parent_gid: parentGid, body } of rows) {
    const bytes = Buffer.from(body);
    const head = headOf({ bytes, length: bytes.length });
    add(children, parentGid, { line, bytes, gid: "gid" in head ? head.gid : null });
  }
}

function* readNodes(
  records: readonly FrameLine[],
  children: Children,
  resource: Resource,
  broken: BrokenLine[],
  short: Set<string>,
): Generator<Node> {
  const read = (line: Pick<FrameLine, "line" | "bytes">): JsonObject | null => {
    const reading = readLine({ bytes: line.bytes, length: line.bytes.length });
    if ("problem" in reading) broken.push({ line: line.line, problem: reading.problem });
    return reading.object;
  };
  for (const record of records) {
    const object = read(record);
    const partsOf = (gid: string): JsonObject[] => {
      const lines = (children.get(gid) ?? []).sort((a, b) => a.line - b.line);
      const parts = lines.map(read).filter((part) => part !== null);
      if (parts.length < lines.length) short.add(record.head.gid!);
      return parts;
    };
    const parts = partsOf(record.head.gid!);
    if (object) yield nodeOf(object as Node, parts, resource.connections, partsOf);
  }
}

/** In the shape of a page's node: each connection a complete array, told apart by type. */
function nodeOf(
  object: Node,
  children: readonly JsonObject[],
  connections: readonly Connection[],
  partsOf: (gid: string) => readonly JsonObject[],
): Node {
  const node = object as Record<string, unknown> & { id: string };
  const known = new Set(connections.flatMap(({ type }) => type));
  for (const { field, type, inside, identify } of connections) {
    const types = [type].flat();
    // A type that nobody names can only be in a connection whose nodes are of several.
    const isOther = (name: string) => Array.isArray(type) && !known.has(name);
    const ofType = children.filter(({ __typename }) => {
      return types.includes(String(__typename)) || isOther(String(__typename));
    });
    // The children of a record that is in the file twice are, too.
    const distinct = [
      ...new Map(ofType.map((child, index) => [child.id ?? identify?.(child) ?? index, child])).values(),
    ];
    node[field] = inside
      ? (distinct as Node[]).map((child) => nodeOf(child, partsOf(child.id), [inside], partsOf))
      : distinct;
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
    `WITH frames AS MATERIALIZED (
       SELECT gids, others, awaited FROM sync_staged_frames WHERE shop_id = $1 AND run_id = $2
     ), parents AS (SELECT unnest(gids || others) AS gid FROM frames)
     SELECT (SELECT count(DISTINCT gid) FROM frames, unnest(gids) AS gid) AS records,
            (SELECT count(*) FROM frames, unnest(awaited) AS a
             WHERE NOT EXISTS (SELECT FROM parents p WHERE p.gid = a)) AS orphans`,
    [run.shopId, String(run.id)],
  );
  return { records: Number(rows[0]?.records), orphans: Number(rows[0]?.orphans) };
}

/**
 * How many records a file told more than once. Tells the planner, too, what a download has put into the spool: until
 * autovacuum comes to it, a table that was just filled is taken for an empty one, and every look into it for a short one.
 */
export async function countRepeated(run: Run): Promise<number> {
  await pool.query("ANALYZE sync_staged_lines");
  const { rows } = await pool.query<{ repeated: number }>(
    `SELECT (count(*) - count(DISTINCT gid))::int AS repeated FROM sync_staged_frames, unnest(gids) AS gid
     WHERE shop_id = $1 AND run_id = $2`,
    [run.shopId, String(run.id)],
  );
  return rows[0]!.repeated;
}

/** Forgets the lines of a run that has ended or begins its download anew. */
export async function clearStaged(client: Pick<PoolClient, "query">, run: Run): Promise<void> {
  for (const table of ["sync_staged_frames", "sync_staged_lines"]) {
    await client.query(`DELETE FROM ${table} WHERE shop_id = $1 AND run_id = $2`, [
      run.shopId,
      String(run.id),
    ]);
  }
}

/** Forgets what runs have left that ended while no worker was there to hear of it. */
export async function clearAbandoned(): Promise<void> {
  for (const table of ["sync_staged_frames", "sync_staged_lines"]) {
    await pool.query(
      `DELETE FROM ${table} s WHERE NOT EXISTS (
         SELECT FROM sync_runs r WHERE r.id = s.run_id AND r.state IN ('queued', 'running', 'paused'))`,
    );
  }
}
