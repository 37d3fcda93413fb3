// What Shopify refuses an app, as it refuses it: a scope that was not granted, customer data that was not approved, orders
// that are older than the app may see. Each time the resource says so, and the others go on.
import { beforeEach, describe, expect, it } from "vitest";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { scopes } from "#app/resources/index.ts";
import { createCustomer } from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import { SHOP, openShop, type Shop } from "#tests/sandbox/api-shop.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Run, RunRequest } from "#app/sync/runs.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { readAccess } = await import("#app/status/access.ts");
const { readRules } = await import("#app/sync/rules-store.ts");
const { overview } = await import("#app/status/overview.ts");
const { readShop } = await import("#app/status/shop.ts");
const { catchUpShop } = await import("#app/sync/catch-up-due.ts");
const { readRun } = await import("#app/sync/runs.ts");
const { stepRun } = await import("#app/sync/schedule.ts");
const { requestSync } = await import("#app/sync/targeted.ts");

const ALL = [...scopes(), "read_all_orders"];
const STEPS_MAX = 100;
const ORDERS = 60;

let sandbox: Shop;
let shopId = 0;

beforeEach(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ('refused-' || gen_random_uuid() || '.myshopify.com') RETURNING id",
  );
  shopId = rows[0]!.id;
});

/** A store that has granted so much, here as there. */
async function open(granted: readonly string[]): Promise<void> {
  sandbox = openShop({ scopes: granted, sizes: { orders: ORDERS, products: 10 } });
  sandbox.turn({ plan: "enterprise" });
  await pool.query("UPDATE shops SET scopes = $2 WHERE id = $1", [shopId, granted]);
}

type Way = "pages" | "bulk";
/** A bulk operation fails where a page only lacks a field: what becomes of the resource must be the same. */
const WAYS: readonly Way[] = ["pages", "bulk"];

const clientOf = () =>
  createClient({
    shop: SHOP,
    accessToken: () => sandbox.token(),
    budget: createBudget(),
    fetch: async (url, init) => {
      const asked = new Request(String(url), init);
      return (await sandbox.api.serveFile(asked)) ?? sandbox.api.handle(asked);
    },
  });

/** Reads a whole resource to the run's end. */
async function sync(resource: ResourceName, way: Way = "pages"): Promise<Run> {
  const request = { mode: "full", way } as const;
  const { run } = await requestSync(shopId, resource, request, "test", sandbox.clock.now());
  return finish(run);
}

async function finish(run: { id: bigint }, between = async () => {}): Promise<Run> {
  const client = clientOf();
  let now = sandbox.clock.now();
  for (let count = 0; count < STEPS_MAX; count += 1) {
    sandbox.clock.advance(20_000);
    await sandbox.api.bulk.idle();
    const signal = new AbortController().signal;
    const next = await stepRun(run.id, { clientFor: async () => client, signal, now: () => now });
    await between();
    if (!next) return (await readRun(run.id))!;
    if (next > now) now = next;
  }
  throw new Error("the run did not end");
}

/** Some minutes later: looks for changes, and finishes what that starts. */
async function catchUp(): Promise<Run[]> {
  sandbox.clock.advance(10 * 60_000);
  await catchUpShop(shopId, clientOf(), sandbox.clock.now());
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM sync_runs WHERE shop_id = $1 AND state = 'queued' ORDER BY id",
    [shopId],
  );
  const ended: Run[] = [];
  for (const { id } of rows) ended.push(await finish({ id: BigInt(id) }));
  return ended;
}

/** What the Overview says of the resource. */
const stateOf = async (name: ResourceName) =>
  (await overview(shopId, sandbox.clock.now())).resources.find(({ resource }) => resource === name)!.state;

async function openErrors(): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    "SELECT resource || ' ' || code AS text FROM sync_errors WHERE shop_id = $1 AND resolved_at IS NULL ORDER BY id",
    [shopId],
  );
  return rows.map(({ text }) => text);
}

