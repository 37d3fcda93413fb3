// The saved views of a list, as one person sees them: the shop's shared ones and their own. Reads only.
import { pool } from "#app/db.server.ts";
import { VIEWS_MAX } from "#app/status/view-lists.ts";
import type { SavedView, ViewList } from "#app/status/view-lists.ts";

/** Oldest first, so that none changes its place. @param userId null: only the shared ones. */
export async function readViews(
  shopId: number,
  list: ViewList,
  userId: string | null,
): Promise<readonly SavedView[]> {
  const { rows } = await pool.query<SavedView>(
    `SELECT id, name, query, owner IS NULL AS "isShared" FROM saved_views
     WHERE shop_id = $1 AND list = $2 AND deleted_at IS NULL AND (owner IS NULL OR owner = $3)
     ORDER BY created_at, id LIMIT ${VIEWS_MAX}`,
    [shopId, list, userId],
  );
  return rows;
}
