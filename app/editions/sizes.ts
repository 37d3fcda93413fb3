// Keeps the editions in step with the size metafields of the mirror: a new one opens an edition, a changed one is a line
// of its history, an illegible one is an error that a person sees, and one that is gone ends the edition.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { followMove } from "./moves.ts";
import { parseSize, type EditionSize, type SizeProblem } from "./size.ts";

/** The subject of the errors that this room writes. */
const SUBJECT = "editions";
const CODE = "EDITION_SIZE";

export type OwnerType = "PRODUCT" | "PRODUCTVARIANT";

interface News {
  readonly owner_type: string;
  readonly owner_id: string;
  /** Null: there is no such metafield any more. */
  readonly text: string | null;
  readonly type: string | null;
  readonly title: string | null;
  /** What is known of the edition; null for a new one. */
  readonly id: string | null;
  readonly isSame: boolean;
}

/**
 * @param metafield "namespace.key"
 * @param owners whose metafields are mirrored; of others nothing is known, and their editions stay as they are
 * @returns how many editions have changed.
 */
export async function readSizes(
  shopId: number,
  metafield: string,
  now: Date,
  owners: readonly OwnerType[],
): Promise<number> {
  const dot = metafield.indexOf(".");
  const values = [shopId, metafield.slice(0, dot), metafield.slice(dot + 1), owners];
  // Nearly always there is no news, and then nobody is made to wait.
  const { rowCount } = await pool.query(`${NEWS} LIMIT 1`, values);
  if (rowCount === 0) return 0;
  return inTransaction(async (client) => {
    const lock = `SELECT pg_advisory_xact_lock(hashtext('counterfoil.editions'), id)
                  FROM (SELECT id FROM shops WHERE id = $1 FOR KEY SHARE) AS shop`;
    // An erased shop has no row, and nothing is written for it.
    if ((await client.query(lock, [shopId])).rowCount === 0) return 0;
    const read = async () => (await client.query<News>(NEWS, values)).rows;
    let rows = await read();
    // Where only one kind of owner is mirrored, that a metafield is not here says nothing.
    const isWhole = owners.length > 1;
    if (isWhole && (await followMoves(client, shopId, metafield, rows, now))) rows = await read();
    for (const news of rows) await take(client, shopId, news, now);
    if (rows.length > 0) await client.query("SELECT pg_notify('counterfoil_changes', $1)", [String(shopId)]);
    return rows.length;
  });
}

/** @returns whether any edition has another owner now, so that there is other news. */
async function followMoves(
  client: PoolClient,
  shopId: number,
  metafield: string,
  rows: readonly News[],
  now: Date,
): Promise<boolean> {
  const sold = await client.query("SELECT FROM editions WHERE shop_id = $1 AND sold > 0 LIMIT 1", [shopId]);
  if (sold.rowCount === 0) return false;
  const dot = metafield.indexOf(".");
  const field = [metafield.slice(0, dot), metafield.slice(dot + 1)] as const;
  let isMoved = false;
  for (const { owner_type: type, owner_id: id, isSame } of rows) {
    const former = isSame ? null : await followMove(client, { shopId, type, id, metafield: field });
    if (!former) continue;
    isMoved = true;
    const owner = { owner_type: former.type, owner_id: former.id, text: null };
    await tellProblem(client, shopId, owner, null, now);
  }
  return isMoved;
}

