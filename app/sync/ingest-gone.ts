// Records whose id Shopify answers with null. That a list lacks one proves nothing, but an id that names nothing, asked for
// twice and a minute apart, is gone, unless the app may not see such records. Here is who is asked for again, and who is
// taken for gone after that; the second look is confirm's.
import type { PoolClient } from "pg";
import { apply } from "#app/sync/apply.ts";
import { columnOf, keyMatch, mirrorOf, mirroredAmong } from "#app/sync/apply-tables.ts";
import { BATCH_MAX } from "#app/sync/change.ts";
import { queueConfirmations } from "#app/sync/inbox-rows.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Delete, Origin } from "#app/sync/change.ts";

interface Unanswered {
  readonly shopId: number;
  readonly resource: Resource;
  readonly keys: readonly string[];
}

const DAY_MS = 86_400_000;
/** What both clocks may differ, and a look may wait: so much before a record is out of sight, its absence says nothing. */
const SIGHT_MARGIN_MS = DAY_MS;
const LOOK: Origin = { kind: "fetch", id: null };

/** After the first null: those that are here are asked for again. @returns whether there are any. */
export async function lookAgain(
  client: PoolClient,
  { shopId, resource, keys }: Unanswered,
): Promise<boolean> {
  // What is inside another record goes with a whole read of that.
  if (resource.list.within || keys.length === 0) return false;
  const here = await mirroredAmong(client, shopId, resource.model, keys);
  const looks = [...here].map((key) => ({ resource: resource.name, key, urgent: false }));
  await queueConfirmations(client, shopId, looks);
  return here.size > 0;
}

/** After the second null. @param askedAt ISO 8601; what a later read shows stays. @returns keys of those that are gone. */
export async function removeGone(
  client: PoolClient,
  { askedAt, ...asked }: Unanswered & { readonly askedAt: string },
  now: Date,
): Promise<ReadonlySet<string>> {
  const { shopId, resource } = asked;
  const gone = await inSight(client, asked, now);
  const deletes = gone.map((key): Delete => {
    const version = { updatedAt: null, observedAt: askedAt };
    return { verb: "delete", resource: resource.name, key, version, reason: "gone", origin: LOOK };
  });
  for (let at = 0; at < deletes.length; at += BATCH_MAX)
    await apply(client, shopId, deletes.slice(at, at + BATCH_MAX), now);
  return new Set(gone);
}

/** Those that Shopify would show if they were there. */
async function inSight(
  client: PoolClient,
  { shopId, resource, keys }: Unanswered,
  now: Date,
): Promise<readonly string[]> {
  const { name, sight } = resource;
  if (!sight || keys.length === 0) return keys;
  const { root } = await mirrorOf(client, name);
  const { rows } = await client.query<{ key: string }>(
    `SELECT k.key FROM unnest($2::text[]) AS k(key) JOIN shops s ON s.id = $1
     LEFT JOIN ${root.name} AS t ON t.shop_id = $1 AND ${keyMatch(root, "t", "k.key")}
     WHERE $3 = ANY (s.scopes) OR t.${columnOf(root, "createdAt")} > $4`,
    [shopId, keys, sight.unless, new Date(now.getTime() - sight.days * DAY_MS + SIGHT_MARGIN_MS)],
  );
  return rows.map(({ key }) => key);
}
