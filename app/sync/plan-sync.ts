// Makes the plan of a sync: asks Shopify for the count, and gathers what the planner reckons with. For the preview that a
// person confirms, and for the run itself.
import { pool } from "#app/db.server.ts";
import { HEADROOM } from "#app/shopify/budget.ts";
import { during, group } from "#app/shopify/search.ts";
import { partOf, searchOfPart } from "#app/sync/backfill-parts.ts";
import { readCount } from "#app/sync/counts.ts";
import { resourceUnder } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { readPaces } from "#app/sync/paces.ts";
import { countFound } from "#app/sync/searches.ts";
import { planRead } from "#app/sync/plan.ts";
import { checkRequest } from "#app/sync/targeted.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";
import type { Lane } from "#app/shopify/budget.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Bucket, Plan, Way } from "#app/sync/plan.ts";
import type { RunKind, RunRequest } from "#app/sync/runs-states.ts";

/** Until Shopify has said how large the bucket is: the smallest plan's. */
const UNKNOWN = { maximum: 2_000, available: 2_000, rate: 100 } as const;

interface Asking {
  readonly client: Client;
  readonly shopId: number;
  readonly lane?: Lane;
  readonly signal?: AbortSignal;
}

/**
 * What the request would read, how, and what that takes. Reads nothing but counts.
 * @throws RangeError as requestSync; Transient, Throttled; Permanent, with SEARCH_WARNING for a search that Shopify did
 * not understand.
 */
export async function planSync(
  asking: Asking,
  name: ResourceName,
  request: RunRequest,
  now: Date,
): Promise<Plan> {
  const resource = resourceUnder(await readRules(asking.shopId), name, now);
  const checked = checkRequest(name, request);
  const count = await countOf(asking, resource, checked);
  return planFor(asking, resource, checked, count, 1, now);
}

/** As planSync, where the count is known. @param parts bulk operations that it would take */
export async function planFor(
  { client, shopId }: Omit<Asking, "lane">,
  resource: Resource,
  request: RunRequest,
  count: number | null,
  parts: number,
  now: Date,
): Promise<Plan> {
  const lane = laneOf(request);
  const [paces, bucket, beside, mirrored] = await Promise.all([
    readPaces(shopId, resource),
    bucketOf(shopId, client, lane),
    runsBeside(shopId, resource.name, lane),
    count === null && request.mode === "full" ? readMirrored(shopId, resource.name) : null,
  ]);
  const wanted = { count, reckoned: count ?? mirrored, lane, ways: waysOf(request), beside, parts };
  return planRead(wanted, paces, bucket, now);
}

async function countOf(
  { client, lane = "targeted", signal }: Asking,
  resource: Resource,
  request: RunRequest,
): Promise<number | null> {
  switch (request.mode) {
    case "ids":
      return request.ids.length;
    case "names":
      return request.names.length;
    case "full":
      return readCount(client, resource, { lane, signal });
    case "search":
      return countFound(client, resource, group(request.search), { lane, signal });
    case "created":
      return readCount(client, resource, {
        ...{ lane, signal },
        search: searchOfPart(resource, "count", partOf(request)),
      });
    case "since": {
      const { since, until } = request;
      const search = during(resource.cursor!.filter, {
        from: new Date(since),
        ...(until === undefined ? {} : { until: new Date(until) }),
      });
      return readCount(client, resource, { lane, signal, search });
    }
  }
}

/** In which its queries are sent. */
function laneOf({ mode }: RunRequest): Lane {
  if (mode === "full" || mode === "created") return "backfill";
  return mode === "since" ? "catch-up" : "targeted";
}

function waysOf(request: RunRequest): readonly Way[] {
  switch (request.mode) {
    case "full":
      return request.way ? [request.way] : ["pages", "bulk"];
    case "created":
      return ["pages", "bulk"];
    case "ids":
    case "names":
      return ["ids"];
    default:
      return ["pages"];
  }
}

const KINDS: Readonly<Partial<Record<Lane, RunKind>>> = {
  backfill: "backfill",
  "catch-up": "catch_up",
  targeted: "targeted",
};

/** Other runs that spend points of the same lane at this moment. */
async function runsBeside(shopId: number, resource: ResourceName, lane: Lane): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM sync_runs
     WHERE shop_id = $1 AND kind = $2 AND resource <> $3 AND state = 'running'
       AND progress->>'phase' IN ('paging', 'fetching', 'completing')`,
    [shopId, KINDS[lane], resource],
  );
  return rows[0]!.count;
}

/** The bucket that all processes share, or the client's own. */
async function bucketOf(shopId: number, client: Client, lane: Lane): Promise<Bucket> {
  const { rows } = await pool.query<Omit<Bucket, "headroom">>(
    `SELECT maximum, rate,
            least(maximum, level + greatest(0, extract(epoch FROM clock_timestamp() - level_at)::float8) * rate) AS available
     FROM sync_budgets WHERE shop_id = $1 AND is_learned`,
    [shopId],
  );
  const headroom = HEADROOM[lane];
  if (rows[0]) return { ...rows[0], headroom };
  const { isLearned, maximumAvailable, currentlyAvailable, restoreRate } = client.budget.status();
  if (!isLearned || restoreRate === 0) return { ...UNKNOWN, headroom };
  return { maximum: maximumAvailable, available: currentlyAvailable, rate: restoreRate, headroom };
}

/** Where Shopify does not count: as many as there were the last time. Null before the first. */
async function readMirrored(shopId: number, resource: ResourceName): Promise<number | null> {
  const { rows } = await pool.query<{ mirrored: string }>(
    "SELECT mirrored FROM sync_resources WHERE shop_id = $1 AND resource = $2 AND mirrored > 0",
    [shopId, resource],
  );
  return rows[0] ? Number(rows[0].mirrored) : null;
}
