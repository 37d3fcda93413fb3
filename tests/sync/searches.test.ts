// Searches in a store that searches and counts as Shopify does: lists and counts know different fields, and a person's
// search never reaches past the shop's filter.
import { beforeEach, describe, expect, it } from "vitest";
import { createCustomer, updateOrder } from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { Run, RunRequest } from "#app/sync/runs-states.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { RuledShop } from "./ruled-shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { refreshCounts } = await import("#app/sync/counts.ts");
const { planSync } = await import("#app/sync/plan-sync.ts");
const { checkFilters } = await import("#app/sync/rules-preview.ts");
const { rulesFrom } = await import("#app/sync/rules.ts");
const { readRules } = await import("#app/sync/rules-store.ts");
const { readRun } = await import("#app/sync/runs.ts");
const { stepRun } = await import("#app/sync/schedule.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { readWishes } = await import("#app/sync/wish.ts");
const { openRuledShop } = await import("./ruled-shop.ts");

const DAY_MS = 86_400_000;
const YEARS = 3;
/** So that a third of them, and no more, are of the last 90 days. */
const CUSTOMERS_LATELY = 5;

let shop: RuledShop;
beforeEach(async () => {
  shop = await openRuledShop({ orders: 40, products: 10 });
});

const ask = async (resource: ResourceName, request: RunRequest) =>
  (await requestSync(shop.id, resource, request, "test", shop.now())).run;
const sync = async (resource: ResourceName, request: RunRequest) => shop.finish(await ask(resource, request));
const customers = (takes: (createdAt: number) => boolean = () => true) =>
  shop.store
    .list("customers")
    .filter(({ createdAt }) => takes(Date.parse(createdAt)))
    .map(({ id }) => id)
    .sort();
/** Between the older and the newer half, by the second. */
const middle = () => {
  const times = shop.store.list("customers").map(({ createdAt }) => Date.parse(createdAt));
  return Math.floor(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]! / 1_000) * 1_000;
};

