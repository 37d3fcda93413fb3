// The end of a batch of deliveries: what became of each, what all of them come to, and the news for open pages, in one
// statement, which is one round trip instead of four.
import type { PoolClient } from "pg";
import { prepared, sendLast } from "#app/db.server.ts";
import { SETTLE, settlementValues } from "#app/sync/inbox-rows.ts";
import { ADD_HOURS, NOTE_TOPICS, tallyValues } from "#app/sync/topic-hours.ts";
import type { Settled } from "#app/sync/inbox-rows.ts";

/**
 * Writes down what became of the deliveries, adds it up, and tells open pages: PostgreSQL sends equal notifications of one
 * transaction once, and only if it commits. The last statement, since other workers' batches wait for the sums' rows.
 */
export function close(client: PoolClient, settled: readonly Settled[], now: Date): void {
  const shops = new Set(settled.flatMap(({ delivery: { shop } }) => (shop ? [String(shop.id)] : [])));
  const values = [...settlementValues(settled, now), ...tallyValues(settled, now), [...shops]];
  sendLast(client, prepared(CLOSE, values));
}

const CLOSE = `
  WITH settled AS (${SETTLE}), hours AS (${ADD_HOURS}), topics AS (${NOTE_TOPICS})
  SELECT pg_notify('counterfoil_changes', shop) FROM unnest($5::text[]) AS shop`;
