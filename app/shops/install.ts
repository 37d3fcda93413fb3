// The beginning of an installation. Shopify installs without asking us (managed installation), so the first we hear of a
// store is the first token it grants.
import { pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { startBackfills } from "#app/sync/runs.ts";

export interface Grant {
  readonly domain: string;
  readonly scopes: readonly string[];
}

/**
 * Notes that a store has granted a token and, once per installation, starts its first backfills. Called for every
 * exchanged token, so it must be harmless to repeat; a start that a crash prevented is made up for by the next call.
 * The topics of the TOML are live by then: Shopify subscribes them as it installs, so nothing falls between.
 * @param at by Shopify's clock, when the store is known to have had the app: news of its end is dated by the same.
 * @returns the shop's id.
 */
export async function install({ domain, scopes }: Grant, at: Date): Promise<number> {
  const { rows } = await pool.query<{ id: number; is_started: boolean }>(INSTALL, [domain, scopes, at]);
  const { id, is_started } = rows[0]!;
  if (!is_started) {
    log.info({ shopId: id, domain, scopes }, "a store has installed the app; starting its first backfills");
    await startBackfills(id, "install", at);
  }
  return id;
}

// The runs of an installation are created with its own time, so comparing the two is exact. Of two calls at once one may
// find the other's runs not there yet: then the constraint on active runs keeps them single. While the app was away nothing
// was announced, so a watch that went on from before would take that for a silence.
const INSTALL = `
  WITH unwatched AS (
    DELETE FROM sync_watches w USING shops s
    WHERE s.domain = $1 AND s.uninstalled_at IS NOT NULL AND w.shop_id = s.id
  ),
  shop AS (
    INSERT INTO shops AS s (domain, scopes, scopes_told_at, installed_at, authorized_at) VALUES ($1, $2, $3, $3, $3)
    ON CONFLICT (domain) DO UPDATE
    SET scopes = excluded.scopes,
        scopes_told_at = excluded.scopes_told_at,
        installed_at = CASE WHEN s.uninstalled_at IS NULL THEN s.installed_at ELSE excluded.installed_at END,
        uninstalled_at = NULL,
        authorized_at = excluded.authorized_at
    RETURNING id, installed_at
  )
  SELECT id, EXISTS (
    SELECT FROM sync_runs r WHERE r.shop_id = shop.id AND r.started_by = 'install' AND r.created_at >= shop.installed_at
  ) AS is_started
  FROM shop`;

export interface Facts {
  readonly name: string;
  readonly currencyCode: string;
  readonly timeZone: string;
}

/** What a shop says of itself through the API after install; shop/update tells it afterwards. @param at when it was asked */
export async function describe(
  shopId: number,
  { name, currencyCode, timeZone }: Facts,
  at: Date,
): Promise<void> {
  await pool.query(
    `UPDATE shops SET name = $2, currency_code = $3, time_zone = $4, facts_told_at = $5
     WHERE id = $1 AND (facts_told_at IS NULL OR facts_told_at <= $5)`,
    [shopId, name, currencyCode, timeZone, at],
  );
}
