// The record of what was done, by whom: replays, held queues and changed rules by people, repairs by the watch. Written in the transaction
// of the deed where there is one, read by status.
import type { Pool, PoolClient } from "pg";
import { pool } from "#app/db.server.ts";

export type ActCode =
  | "replayed"
  | "subscription_created"
  | "subscription_updated"
  | "subscription_deleted"
  | "repair_refused"
  | "silence_found"
  | "silence_over"
  | "revealed"
  | "data_exported"
  | "customer_redacted"
  | "rules_changed"
  | "queue_paused"
  | "queue_resumed"
  | "queue_hurried"
  | "run_paused"
  | "run_resumed"
  | "run_cancelled"
  | "run_retried"
  | "jobs_redriven"
  | "jobs_discarded";

export interface NewAct {
  readonly act: ActCode;
  /** "user:<id>", "api", "watch". */
  readonly actor: string;
  /** Deliveries replayed, subscriptions repaired, records that were missing. */
  readonly count: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

export async function recordAct(
  client: Pool | PoolClient,
  shopId: number,
  act: NewAct,
  now: Date,
): Promise<void> {
  await client.query(
    "INSERT INTO sync_acts (shop_id, at, actor, act, count, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    [shopId, now, act.actor, act.act, act.count, JSON.stringify(act.detail)],
  );
}

/** Somebody had a delivery's personal data shown. */
export function noteRevealed(shopId: number, deliveryId: string, actor: string, now: Date): Promise<void> {
  return recordAct(pool, shopId, { act: "revealed", actor, count: 1, detail: { delivery: deliveryId } }, now);
}

/** Somebody was given all that is stored of a customer. */
export function noteDataExported(
  shopId: number,
  customerId: string,
  actor: string,
  now: Date,
): Promise<void> {
  const detail = { customer: customerId };
  return recordAct(pool, shopId, { act: "data_exported", actor, count: 1, detail }, now);
}
