// Which API version Shopify writes its deliveries in. Of what the TOML subscribes nothing else tells it: an old deploy, or a
// version that Shopify has replaced by a later one because it ran out, shows in what arrives alone. Reads only.
import { pool } from "#app/db.server.ts";
import { API_VERSION } from "#app/shopify/version.ts";
import { TEST_TOPIC } from "#app/sync/inbox.ts";

/** What is older tells of a deploy that may be long past. */
const LATELY_MS = 86_400_000;
/** One version holds for all topics, so a few deliveries tell as much as all. */
const DELIVERIES_MAX = 50;

/** Topic → another version than ours that it came in last; empty once anything triggered later came in ours. */
export async function readOtherVersions(shopDomain: string, now: Date): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ topic: string; version: string; at: Date }>(READ_VERSIONS, [
    shopDomain,
    new Date(now.getTime() - LATELY_MS),
    TEST_TOPIC,
    DELIVERIES_MAX,
  ]);
  // Retries keep the version that they were first sent in: what was triggered last counts, not what arrived last.
  const right = rows.filter(({ version }) => version === API_VERSION).map(({ at }) => at.getTime());
  const since = Math.max(0, ...right);
  const other = rows.filter(({ version, at }) => version !== API_VERSION && at.getTime() > since);
  other.sort((a, b) => a.at.getTime() - b.at.getTime());
  return new Map(other.map(({ topic, version }) => [topic, version]));
}

// Cut before it is judged: the newest are looked at and no others, whatever they say.
const READ_VERSIONS = `
  SELECT topic, api_version AS version, coalesce(triggered_at, received_at) AS at
  FROM (SELECT * FROM sync_deliveries WHERE shop_domain = $1 AND received_at > $2
        ORDER BY received_at DESC, id DESC LIMIT $4) AS lately
  WHERE topic <> $3 AND api_version IS NOT NULL`;
