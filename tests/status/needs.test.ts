// What the Overview says of access, of what needs a person, of the API budget and of the first-run guide, each from its
// rows; and that open errors are counted along an index.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { budgetOf } = await import("#app/budget.server.ts");
const { closeGuide, openGuide } = await import("#app/shops/guide.ts");
const { scopeChecks, versionCheck } = await import("#app/status/access.ts");
const { DEFAULT_RULES, rulesFrom } = await import("#app/sync/rules.ts");
const { readBudget } = await import("#app/status/api-budget.ts");
const { COUNT_UNSEEN } = await import("#app/status/needs.ts");
const { DUTIES } = await import("#app/status/errors.ts");
const { guideOf } = await import("#app/status/guide.ts");
const { overview } = await import("#app/status/overview.ts");
const { resources, scopes } = await import("#app/resources/index.ts");
const { markCause } = await import("#app/sync/error-life.ts");

const NOW = new Date("2026-11-23T12:00:00.000Z");
const DAY_MS = 86_400_000;
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const DOMAIN = "needs.myshopify.com";
let shopId = 0;
let otherId = 0;

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain, scopes) VALUES ($1, $2), ('other.myshopify.com', '{}') RETURNING id",
    [DOMAIN, scopes()],
  );
  [shopId, otherId] = rows.map(({ id }) => id) as [number, number];
  // A worker that lives for as long as the test lasts.
  await pool.query(
    "INSERT INTO sync_workers (id, host, pid, version, started_at, beaten_at) VALUES ($1, 'h', 1, '1', now(), now() + interval '1 hour')",
    ["7f0f6f0e-5f5c-4d59-9d4e-0a4c0f0f0f01"],
  );
});

beforeEach(async () => {
  await pool.query(
    `TRUNCATE sync_holds, sync_runs, sync_deliveries, sync_errors, sync_error_marks, sync_holes, sync_watches, sync_resources, sync_alerts,
       editions, sessions, customers, orders`,
  );
  await pool.query("UPDATE shops SET settings = '{}', scopes = $2 WHERE id = $1", [shopId, scopes()]);
  await session(90 * DAY_MS);
});

function session(leftMs: number) {
  return pool.query(
    `INSERT INTO sessions (id, shop, state, access_token, expires, refresh_token, refresh_token_expires)
     VALUES ('offline_' || $1, $1, '', 'x', $2, 'y', $3)
     ON CONFLICT (id) DO UPDATE SET refresh_token_expires = excluded.refresh_token_expires`,
    [DOMAIN, NOW, new Date(NOW.getTime() + leftMs)],
  );
}

const seen = () => overview(shopId, NOW);
const error = (code: string, occurredAt: Date, shop = shopId, resource = "orders") =>
  pool.query(
    "INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at) VALUES ($1, $4, '5', $2, '', $3)",
    [shop, code, occurredAt, resource],
  );

