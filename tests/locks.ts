// The event that a race needs: somebody waits for what another holds. Import it dynamically, after useDatabase().
import { expect } from "vitest";
import { pool } from "#app/db.server.ts";

/** Resolves once so many transactions of this file's database, or more, wait for a lock. */
export async function waitingForLocks(count = 1): Promise<void> {
  const waiting =
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  await expect.poll(async () => (await pool.query(waiting)).rowCount).toBeGreaterThanOrEqual(count);
}
