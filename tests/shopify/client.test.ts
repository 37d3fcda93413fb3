import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { openStore } from "#tests/shopify/small-store.ts";
import type { ClientWarning, TokenSource } from "#app/shopify/client.ts";
import type { SmallStore } from "#tests/shopify/small-store.ts";

let store: SmallStore;
beforeEach(async () => void (store = await openStore()));
afterEach(() => store.close());

const warnings: ClientWarning[] = [];

function client(accessToken: string | TokenSource = "shpat_1") {
  warnings.length = 0;
  const warn = (warning: ClientWarning) => void warnings.push(warning);
  return createClient({ shop: store.domain, accessToken, budget: createBudget(), fetch: store.fetch, warn });
}

const ask = (using = client()) =>
  using.query<{ shop: unknown }>("{ shop { name } }", {}, { lane: "targeted" });

function answers(body: unknown, status = 200, headers: Record<string, string> = {}): void {
  store.intercept = () => ({ status, headers, body });
}

const coded = (code: string, path?: (string | number)[]) => ({
  message: `no: ${code}`,
  path,
  extensions: { code },
});

describe("an answer", () => {
  it("comes with its cost, the version that served it and the time at which the request left", async () => {
    const before = Date.now();
    const cost = { requestedQueryCost: 12, actualQueryCost: 7, throttleStatus: BUCKET };
    answers({ data: { shop: { name: "A" } }, extensions: { cost } });
    const using = client();
    const answer = await ask(using);
    expect(answer).toMatchObject({
      data: { shop: { name: "A" } },
      cost: { requested: 12, actual: 7 },
      denied: [],
    });
    expect(answer.apiVersion).toBe("2026-10");
    expect(Date.parse(answer.sentAt)).toBeGreaterThanOrEqual(before);
    expect(using.budget.status()).toMatchObject({ isLearned: true, maximumAvailable: 2_000, inFlight: 0 });
    expect(store.requests[0]?.token).toBe("shpat_1");
    expect(warnings).toEqual([]);
  });

  it("keeps its data when single fields are refused, and names them", async () => {
    answers({
      data: { shop: { name: null } },
      errors: [coded("ACCESS_DENIED", ["shop", "orders", 0, "email"])],
    });
    const answer = await ask();
    expect(answer.data).toEqual({ shop: { name: null } });
    expect(answer.denied).toHaveLength(1);
  });

  it("served by another version is used, with a warning", async () => {
    answers({ data: { shop: {} } }, 200, { "x-shopify-api-version": "2027-01" });
    expect((await ask()).apiVersion).toBe("2027-01");
    expect(warnings).toMatchObject([{ code: "API_VERSION" }]);
  });
});

const BUCKET = { maximumAvailable: 2_000, currentlyAvailable: 1_000, restoreRate: 100 };