describe("access", () => {
  it("names the scopes that each resource lacks; the right to write is the right to read", () => {
    const granted = ["write_products", "read_orders", "read_customers", "read_locations"];
    const checks = scopeChecks(granted, DEFAULT_RULES);
    const lacking = Object.fromEntries(checks.map(({ resource, missing }) => [resource, missing]));
    expect(lacking.products).toEqual([]);
    expect(lacking.orders).toEqual(["read_payment_terms", "read_publications", "read_returns"]);
    expect(lacking.inventory_items).toEqual(["read_inventory"]);
    expect(checks).toHaveLength(resources.length);
  });

  it("asks for no scope of what is switched off, nor of what is off with it", () => {
    const rules = rulesFrom({ resources: { orders: { isOn: false }, products: { without: ["media"] } } });
    const checks = scopeChecks(["read_products"], rules);
    const of = (name: string) => checks.find(({ resource }) => resource === name)!;
    expect(of("orders")).toMatchObject({ isOff: true, missing: [], withheld: [] });
    expect(of("order_metafields")).toMatchObject({ isOff: true, missing: [] });
    expect(of("customers")).toMatchObject({ isOff: false, missing: ["read_customers"] });
  });

  it("says which parts are left out for want of their own scope, unless the shop leaves them out itself", () => {
    const withheld = (stored: unknown) =>
      scopeChecks(["read_products"], rulesFrom(stored)).find(({ resource }) => resource === "products")!
        .withheld;
    expect(withheld({})).toEqual([{ part: "publications", scope: "read_publications" }]);
    expect(withheld({ resources: { products: { without: ["publications"] } } })).toEqual([]);
  });

  it("knows until when Shopify supports the API version", () => {
    const at = (day: string) => versionCheck("2026-10", new Date(`${day}T00:00:00Z`)).state;
    expect(versionCheck("2026-10", NOW).supportedUntil.toISOString()).toBe("2027-10-01T00:00:00.000Z");
    expect([at("2026-11-23"), at("2027-08-10"), at("2027-10-01")]).toEqual(["ok", "warning", "critical"]);
  });

  it("tells when the token ends, and that there is none", async () => {
    expect((await seen()).access.token.state).toBe("ok");
    await session(5 * DAY_MS);
    expect((await seen()).access.token.state).toBe("warning");
    expect((await seen()).needs).toContainEqual({ code: "token" });
    await pool.query("TRUNCATE sessions");
    expect((await seen()).access.token).toEqual({ state: "critical", until: null });
  });

  it("tells the oldest order, and whether older ones may be read", async () => {
    await pool.query(
      `INSERT INTO orders (shop_id, id, gid, processed_at, observed_at, applied_at, origin_kind)
       SELECT $1, n, 'gid://shopify/Order/' || n, $2::timestamptz + n * interval '1 day', now(), now(), 'bulk'
       FROM generate_series(1, 3) n`,
      [shopId, ago(50 * DAY_MS)],
    );
    expect((await seen()).access.history).toEqual({
      ...{ isWhole: false, oldestAt: ago(49 * DAY_MS), isOff: false },
    });
    await pool.query("UPDATE shops SET scopes = scopes || '{read_all_orders}' WHERE id = $1", [shopId]);
    expect((await seen()).access.history.isWhole).toBe(true);
  });

  it("takes withheld fields as withheld data, and does not guess without a customer", async () => {
    expect((await seen()).access.personal.state).toBe("unknown");
    await pool.query(
      `INSERT INTO customers (shop_id, id, gid, email, observed_at, applied_at, origin_kind)
       VALUES ($1, 1, 'gid://shopify/Customer/1', 'a@b.example', now(), now(), 'bulk')`,
      [shopId],
    );
    expect((await seen()).access.personal.state).toBe("ok");
    await error("FIELD_DENIED", ago(1_000));
    expect((await seen()).access.personal.state).toBe("warning");
  });
});

describe("work that stands still", () => {
  it("is said on top and among the needs when no worker has been heard lately", async () => {
    await pool.query("UPDATE sync_workers SET beaten_at = now() - interval '21 seconds'");
    const { headline, needs, standstill } = await seen();
    await pool.query("UPDATE sync_workers SET beaten_at = now() + interval '1 hour'");
    expect(headline).toEqual({ code: "unworked", seenAt: standstill.workers.seenAt });
    expect(needs[0]).toEqual({ code: "unworked" });
    expect((await seen()).headline.code).toBe("never_synced");
  });

  it("is said of webhooks that a person paused, in this shop only", async () => {
    await pool.query(
      "INSERT INTO sync_holds (shop_id, queue, held_by, held_at) VALUES ($1, 'deliveries', 'user:1', now())",
      [shopId],
    );
    expect((await seen()).headline).toEqual({ code: "held_deliveries", lagMs: null });
    expect((await overview(otherId, NOW)).headline.code).not.toBe("held_deliveries");
  });
});

