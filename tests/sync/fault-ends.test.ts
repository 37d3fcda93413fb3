// Errors of a resource as a whole end with their causes: by a read that went over all that they speak of, and by no other.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Transient } from "#app/shopify/errors.ts";
import * as acts from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import { order, times } from "#tests/shopify/records.ts";
import type { Run } from "#app/sync/runs.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { catchUpShop } = await import("#app/sync/catch-up-due.ts");
const { startCursor } = await import("#app/sync/cursors.ts");
const { retryRun } = await import("#app/sync/retry-run.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");
const { openShop } = await import("#tests/sync/shop.ts");

async function openCodes(shopId: number): Promise<string[]> {
  const { rows } = await pool.query<{ code: string }>(
    "SELECT code FROM sync_errors WHERE shop_id = $1 AND resolved_at IS NULL ORDER BY code",
    [shopId],
  );
  return rows.map(({ code }) => code);
}

describe("what a whole read meets", () => {
  const FAR_BEYOND_A_PAGE = 400;
  let shop: TestShop;
  beforeEach(async () => {
    shop = await openShop();
    shop.store.data.Order = times(FAR_BEYOND_A_PAGE, (number) => order(number, 0));
  });
  afterEach(() => shop.close());

  const begin = async (): Promise<Run> =>
    (await requestSync(shop.id, "orders", { mode: "full", way: "pages" }, "test", shop.clock.now)).run;

  /** Withholds e-mails on the first page; the pages that follow come whole, or not at all. */
  function withhold(others: "whole" | "lost"): void {
    const real = shop.client.query.bind(shop.client);
    const spy = vi.spyOn(shop.client, "query").mockImplementation(async (document, variables, options) => {
      const isPage = document.includes("OrdersPage");
      if (isPage && typeof variables.after === "string" && others === "lost") throw new Transient("lost");
      const answer = await real<{ orders: { nodes: Record<string, unknown>[] } }>(
        document,
        variables,
        options,
      );
      if (!isPage || typeof variables.after === "string") return answer as never;
      for (const node of answer.data.orders.nodes) node.email = null;
      const path = ["orders", "nodes", 0, "email"];
      return { ...answer, denied: [{ message: "not approved", path }] } as never;
    });
    grant = () => spy.mockRestore();
  }
  let grant = (): void => {};

  it("ends with one that shows what was withheld, though a record was refused", async () => {
    withhold("whole");
    await shop.finish(await begin());
    expect(await openCodes(shop.id)).toEqual(["FIELD_DENIED"]);
    grant();
    shop.clock.now = new Date(shop.clock.now.getTime() + 1_000);
    shop.store.data.Order![4]!.name = "a\u0000b";
    expect(await shop.finish(await begin())).toMatchObject({ errorCode: "RECORDS_REJECTED" });
    expect(await openCodes(shop.id)).toEqual(["UNSTORABLE_TEXT"]);
  });

  it("stays where it was met by the run that this one went on from", async () => {
    withhold("lost");
    const failed = await shop.finish(await begin());
    expect(failed).toMatchObject({ state: "failed", errorCode: "UNREACHABLE" });
    expect(failed.done).toBeGreaterThan(0);
    grant();
    const retried = await retryRun(shop.id, failed.id, "test", shop.clock.now);
    if (retried.outcome !== "started") throw new Error(retried.outcome);
    const ended = await shop.finish(retried.run);
    expect(ended).toMatchObject({ state: "verified", done: FAR_BEYOND_A_PAGE });
    // Its e-mails are missing in the first page.
    expect(await openCodes(shop.id)).toContain("FIELD_DENIED");
  });
});

describe("what a catch-up meets", () => {
  const MINUTE_MS = 60_000;

  it.each([
    ["that did not get through", "UNREACHABLE"],
    ["that was refused", "ACCESS_DENIED"],
  ])("%s ends with one that gets to its end, though a record was refused", async (_, code) => {
    const shop = await openSearchedShop(3);
    await inTransaction((client) => startCursor(client, shop.id, "orders", shop.now(), true, shop.now()));
    const catchUp = async () => {
      shop.clock.advance(90 * MINUTE_MS);
      acts.updateOrder(shop.store, shop.store.list("orders")[0]!.id, { note: String(+shop.now()) });
      shop.clock.advance(10 * MINUTE_MS);
      await catchUpShop(shop.id, shop.client, shop.now());
      const { rows } = await pool.query<{ id: string }>(
        "SELECT id FROM sync_runs WHERE shop_id = $1 AND state = 'queued'",
        [shop.id],
      );
      return shop.finish({ id: BigInt(rows[0]!.id) });
    };
    shop.before = (document) => {
      if (!document.includes("OrdersPage")) return undefined;
      if (code === "UNREACHABLE") throw new Transient("lost");
      const denial = { message: "no", path: ["orders"], extensions: { code } };
      return { data: { orders: null }, errors: [denial] };
    };
    expect(await catchUp()).toMatchObject({ state: "failed", errorCode: code });
    expect(await openCodes(shop.id)).toEqual([code]);
    shop.before = () => undefined;
    acts.updateOrder(shop.store, shop.store.list("orders")[1]!.id, { note: "a\u0000b" });
    expect(await catchUp()).toMatchObject({ errorCode: "RECORDS_REJECTED" });
    expect(await openCodes(shop.id)).toEqual(["UNSTORABLE_TEXT"]);
  });
});

describe("what a search meets", () => {
  it("is the run's, and no error of the resource, unless that is refused", async () => {
    const shop = await openSearchedShop(3);
    const search = async (text: string) => {
      const request = { mode: "search", search: text } as const;
      return shop.finish((await requestSync(shop.id, "orders", request, "test", shop.now())).run);
    };
    expect(await search("no_such_field:1")).toMatchObject({ state: "failed", errorCode: "SEARCH_WARNING" });
    expect(await openCodes(shop.id)).toEqual([]);
    const denial = { message: "no", path: ["orders"], extensions: { code: "ACCESS_DENIED" } };
    shop.before = (document) => document.includes("OrdersPage") && { data: null, errors: [denial] };
    expect(await search("status:any")).toMatchObject({ state: "failed", errorCode: "ACCESS_DENIED" });
    expect(await openCodes(shop.id)).toEqual(["ACCESS_DENIED"]);
  });
});