/** What the mirror says and the editions do not, or the other way round. */
const NEWS = `
  WITH told AS (
    SELECT DISTINCT ON (owner_type, owner_id) owner_type, owner_id, value AS text, type
    FROM metafields
    WHERE shop_id = $1 AND namespace = $2 AND key = $3 AND value IS NOT NULL
      AND owner_type = ANY ($4)
    ORDER BY owner_type, owner_id, updated_at DESC NULLS LAST, id DESC
  ), titled AS (
    SELECT t.*, CASE t.owner_type WHEN 'PRODUCT' THEN p.title ELSE coalesce(v.display_name, v.title) END AS title
    FROM told t
    LEFT JOIN products p ON t.owner_type = 'PRODUCT' AND p.shop_id = $1 AND p.id = t.owner_id
    LEFT JOIN product_variants v ON t.owner_type = 'PRODUCTVARIANT' AND v.shop_id = $1 AND v.id = t.owner_id
  ), known AS (SELECT * FROM editions WHERE shop_id = $1 AND owner_type = ANY ($4))
  SELECT owner_type, owner_id, t.text, t.type, coalesce(t.title, k.title) AS title, k.id,
    k.id IS NOT NULL AND t.text IS NOT DISTINCT FROM k.text AND t.type IS NOT DISTINCT FROM k.text_type AS "isSame"
  FROM titled t FULL JOIN known k USING (owner_type, owner_id)
  WHERE k.id IS NULL OR t.text IS DISTINCT FROM k.text OR t.type IS DISTINCT FROM k.text_type
     OR (t.title IS NOT NULL AND t.title IS DISTINCT FROM k.title)`;

async function take(client: PoolClient, shopId: number, news: News, now: Date): Promise<void> {
  if (news.isSame) {
    await client.query("UPDATE editions SET title = $2 WHERE id = $1", [news.id, news.title]);
    return;
  }
  const read = news.text === null ? null : parseSize(news.text, news.type);
  const size = read !== null && "size" in read ? read : null;
  const problem = read !== null && "problem" in read ? read.problem : null;
  const id = news.id ?? (await open(client, shopId, news, now));
  // With an illegible text the last legible size stands; a new edition then has none, and gives no numbers.
  await client.query(
    `UPDATE editions SET title = $2, text = $3, text_type = $4, size = coalesce($5, size),
       proofs = CASE WHEN $5::int IS NULL THEN proofs ELSE $6 END, problem = $7,
       ended_at = CASE WHEN $3::text IS NULL THEN $8::timestamptz END, checked_at = NULL
     WHERE id = $1`,
    [id, news.title, news.text, news.type, size?.size ?? null, size?.proofs ?? 0, problem, now],
  );
  await remember(client, shopId, id, news.text, size, problem, now);
  await tellProblem(client, shopId, news, problem, now);
}

async function open(client: PoolClient, shopId: number, news: News, now: Date): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    "INSERT INTO editions (shop_id, owner_type, owner_id, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
    [shopId, news.owner_type, news.owner_id, now],
  );
  return rows[0]!.id;
}

async function remember(
  client: PoolClient,
  shopId: number,
  editionId: string,
  text: string | null,
  size: EditionSize | null,
  problem: SizeProblem | null,
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO edition_sizes (shop_id, edition_id, seen_at, text, size, proofs, problem)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [shopId, editionId, now, text, size?.size ?? null, size?.proofs ?? null, problem],
  );
}

/** One open error per edition, as long as its size is illegible. */
async function tellProblem(
  client: PoolClient,
  shopId: number,
  { owner_type, owner_id, text }: Pick<News, "owner_type" | "owner_id" | "text">,
  problem: SizeProblem | null,
  now: Date,
): Promise<void> {
  const key = `${owner_type === "PRODUCT" ? "Product" : "ProductVariant"}/${owner_id}`;
  const { rowCount } = await client.query(
    `UPDATE sync_errors
     SET occurred_at = CASE WHEN $5::text IS NULL THEN occurred_at ELSE $4 END, detail = coalesce($5, detail),
       resolved_at = CASE WHEN $5::text IS NULL THEN $4::timestamptz END
     WHERE shop_id = $1 AND resource = $2 AND record_key = $3 AND code = $6 AND resolved_at IS NULL`,
    [shopId, SUBJECT, key, now, problem === null ? null : detailOf(problem, text), CODE],
  );
  if (problem === null || rowCount !== 0) return;
  await client.query(
    `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at, first_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6)`,
    [shopId, SUBJECT, key, CODE, detailOf(problem, text), now],
  );
}

function detailOf(problem: SizeProblem, text: string | null): string {
  return `${problem}: ${JSON.stringify(text)}`;
}