describe("webhooks that were set aside", () => {
  it.each(["acknowledged", "resolved", "ignored"] as const)("need nobody once marked %s", async (mark) => {
    const park = (id: string, receivedAt: Date) =>
      pool.query(
        `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, received_at)
         VALUES ($1, $2, 'orders/create', '', 'parked', 'BAD_BODY', $3)`,
        [DOMAIN, id, receivedAt],
      );
    await park("a", ago(60_000));
    expect((await seen()).webhooks.parked.count).toBe(1);
    const cause = { source: "deliveries", subject: "orders/create", code: "BAD_BODY" } as const;
    await markCause(shopId, cause, mark, "user:1", ago(30_000));
    const marked = await seen();
    expect(marked.webhooks.parked.count).toBe(0);
    expect(marked.needs).toEqual([]);
    await park("b", ago(10_000));
    expect((await seen()).webhooks.parked.count).toBe(mark === "ignored" ? 0 : 1);
  });
});

describe("what needs a person", () => {
  it("is nothing where nothing is wrong", async () => {
    expect((await seen()).needs).toEqual([]);
  });

  it("is that Shopify has stopped counting, by the latest count of what it counts", async () => {
    const count = (resource: string, countedAt: Date, shop = shopId) =>
      pool.query(
        "INSERT INTO sync_resources (shop_id, resource, in_shopify, counted_at) VALUES ($1, $2, 0, $3)",
        [...[shop, resource, countedAt]],
      );
    await count("orders", ago(6 * 60_000));
    // Read whole a moment ago, and counted in another shop: neither says that Shopify counts for this one.
    await count("product_metafields", ago(1_000));
    await count("products", ago(1_000), otherId);
    expect((await seen()).needs).toEqual([{ code: "unanswered", since: ago(6 * 60_000) }]);
    await count("products", ago(4 * 60_000));
    expect((await seen()).needs).toEqual([]);
  });

  it("is each thing with its number, the gravest first, and nothing of another shop", async () => {
    await pool.query("UPDATE shops SET scopes = array_remove(scopes, 'read_inventory') WHERE id = $1", [
      shopId,
    ]);
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state) VALUES ($1, 'a', 'orders/create', '', 'parked')`,
      [DOMAIN],
    );
    await error("WRONG_TYPE", ago(1_000));
    await error("WRONG_TYPE", ago(1_000), otherId);
    await pool.query(
      `INSERT INTO sync_holes (shop_id, resource, to_at, reason, run_id, opened_at, next_attempt_at)
       VALUES ($1, 'orders', now(), 'COUNT_MISMATCH', 1, now(), now()), ($2, 'orders', now(), 'COUNT_MISMATCH', 2, now(), now())`,
      [shopId, otherId],
    );
    await pool.query(
      "INSERT INTO sync_watches (shop_id, resource, watched_to, silent_from) VALUES ($1, 'products', now(), $2)",
      [shopId, ago(60_000)],
    );
    await pool.query(
      `INSERT INTO editions (shop_id, owner_type, owner_id, title, text, size, used, proofs, sold, returned, problem, created_at)
       VALUES ($1, 'PRODUCT', 1, 'A', '2', 2, 3, 0, 3, 0, NULL, now()),
              ($1, 'PRODUCT', 2, 'B', 'many', NULL, 0, 0, 0, 0, 'NOT_A_SIZE', now()),
              ($1, 'PRODUCT', 3, 'C', 'more', 9, 0, 0, 0, 0, 'NOT_A_SIZE', now())`,
      [shopId],
    );
    await pool.query(
      "INSERT INTO sync_runs (shop_id, resource, kind, state, started_by) VALUES ($1, 'orders', 'backfill', 'paused', 'api')",
      [shopId],
    );
    await pool.query(
      "INSERT INTO sync_holds (shop_id, queue, held_by, held_at) VALUES ($1, 'runs', 'user:1', now()), ($2, 'runs', 'user:2', now())",
      [shopId, otherId],
    );
    expect((await seen()).needs).toEqual([
      { code: "scopes", resources: ["inventory_items", "inventory_levels"] },
      { code: "held", count: 1 },
      { code: "parked", count: 1, isMore: false },
      { code: "errors", count: 1, isMore: false },
      { code: "silent", resources: ["products"], since: ago(60_000) },
      { code: "holes", count: 1, resources: ["orders"] },
      { code: "oversold", count: 1 },
      { code: "unreadable", count: 2 },
      { code: "paused", count: 1 },
    ]);
  });

  it("is each alert about the webhooks that stands, said once, and gone when it is over", async () => {
    await pool.query(
      `INSERT INTO sync_alerts (shop_id, code, since, ended_at, detail) VALUES
         ($1, 'missing', $3, NULL, '{"topics": ["orders/create"], "count": 0}'), ($1, 'low', $4, NULL, '{}'),
         ($1, 'refused', $5, NULL, '{}'), ($1, 'silent', $3, NULL, '{}'), ($1, 'parked', $3, NULL, '{}'),
         ($1, 'backlog', $3, $5, '{}'), ($2, 'doubled', $3, NULL, '{}')`,
      [shopId, otherId, ago(9_000), ago(8_000), ago(1_000)],
    );
    expect((await seen()).needs).toEqual([
      { code: "unsubscribed", topics: ["orders/create"], since: ago(9_000) },
      { code: "alerts", alerts: ["refused", "low"], since: ago(8_000) },
    ]);
    await pool.query("UPDATE sync_alerts SET ended_at = now()");
    expect((await seen()).needs).toEqual([]);
  });

  it("leaves out errors that somebody knows of, until they happen again", async () => {
    await error("WRONG_TYPE", ago(10_000));
    const cause = { source: "records", subject: "orders", code: "WRONG_TYPE" } as const;
    await markCause(shopId, cause, "acknowledged", "user:1", ago(5_000));
    expect((await seen()).needs).toEqual([]);
    await error("WRONG_TYPE", ago(1_000));
    expect((await seen()).needs).toEqual([{ code: "errors", count: 1, isMore: false }]);
    await markCause(shopId, cause, "ignored", "user:1", ago(900));
    await error("WRONG_TYPE", ago(100));
    expect((await seen()).needs).toEqual([]);
  });

  it("is that customers asked for their data, until it is done, and that is no error of copying", async () => {
    const request = { source: "records", subject: "customers", code: "CUSTOMER_DATA_REQUEST" } as const;
    await error(request.code, ago(2 * DAY_MS), shopId, "customers");
    await error(request.code, ago(1_000), shopId, "customers");
    await error(request.code, ago(40 * DAY_MS), otherId, "customers");
    const waits = [{ code: "requested", count: 2, dueAt: ago(-28 * DAY_MS) }];
    const { needs, errors, errorCount } = await seen();
    expect(needs).toEqual(waits);
    expect({ errors, errorCount }).toEqual({ errors: [], errorCount: { count: 0, isMore: false } });
    await markCause(shopId, request, "acknowledged", "user:1", NOW);
    expect((await seen()).needs).toEqual(waits);
    await markCause(shopId, request, "resolved", "user:1", NOW);
    expect((await seen()).needs).toEqual([]);
  });

  it("is found along an index among very many resolved errors", async () => {
    await pool.query(
      `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at, resolved_at)
       SELECT $1, 'orders', n::text, 'WRONG_TYPE', '', $2::timestamptz - n * interval '1 s',
              CASE WHEN n % 10000 = 0 THEN NULL ELSE $2::timestamptz END
       FROM generate_series(1, 100000) n`,
      [shopId, NOW],
    );
    await pool.query("ANALYZE sync_errors");
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE) ${COUNT_UNSEEN}`, [
      ...[shopId, DUTIES],
    ]);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).not.toMatch(/Seq Scan on sync_errors/);
    expect(plan).not.toMatch(/Rows Removed by Filter: [1-9]\d{3,}/);
  });
});