describe("customers, whose list and count know their creation by different names", () => {
  beforeEach(() => {
    shop.clock.advance(YEARS * 365 * DAY_MS);
    for (let number = 0; number < CUSTOMERS_LATELY; number += 1)
      createCustomer(shop.store, { firstName: "Ada", lastName: `No ${number}` });
    shop.clock.advance(DAY_MS);
  });

  it("are read by bulk, the newest window first, and the sum is proven", async () => {
    const run = await ask("customers", { mode: "full", way: "bulk" });
    const now = () => shop.clock.now();
    for (let next: Date | null = now(); next;) {
      await shop.sandbox.api.bulk.idle();
      shop.clock.advance(20_000);
      const signal = new AbortController().signal;
      next = await stepRun(run.id, { clientFor: async () => shop.client, signal, now, newestFirstMin: 5 });
      if (next && next > now()) shop.clock.set(next);
    }
    const all = customers();
    expect(await readRun(run.id)).toMatchObject({ state: "verified", done: all.length, total: all.length });
    expect(await shop.keys("customers")).toEqual(all);
    const searches = shop.asked
      .filter(({ document }) => document.includes("BulkRun"))
      .map(({ variables }) => /customer_date:[<>]=?/.exec((variables as { query: string }).query)?.[0]);
    expect(searches).toEqual(["customer_date:>=", "customer_date:<"]);
  });

  it.each(["pages", "bulk"])("of a window of creation are read, by %s", async (way) => {
    const at = middle();
    const run = await ask("customers", { mode: "created", from: new Date(at).toISOString() });
    await pool.query(
      "UPDATE sync_runs SET plan = jsonb_build_object('way', $2::text, 'at', $3::text) WHERE id = $1",
      [String(run.id), way, shop.now().toISOString()],
    );
    const ended = await shop.finish(run);
    const wanted = customers((createdAt) => createdAt >= at);
    expect(ended).toMatchObject({ state: "verified", done: wanted.length, total: wanted.length });
    expect(shop.asked.some(({ document }) => document.includes("BulkRun"))).toBe(way === "bulk");
    expect(await shop.keys("customers")).toEqual(wanted);
  });

  it.each([
    ["created since a day", (at: number) => ({ createdSince: new Date(at).toISOString().slice(0, 10) })],
    ["kept for some months", () => ({ monthsKept: 3 })],
  ])("are mirrored and counted under the rule %s", async (_rule, ruleFor) => {
    const rule = ruleFor(shop.clock.now().getTime() - 10 * DAY_MS);
    await shop.save({ resources: { customers: rule } });
    await shop.finishRuns();
    expect(await sync("customers", { mode: "full" })).toMatchObject({
      state: "verified",
      done: CUSTOMERS_LATELY,
      total: CUSTOMERS_LATELY,
    });
    await refreshCounts(shop.id, shop.client);
    const { rows } = await pool.query<{ mirrored: string; in_shopify: string }>(
      "SELECT mirrored, in_shopify FROM sync_resources WHERE shop_id = $1 AND resource = 'customers'",
      [shop.id],
    );
    expect(rows).toEqual([{ mirrored: String(CUSTOMERS_LATELY), in_shopify: String(CUSTOMERS_LATELY) }]);
  });

  it("are found by a search that only the list understands, and then not counted", async () => {
    const search = "first_name:Ada";
    const planned = await planSync(
      { client: shop.client, shopId: shop.id },
      "customers",
      { mode: "search", search },
      shop.now(),
    );
    expect(planned.count).toBeNull();
    expect(await sync("customers", { mode: "search", search })).toMatchObject({
      state: "verified",
      done: CUSTOMERS_LATELY,
    });
    const nonsense = { mode: "search", search: "nonsense:1" } as const;
    await expect(
      planSync({ client: shop.client, shopId: shop.id }, "customers", nonsense, shop.now()),
    ).rejects.toMatchObject({ code: "SEARCH_WARNING" });
    expect(await sync("customers", nonsense)).toMatchObject({
      state: "failed",
      errorCode: "SEARCH_WARNING",
    });
  });

  it("have a filter on their list that is kept, uncounted, beside a rule of dates that is counted", async () => {
    const rules = await readRules(shop.id);
    const filtered = rulesFrom({
      ...rules,
      resources: {
        ...rules.resources,
        customers: { ...rules.resources.customers, filter: "first_name:Ada" },
      },
    });
    const checked = await checkFilters(shop.client, rules, filtered);
    expect(checked).toMatchObject({ rules: { resources: { customers: { isCounted: false } } } });
  });
});

describe("a person's search", () => {
  const tag = (id: string, ...tags: string[]) => updateOrder(shop.store, id, { tags });
  const ids = () => shop.store.list("orders").map(({ id }) => id);

  it("with an OR stays within the shop's filter", async () => {
    const [red, blue, outside] = ids() as [string, string, string];
    tag(red, "trade", "red");
    tag(blue, "trade", "blue");
    tag(outside, "blue");
    shop.miss();
    await shop.save({ resources: { orders: { filter: "tag:trade" } } });
    await pool.query("DELETE FROM sync_runs WHERE shop_id = $1", [shop.id]);
    const request = { mode: "search", search: "tag:red OR tag:blue" } as const;
    const plan = await planSync({ client: shop.client, shopId: shop.id }, "orders", request, shop.now());
    expect(plan.count).toBe(2);
    const ended: Run = await sync("orders", request);
    expect(ended).toMatchObject({ state: "verified", total: 2, done: 2 });
    expect(await shop.keys("orders")).toEqual([red, blue].sort());
  });

  it.each(["tag:(a OR b", "tag:a) OR (status:any", "tag:'a", '(title:"a)'])(
    "that is not closed is refused: %s",
    async (search) => {
      await expect(ask("orders", { mode: "search", search })).rejects.toThrow(/not closed/);
      const fields: Record<string, string> = { mode: "search", search };
      const get = (name: string) => fields[name] ?? null;
      expect(readWishes({ get, all: () => ["orders"] }, "UTC", shop.now())).toEqual({
        problem: "search_open",
      });
    },
  );
});