describe("Shopify's refusal", () => {
  it.each(WAYS)(
    "for want of a scope blocks what needs it, until it is granted, by %s",
    async (way) => {
      await open(ALL.filter((scope) => scope !== "read_customers"));
      expect(await sync("customers", way)).toMatchObject({ state: "failed", errorCode: "ACCESS_DENIED" });
      expect(await stateOf("customers")).toMatchObject({
        code: "blocked",
        errorCode: "ACCESS_DENIED",
        detail: expect.stringContaining("read_customers") as string,
      });
      expect(await sync("products", way)).toMatchObject({ state: "verified" });
      expect((await stateOf("products")).code).not.toBe("blocked");

      sandbox.installs.grant(ALL);
      expect(await sync("customers", way)).toMatchObject({ state: "verified" });
      expect((await stateOf("customers")).code).not.toBe("blocked");
    },
    60_000,
  );

  it("for a scope that was withdrawn is met by one run, until it is granted again", async () => {
    await open(ALL);
    for (const name of ["customers", "products"] as const) await sync(name);
    sandbox.installs.grant(ALL.filter((scope) => scope !== "read_customers"));
    const met: Run[] = [];
    for (let look = 0; look < 15; look += 1) met.push(...(await catchUp()));
    // The looks that follow know of the refusal.
    expect(met).toMatchObject([{ resource: "customers", state: "failed", errorCode: "ACCESS_DENIED" }]);
    expect(await stateOf("customers")).toMatchObject({ code: "blocked", errorCode: "ACCESS_DENIED" });
    expect((await stateOf("products")).code).not.toBe("blocked");

    sandbox.installs.grant(ALL);
    createCustomer(sandbox.store, { email: "granted@example.test" });
    const ended: Run[] = [];
    for (let look = 0; look < 6; look += 1) ended.push(...(await catchUp()));
    expect(ended).toMatchObject([{ resource: "customers", state: "verified", done: 1 }]);
    expect((await stateOf("customers")).code).not.toBe("blocked");
  });

  it("ends when a look is answered again, though nothing has changed", async () => {
    await open(ALL);
    await sync("customers");
    sandbox.installs.grant(ALL.filter((scope) => scope !== "read_customers"));
    await catchUp();
    expect((await stateOf("customers")).code).toBe("blocked");
    expect(await openErrors()).toEqual(["customers ACCESS_DENIED"]);
    sandbox.installs.grant(ALL);
    const ended: Run[] = [];
    for (let look = 0; look < 15; look += 1) ended.push(...(await catchUp()));
    expect(ended).toMatchObject([{ resource: "customers", state: "verified", done: 0 }]);
    expect((await stateOf("customers")).code).toBe("up_to_date");
    expect(await openErrors()).toEqual([]);
  });

  it("of all customer data does not end because they can still be counted", async () => {
    await open(ALL);
    await sync("customers");
    sandbox.installs.approveProtectedData(false);
    createCustomer(sandbox.store, { email: "withheld@example.test" });
    for (let look = 0; look < 2; look += 1) await catchUp();
    expect((await stateOf("customers")).code).toBe("blocked");
    for (let look = 0; look < 15; look += 1) expect(await catchUp()).toEqual([]);
    expect((await stateOf("customers")).code).toBe("blocked");
    expect(await openErrors()).toEqual(["customers ACCESS_DENIED"]);
  });

  it.each<RunRequest>([
    { mode: "full", way: "pages" },
    { mode: "full", way: "bulk" },
    { mode: "since", since: "2020-01-01T00:00:00Z" },
    // Nothing has changed in it, by Shopify's count.
    { mode: "since", since: "2020-01-01T00:00:00Z", until: "2020-01-02T00:00:00Z" },
    { mode: "search", search: "email:nobody@example.test" },
    { mode: "ids", ids: ["1"] },
  ])("lasts while it is tried again, however much is counted, by %o", async (request) => {
    await open(ALL);
    sandbox.installs.approveProtectedData(false);
    createCustomer(sandbox.store, { email: "withheld@example.test" });
    expect(await sync("customers")).toMatchObject({ state: "failed" });
    const seen = new Set<string | null>();
    const lookedAt = async () => {
      const { rows } = await pool.query<{ blocked_code: string | null }>(
        "SELECT blocked_code FROM sync_resources WHERE shop_id = $1 AND resource = 'customers'",
        [shopId],
      );
      seen.add(rows[0]!.blocked_code);
    };
    await finish(
      (await requestSync(shopId, "customers", request, "test", sandbox.clock.now())).run,
      lookedAt,
    );
    expect([...seen]).toEqual(["ACCESS_DENIED"]);
    expect(await openErrors()).toContain("customers ACCESS_DENIED");
  });

  it("of what cannot be counted hides no other's changes", async () => {
    await open(ALL);
    for (const name of ["fulfillment_orders", "customers"] as const) await sync(name);
    sandbox.installs.grant(ALL.filter((scope) => !scope.includes("fulfillment_orders")));
    createCustomer(sandbox.store, { email: "seen@example.test" });
    const ended = await catchUp();
    expect(ended.map(({ resource, state }) => [resource, state])).toEqual([
      ["customers", "verified"],
      ["fulfillment_orders", "failed"],
    ]);
    expect((await stateOf("fulfillment_orders")).code).toBe("blocked");
  });

  it("of all customer data blocks the customers, and leaves the products alone", async () => {
    await open(ALL);
    sandbox.installs.approveProtectedData(false);
    expect(await sync("customers")).toMatchObject({ state: "failed", errorCode: "ACCESS_DENIED" });
    expect(await stateOf("customers")).toMatchObject({
      code: "blocked",
      detail: expect.stringContaining("not approved") as string,
    });
    expect(await sync("products")).toMatchObject({ state: "verified" });
  });

  it.each(WAYS)(
    "of e-mails and phones copies the rest, and says what is withheld, by %s",
    async (way) => {
      await open(ALL);
      sandbox.installs.approveProtectedData(["customer_data", "name", "address"]);
      const all = sandbox.store.list("customers").length;
      const run = await sync("customers", way);
      expect(run.errorDetail).toBeNull();
      expect(run).toMatchObject({ state: "verified", done: all });
      const { rows } = await pool.query<{ code: string; detail: string }>(
        "SELECT code, detail FROM sync_errors WHERE shop_id = $1 AND resource = 'customers' AND resolved_at IS NULL",
        [shopId],
      );
      expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(["FIELD_DENIED"]));
      expect(rows[0]!.detail).toContain("not approved");
      const { personal } = await readAccess(
        await readShop(shopId),
        await readRules(shopId),
        sandbox.clock.now(),
      );
      expect(personal.state).toBe("warning");
    },
    60_000,
  );

  it("of older orders is no refusal: what may be seen is proven, and that it is not the whole history is said", async () => {
    await open(ALL.filter((scope) => scope !== "read_all_orders"));
    const since = sandbox.clock.now().getTime() - 60 * 86_400_000;
    const seen = sandbox.store.list("orders").filter(({ createdAt }) => Date.parse(createdAt) > since).length;
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(ORDERS);
    const run = await sync("orders");
    expect(run.state).toBe("verified");
    expect(run.done).toBe(seen);
    const { history } = await readAccess(
      await readShop(shopId),
      await readRules(shopId),
      sandbox.clock.now(),
    );
    expect(history.isWhole).toBe(false);
    expect(history.oldestAt!.getTime()).toBeGreaterThan(since);
  });
});