describe("the API budget", () => {
  it("is not known before Shopify has answered, then read from the shared row", async () => {
    await pool.query("TRUNCATE sync_budgets");
    expect(await readBudget(shopId)).toBeNull();
    const reservation = await budgetOf(DOMAIN).reserve(100, "targeted");
    reservation.settle({ maximumAvailable: 2_000, currentlyAvailable: 1_500, restoreRate: 100 }, 100);
    await expect.poll(() => readBudget(shopId)).not.toBeNull();
    const read = await readBudget(shopId);
    expect(read).toMatchObject({ maximum: 2_000, rate: 100, inFlight: 0, waiting: null });
    expect(read!.available).toBeGreaterThanOrEqual(1_400);
    expect(read!.available).toBeLessThanOrEqual(2_000);
    expect(read!.lanes[0]).toEqual({ lane: "targeted", leaves: 0 });
    expect(read!.lanes.at(-1)).toEqual({ lane: "backfill", leaves: 300 });
  });

  it("names the lane that waits, for as long as that is believed", async () => {
    await pool.query(
      "UPDATE sync_budgets SET wanted_rank = 4, wanted_until = clock_timestamp() + interval '1 minute' WHERE shop_id = $1",
      [shopId],
    );
    expect((await readBudget(shopId))?.waiting).toBe("backfill");
    await pool.query("UPDATE sync_budgets SET wanted_until = clock_timestamp() - interval '1 second'");
    expect((await readBudget(shopId))?.waiting).toBeNull();
  });
});

