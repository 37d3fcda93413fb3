// Records that Shopify has and the shop's rules do not want any more: out of the mirror, with a tombstone that says why and
// keeps nothing of them. Unlike a deletion it says nothing of Shopify's own links: what named them still does.
import type { PoolClient } from "pg";
import { apply } from "#app/sync/apply.ts";
import { mirroredAmong } from "#app/sync/apply-tables.ts";
import { BATCH_MAX, FILTERED } from "#app/sync/change.ts";
import { resolveFaults } from "#app/sync/faults.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Delete, Origin } from "#app/sync/change.ts";

interface Unmatched {
  readonly shopId: number;
  readonly resource: Resource;
  readonly keys: readonly string[];
  /** ISO 8601; when Shopify was asked whether they match. What a later read shows stays. */
  readonly askedAt: string;
  /** Of the read that showed it; else a look at them. */
  readonly origin?: Origin;
}

const LOOK: Origin = { kind: "fetch", id: null };

/** @returns how many were here and are not any more. */
export async function removeFiltered(
  client: PoolClient,
  { shopId, resource, keys, askedAt, origin = LOOK }: Unmatched,
  now: Date,
): Promise<number> {
  const here = await mirroredAmong(client, shopId, resource.model, keys);
  const deletes = keys
    .filter((key) => here.has(key))
    .map((key): Delete => {
      const version = { updatedAt: null, observedAt: askedAt };
      return { verb: "delete", resource: resource.name, key, version, reason: FILTERED, origin };
    });
  // Also of what could never be mirrored, and is not here.
  resolveFaults(client, shopId, resource.name, keys, now);
  let removed = 0;
  for (let at = 0; at < deletes.length; at += BATCH_MAX) {
    const outcomes = await apply(client, shopId, deletes.slice(at, at + BATCH_MAX), now);
    removed += outcomes.filter(({ result }) => result === "applied").length;
  }
  return removed;
}
