// The locks that writers of the mirror take before they look at anything. A part of apply's room.
import type { PoolClient } from "pg";
import { prepared } from "#app/db.server.ts";
import { Permanent } from "#app/shopify/errors.ts";
import type { ResourceName } from "#app/resources/define.ts";

export interface Locked {
  /** When Shopify last had a person's data erased in this shop. */
  readonly redactedAt: Date | null;
}

/**
 * Writers of living records share the lock of their resource, a deletion has it alone. Without it: T2 looks for a
 * tombstone and finds none, T1 buries the record and commits, T2 inserts it: a resurrection by late news.
 * All locks are taken first and in one order, so two batches cannot wait for each other. The shop's row is held, too:
 * an erasure, which locks it first, either finds these rows or leaves no shop to write them for (I8).
 * @param isAlone resource → whether its lock is had alone.
 * @throws Permanent SHOP_GONE for a shop that was erased.
 */
export async function lockMirror(
  client: PoolClient,
  shopId: number,
  isAlone: ReadonlyMap<ResourceName, boolean>,
): Promise<Locked> {
  const names = [...isAlone.keys()].sort();
  const { rows } = await client.query<Locked>(
    prepared(LOCK, [shopId, names, names.map((name) => isAlone.get(name))]),
  );
  if (!rows[0]) throw new Permanent("SHOP_GONE", `shop ${shopId} is not there, or no more`);
  return rows[0];
}

const LOCK = `
  SELECT shop.redacted_at AS "redactedAt",
         CASE WHEN alone THEN pg_advisory_xact_lock(hashtext('counterfoil.apply.' || name), shop.id)
              ELSE pg_advisory_xact_lock_shared(hashtext('counterfoil.apply.' || name), shop.id) END
  FROM (SELECT id, redacted_at FROM shops WHERE id = $1 FOR KEY SHARE) AS shop
  CROSS JOIN (
    SELECT name, alone FROM unnest($2::text[], $3::bool[]) WITH ORDINALITY AS r(name, alone, n) ORDER BY n
  ) AS o`;
