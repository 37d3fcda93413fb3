// Resources that change without any news (metafields of variants, collections by rule) are read whole once a day, and so are
// those that go with records which the shop's rules choose: that one of these comes to match is no news of theirs.
import { pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { requestSync } from "#app/sync/targeted.ts";
import type { ResourceName } from "#app/resources/define.ts";

const REREAD_MS = 24 * 60 * 60_000;

/**
 * Starts a whole read of each silent resource whose last one began a day ago. One that was never read is not begun here:
 * that is the installation's, or a person's.
 * @returns the resources whose reading was started.
 */
export async function rereadSilent(shopId: number, now: Date): Promise<readonly ResourceName[]> {
  const rules = await readRules(shopId);
  const silent = resources
    .filter(({ isSilent, name }) => isSilent || resourceUnder(rules, name, now).isHeldOnly)
    .filter(({ name }) => isOn(rules, name))
    .map(({ name }) => name);
  const { rows } = await pool.query<{ resource: ResourceName }>(
    `SELECT resource FROM sync_runs WHERE shop_id = $1 AND resource = ANY ($2) AND kind = 'backfill'
     GROUP BY resource
     HAVING max(created_at) <= $3 AND NOT bool_or(state IN ('queued', 'running', 'paused')) ORDER BY resource`,
    [shopId, silent, new Date(now.getTime() - REREAD_MS)],
  );
  for (const { resource } of rows) await requestSync(shopId, resource, { mode: "full" }, "schedule", now);
  return rows.map(({ resource }) => resource);
}