describe("the guide", () => {
  it("ends when everything is verified, and not before", async () => {
    expect((await seen()).guide).toMatchObject({
      isDone: false,
      steps: [
        { code: "access", state: "done" },
        { code: "copy", state: "todo", done: 0 },
        { code: "webhooks", state: "todo" },
        { code: "verify", state: "todo", done: 0, of: resources.length },
      ],
    });
    for (const { name } of resources) {
      await pool.query("INSERT INTO sync_resources (shop_id, resource, verified_at) VALUES ($1, $2, $3)", [
        shopId,
        name,
        NOW,
      ]);
    }
    expect((await seen()).guide).toMatchObject({ isDone: false, steps: { 3: { state: "done" } } });
    await pool.query(
      "INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state) VALUES ($1, 'w', 'orders/create', '', 'applied')",
      [DOMAIN],
    );
    expect((await seen()).guide?.isDone).toBe(true);
  });

  it("says what runs, and what is stuck", async () => {
    const { access } = await seen();
    const step = (code: "syncing" | "blocked") =>
      guideOf({
        access: {
          ...access,
          scopes: access.scopes.map((check) => ({ ...check, missing: ["read_orders"] })),
        },
        lastReceivedAt: null,
        resources: [
          {
            verifiedAt: null,
            state:
              code === "syncing"
                ? { code, percent: 10, queued: false }
                : { code, errorCode: "ACCESS_DENIED", detail: null },
          },
        ],
      }).steps;
    expect(step("syncing")).toMatchObject({
      0: { state: "problem" },
      1: { state: "running" },
      3: { state: "running" },
    });
    expect(step("blocked")).toMatchObject({ 1: { state: "problem" } });
  });

  it("stays away once it was put away, until it is taken out again", async () => {
    await pool.query(`UPDATE shops SET settings = '{"editions":{"returned":"free"}}' WHERE id = $1`, [
      shopId,
    ]);
    await closeGuide(shopId, "user:1", NOW);
    expect((await seen()).guide).toBeNull();
    await openGuide(shopId);
    expect((await seen()).guide).not.toBeNull();
    const { rows } = await pool.query("SELECT settings FROM shops WHERE id = $1", [shopId]);
    expect(rows[0]).toEqual({ settings: { editions: { returned: "free" } } });
  });
});
