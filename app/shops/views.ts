// Keeps filters of lists under names: saved, renamed, shared, deleted, and taken back. A view is the business of whom it
// belongs to; a shared one is everybody's in the shop.
import { inTransaction } from "#app/db.server.ts";
import {
  VIEW_LISTS,
  VIEW_NAME_CHARS_MAX,
  VIEW_QUERY_CHARS_MAX,
  VIEWS_MAX,
  viewQuery,
} from "#app/status/view-lists.ts";
import type { PoolClient } from "pg";

export interface ViewPerson {
  readonly shopId: number;
  /** Null when Shopify does not say who it is: then every view is a shared one. */
  readonly userId: string | null;
}

export interface ViewWish {
  readonly list: string;
  readonly name: string;
  readonly query: string;
  readonly isShared: boolean;
}

export type ViewOutcome =
  | "saved"
  | "changed"
  | "deleted"
  | "restored"
  /** Nothing was done: no name, or too long a one; a name that is there; more views than fit; no such view. */
  | "unnamed"
  | "taken"
  | "full"
  | "gone"
  | "refused";

/** Deleted views can be taken back for as long. */
const KEPT_DELETED = "interval '1 day'";

export async function saveView(person: ViewPerson, wish: ViewWish, now: Date): Promise<ViewOutcome> {
  const list = VIEW_LISTS.find((each) => each === wish.list);
  const query = viewQuery(wish.query);
  if (!list || query.length > VIEW_QUERY_CHARS_MAX) return "refused";
  const name = nameIn(wish.name);
  if (name === null) return "unnamed";
  return inTransaction(async (client) => {
    const others = await othersOf(client, person, list, null);
    if (others.includes(name.toLowerCase())) return "taken";
    if (others.length >= VIEWS_MAX) return "full";
    await client.query(
      `DELETE FROM saved_views WHERE shop_id = $1 AND deleted_at < $2::timestamptz - ${KEPT_DELETED}`,
      [person.shopId, now],
    );
    await client.query(
      `INSERT INTO saved_views (shop_id, list, name, query, owner, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [person.shopId, list, name, query, ownerOf(person, wish.isShared), person.userId ?? "", now],
    );
    return "saved";
  });
}

/** Another name, shared or not any more. */
export async function changeView(
  person: ViewPerson,
  id: string,
  { name: wanted, isShared }: Pick<ViewWish, "name" | "isShared">,
): Promise<ViewOutcome> {
  const name = nameIn(wanted);
  if (name === null) return "unnamed";
  return inTransaction(async (client) => {
    const list = await listOf(client, person, id, false);
    if (list === null) return "gone";
    if ((await othersOf(client, person, list, id)).includes(name.toLowerCase())) return "taken";
    await client.query("UPDATE saved_views SET name = $3, owner = $4 WHERE shop_id = $1 AND id = $2", [
      person.shopId,
      id,
      name,
      ownerOf(person, isShared),
    ]);
    return "changed";
  });
}

export async function deleteView(person: ViewPerson, id: string, now: Date): Promise<ViewOutcome> {
  return inTransaction(async (client) => {
    if ((await listOf(client, person, id, false)) === null) return "gone";
    await client.query("UPDATE saved_views SET deleted_at = $3 WHERE shop_id = $1 AND id = $2", [
      person.shopId,
      id,
      now,
    ]);
    return "deleted";
  });
}

/** Takes a deletion back. */
export async function restoreView(person: ViewPerson, id: string): Promise<ViewOutcome> {
  return inTransaction(async (client) => {
    const list = await listOf(client, person, id, true);
    if (list === null) return "gone";
    if ((await othersOf(client, person, list, id)).length >= VIEWS_MAX) return "full";
    await client.query("UPDATE saved_views SET deleted_at = NULL WHERE shop_id = $1 AND id = $2", [
      person.shopId,
      id,
    ]);
    return "restored";
  });
}

/** A name of one line, or null where there is none. */
function nameIn(text: string): string | null {
  const name = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return name !== "" && name.length <= VIEW_NAME_CHARS_MAX ? name : null;
}

function ownerOf({ userId }: ViewPerson, isShared: boolean): string | null {
  return isShared ? null : userId;
}

/** The shop's row is locked, so that of two people who save at once the second one sees the first one's. */
async function othersOf(
  client: PoolClient,
  { shopId, userId }: ViewPerson,
  list: string,
  id: string | null,
): Promise<readonly string[]> {
  await client.query("SELECT FROM shops WHERE id = $1 FOR NO KEY UPDATE", [shopId]);
  const { rows } = await client.query<{ name: string }>(
    `SELECT lower(name) AS name FROM saved_views
     WHERE shop_id = $1 AND list = $2 AND deleted_at IS NULL AND (owner IS NULL OR owner = $3)
       AND id IS DISTINCT FROM $4::int8`,
    [shopId, list, userId, id],
  );
  return rows.map(({ name }) => name);
}

/** The list of a view that this person may change; null when there is none such. */
async function listOf(
  client: PoolClient,
  { shopId, userId }: ViewPerson,
  id: string,
  isDeleted: boolean,
): Promise<string | null> {
  if (!/^\d{1,18}$/.test(id)) return null;
  const { rows } = await client.query<{ list: string }>(
    `SELECT list FROM saved_views
     WHERE shop_id = $1 AND id = $2 AND (owner IS NULL OR owner = $3) AND (deleted_at IS NOT NULL) = $4 FOR UPDATE`,
    [shopId, id, userId, isDeleted],
  );
  return rows[0]?.list ?? null;
}
