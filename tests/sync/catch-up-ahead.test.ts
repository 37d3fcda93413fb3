// What a catch-up asks for side by side, where the budget gives more than one page after the other can take.
import { beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { Run } from "#app/sync/runs.ts";
import type { SearchedShop } from "#tests/sync/searched-shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { SLICE_RECORDS_MAX } = await import("#app/sync/catch-up-cuts.ts");
const { hold, release } = await import("#app/sync/holds.ts");
const { createRun, readRun } = await import("#app/sync/runs.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");

const FROM = "2000-01-01T00:00:00.000Z";
/** Three pages of orders. */
const ORDERS = 600;
let shop: SearchedShop;

async function begin(since = FROM): Promise<Run> {
  // The bucket is full then, whatever the plan.
  shop.clock.advance(600_000);
  const request = { mode: "since", since } as const;
  const wanted = { resource: "orders", kind: "catch_up", request, startedBy: "test" } as const;
  return (await inTransaction((client) => createRun(client, shop.id, wanted, shop.now()))).run;
}

const OTHER = {
  resource: "products",
  kind: "targeted",
  request: { mode: "ids", ids: ["1"] },
  startedBy: "test",
} as const;

/** Whether the document asks for whole orders, not for their ids alone. */
const isPage = (document: string) => /^query OrdersPage[^]*lineItems/.test(document);
const pagesAsked = () => shop.asked.filter(({ document }) => isPage(document));

async function mirrored(): Promise<string[]> {
  const { rows } = await pool.query("SELECT id FROM orders WHERE shop_id = $1 ORDER BY id", [shop.id]);
  return rows.map(({ id }) => String(id));
}

const stored = () =>
  [...shop.store.list("orders")].map(({ id }) => id).sort((a, b) => Number(BigInt(a) - BigInt(b)));

/** Keeps the answer to each page back until the others that will come without it are asked for; counts them. */
function watchPages(): { most: number } {
  const seen = { now: 0, most: 0 };
  shop.before = async (document) => {
    if (!isPage(document)) return;
    seen.most = Math.max(seen.most, (seen.now += 1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen.now -= 1;
  };
  return seen;
}

describe("a slice of several pages", () => {
  beforeEach(async () => {
    shop = await openSearchedShop(ORDERS);
  });

  it("is asked for side by side on a large plan, by ranges of ids without a gap", async () => {
    const seen = watchPages();
    expect(await shop.finish(await begin())).toMatchObject({ state: "verified", done: ORDERS });
    expect(seen.most).toBe(3);
    const searches = pagesAsked().map(({ variables }) => String(variables.query));
    const borders = searches.map((search) => ({
      after: /id:>(\d+)/.exec(search)?.[1],
      until: /id:<=(\d+)/.exec(search)?.[1],
    }));
    expect(borders.map(({ after }) => after)).toEqual([undefined, borders[0]!.until, borders[1]!.until]);
    expect(borders[2]!.until).toBeUndefined();
    expect(await mirrored()).toEqual(stored());
  });

  it("is read page after page on a small plan, the next one while one is stored, with no list of ids", async () => {
    // Two pages, for which its bucket does.
    shop = await openSearchedShop(300);
    shop.turn({ plan: "standard" });
    const seen = watchPages();
    expect(await shop.finish(await begin())).toMatchObject({ state: "verified", done: 300 });
    expect(seen.most).toBe(1);
    expect(shop.asked.filter(({ document }) => document.startsWith("query OrdersPage"))).toHaveLength(2);
  });

  it("is charged for all that was asked for it", async () => {
    let charged = 0;
    const { query } = shop.client;
    Object.assign(shop.client, {
      query: async (...call: Parameters<typeof query>) => {
        const answer = await query(...call);
        charged += answer.cost.actual!;
        return answer;
      },
    });
    const run = await shop.finish(await begin());
    expect(run.cost).toBe(charged);
  });

  it("is read again when records leave it before and after their pages", async () => {
    const [early, late] = [stored()[300]!, stored()[10]!];
    const left = new Set<string>();
    const leave = (id: string) => {
      if (left.has(id)) return;
      left.add(id);
      shop.clock.advance(2_000);
      acts.updateOrder(shop.store, id, { note: "left" });
    };
    shop.before = (document) => {
      if (isPage(document)) leave(early);
      else if (document.startsWith("query Counts") && left.has(early)) leave(late);
    };
    const run = await shop.finish(await begin());
    expect(run).toMatchObject({ state: "verified", done: ORDERS - 2 });
    expect(pagesAsked()).toHaveLength(6);
    expect(await mirrored()).toEqual(stored().filter((id) => id !== early));
  });

  it("goes on behind the last page that was stored when another one fails", async () => {
    let isFailed = false;
    shop.before = (document, { query }) => {
      if (!isPage(document) || isFailed || !/id:>.*id:<=/.test(String(query))) return;
      isFailed = true;
      return { errors: [{ message: "Internal error", extensions: { code: "INTERNAL_SERVER_ERROR" } }] };
    };
    const run = await begin();
    await shop.step(run);
    const stopped = (await readRun(run.id))!;
    const { afterKey, read } = stopped.progress.slice!;
    expect(stopped.done).toBe(read);
    expect(await mirrored()).toEqual(stored().slice(0, read));
    expect(afterKey).toBe(stored()[read - 1]);
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: ORDERS });
    expect(await mirrored()).toEqual(stored());
  });
});

describe("a step whose time is up", () => {
  beforeEach(async () => {
    shop = await openSearchedShop(SLICE_RECORDS_MAX + 100);
  });

  /** Takes a step in which each cut takes ten seconds, and lets something happen meanwhile. @returns what becomes of the run. */
  async function stepSlowly(run: Run, meanwhile = async () => {}): Promise<Run> {
    shop.before = async (document) => {
      if (!/^query Counts[^]*c1:/.test(document)) return;
      shop.clock.advance(10_000);
      await meanwhile();
    };
    await shop.step(run);
    shop.before = () => undefined;
    return (await readRun(run.id))!;
  }

  it("goes on to the next slice while nobody waits for its place", async () => {
    expect(await stepSlowly(await begin())).toMatchObject({ state: "verified" });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["another run waits", () => inTransaction((client) => createRun(client, shop.id, OTHER, shop.now()))],
    ["its queue is held", () => hold(shop.id, "runs", "test", shop.now())],
  ])("ends with its slice when %s", async (_why, meanwhile) => {
    const run = await begin();
    const stopped = await stepSlowly(run, async () => void (await meanwhile()));
    expect(stopped.state).toBe("running");
    expect(stopped.progress.ground!.from).not.toBe(FROM);
    await release(shop.id, "runs", "test", shop.now());
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: SLICE_RECORDS_MAX + 100 });
  });

  it("leaves to the next one where the slices behind its own end", async () => {
    const changes = shop.store.list("orders").map(({ updatedAt }) => updatedAt);
    const run = await begin(changes.sort()[0]);
    const stopped = await stepSlowly(run, async () => void (await hold(shop.id, "runs", "test", shop.now())));
    expect(stopped.state).toBe("running");
    expect(stopped.progress.ends!.at(-1)).toBe(stopped.progress.ground!.until);
    await release(shop.id, "runs", "test", shop.now());
    shop.asked.length = 0;
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: SLICE_RECORDS_MAX + 100 });
    expect(shop.asked.filter(({ document }) => /^query Counts[^]*c1:/.test(document))).toEqual([]);
  });
});