describe("a refusal", () => {
  /** Asks, and is told to come again this long after the answer came. */
  async function throttledFor(waitMs: number): Promise<void> {
    const before = Date.now();
    const error = await ask().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Throttled);
    const retryAt = (error as Throttled).retryAt.getTime();
    expect(retryAt).toBeGreaterThanOrEqual(before + waitMs);
    expect(retryAt).toBeLessThanOrEqual(Date.now() + waitMs);
  }

  it.each([
    [401, "UNAUTHORIZED"],
    [402, "SHOP_FROZEN"],
    [403, "FORBIDDEN"],
    [404, "SHOP_NOT_FOUND"],
    [423, "SHOP_LOCKED"],
  ])("by status %i is Permanent(%s), in Shopify's words", async (status, code) => {
    answers({ errors: "Unavailable Shop" }, status);
    await expect(ask()).rejects.toMatchObject({ name: "Permanent", code, message: "Unavailable Shop" });
  });

  it.each([500, 502, 503, 504, 408])("by status %i passes", async (status) => {
    answers("<html>busy</html>", status);
    await expect(ask()).rejects.toBeInstanceOf(Transient);
  });

  it("by 429 waits for the seconds that Retry-After states", async () => {
    answers({ errors: "Too many" }, 429, { "retry-after": "4.0" });
    await throttledFor(4_000);
  });

  it("THROTTLED waits until the bucket holds what was asked for", async () => {
    const cost = {
      requestedQueryCost: 500,
      actualQueryCost: null,
      throttleStatus: { ...BUCKET, currentlyAvailable: 100 },
    };
    answers({ errors: [coded("THROTTLED")], extensions: { cost } });
    await throttledFor(4_000);
  });

  it.each(["INTERNAL_SERVER_ERROR", "TIMEOUT"])("by %s passes, even with some data", async (code) => {
    answers({ data: { shop: {} }, errors: [coded(code, ["shop"])] });
    await expect(ask()).rejects.toBeInstanceOf(Transient);
  });

  it("that names neither a reason nor a place is Shopify's own, and passes", async () => {
    answers({ errors: [{ message: "Timeout" }] });
    await expect(ask()).rejects.toBeInstanceOf(Transient);
  });

  it.each([
    ["MAX_COST_EXCEEDED", { errors: [coded("MAX_COST_EXCEEDED")] }],
    ["ACCESS_DENIED", { data: null, errors: [coded("ACCESS_DENIED", ["orders"])] }],
    ["ACCESS_DENIED", { data: { nodes: [null] }, errors: [coded("ACCESS_DENIED", ["nodes", 0])] }],
    ["undefinedField", { errors: [coded("undefinedField")] }],
    ["PARSE_ERROR", { errors: [{ ...coded("PARSE_ERROR"), locations: [{ line: 1, column: 1 }] }] }],
    ["GRAPHQL", { errors: [{ message: "No service", path: ["shop"], locations: [{ line: 1, column: 3 }] }] }],
  ])("%s is Permanent", async (code, body) => {
    answers(body);
    await expect(ask()).rejects.toMatchObject({ name: "Permanent", code });
  });

  it("of one root field keeps the others where roots stand apart", async () => {
    answers({ data: { a: { count: 1 }, b: null }, errors: [coded("ACCESS_DENIED", ["b"])] });
    const using = client();
    await expect(ask(using)).rejects.toBeInstanceOf(Permanent);
    const answer = await using.query("{ shop { name } }", {}, { lane: "audit", rootsApart: true });
    expect(answer.data).toEqual({ a: { count: 1 }, b: null });
  });

  it("of a search term, which Shopify only warns of, fails the query", async () => {
    const search = [
      { path: ["orders"], query: "updated_at:>=1", warnings: [{ field: "00", code: "invalid_field" }] },
    ];
    answers({ data: { orders: { nodes: [] } }, extensions: { search } });
    await expect(ask()).rejects.toMatchObject({ code: "SEARCH_WARNING" });
  });

  it("gives the reservation back, whatever happened", async () => {
    answers("no", 500);
    const using = client();
    await ask(using).catch(() => {});
    expect(using.budget.status().inFlight).toBe(0);
  });
});

describe("a connection", () => {
  it("that cannot be made passes", async () => {
    const using = createClient({
      shop: store.domain,
      accessToken: "x",
      budget: createBudget(),
      fetch: () => Promise.reject(new TypeError("fetch failed")),
    });
    await expect(ask(using)).rejects.toBeInstanceOf(Transient);
  });

  it("that the caller gives up is the caller's abort", async () => {
    const abort = new AbortController();
    abort.abort(new Error("the worker stops"));
    const using = client();
    await expect(
      using.query("{ shop { name } }", {}, { lane: "targeted", signal: abort.signal }),
    ).rejects.toThrow("the worker stops");
  });
});

describe("a refused token", () => {
  it("is replaced by a newer one, once", async () => {
    store.intercept = ({ token }) =>
      token === "old"
        ? { status: 401, body: { errors: "Invalid API key" } }
        : { body: { data: { shop: {} } } };
    const asked: (string | undefined)[] = [];
    const using = client(async (refused) => {
      asked.push(refused);
      return refused ? "new" : "old";
    });
    await ask(using);
    expect(asked).toEqual([undefined, "old"]);
    expect(store.requests.map(({ token }) => token)).toEqual(["old", "new"]);
  });

  it("without a newer one is Permanent, after one request", async () => {
    answers({ errors: "Invalid API key" }, 401);
    await expect(ask()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(store.requests).toHaveLength(1);
  });
});
