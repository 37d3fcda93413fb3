// What became of a webhook test: the delivery's row as it settles, hop by hop, and the checks around it. Reads only.
import { pool } from "#app/db.server.ts";

export interface Check {
  readonly name: "address_https" | "api_version" | "scopes" | "delivery";
  /** `unknown`: it could not be found out, which says nothing about the thing itself. */
  readonly result: "ok" | "warning" | "failed" | "unknown";
  /** Particulars: the missing scopes, the HTTP status. */
  readonly detail: string | null;
}

export interface SettledTest {
  /** Times of the row, ms since 1970. */
  readonly receivedAt: number;
  readonly settledAt: number | null;
  readonly state: string;
  readonly reason: string | null;
}

/** A look at the row costs less than a millisecond. */
const LOOK_EVERY_MS = 20;

/**
 * Waits until the delivery has settled, at most `waitMsMax`; then as it stands. Null when there is no row: the door stores
 * before it answers, so after a 2xx the row is there or never will be.
 */
export async function settledTest(
  shopDomain: string,
  webhookId: string,
  waitMsMax: number,
  signal: AbortSignal,
): Promise<SettledTest | null> {
  const until = performance.now() + waitMsMax;
  for (;;) {
    const test = await readTest(shopDomain, webhookId);
    if (test === null || test.settledAt !== null || performance.now() >= until || signal.aborted) return test;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function readTest(shopDomain: string, webhookId: string): Promise<SettledTest | null> {
  const { rows } = await pool.query<{
    received_at: Date;
    settled_at: Date | null;
    state: string;
    reason: string | null;
  }>(
    "SELECT received_at, settled_at, state, reason FROM sync_deliveries WHERE shop_domain = $1 AND webhook_id = $2",
    [shopDomain, webhookId],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    receivedAt: row.received_at.getTime(),
    settledAt: row.settled_at?.getTime() ?? null,
    state: row.state,
    reason: row.reason,
  };
}
