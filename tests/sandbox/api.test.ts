// The Admin API as an app meets it: pages, searches, counts, access, throttling, mutations; and what is refused.
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { publishProduct, updateProduct } from "#sandbox/store/acts.ts";
import { SHOP_APP } from "#sandbox/store/channels.ts";
import { financialStatus } from "#sandbox/store/states.ts";
import { gid } from "#sandbox/store/truth.ts";
import { openShop, SCOPES, type Json, type Shop, type ShopOptions } from "#tests/sandbox/api-shop.ts";

const SIZES = { orders: 110, products: 20 };
let shop: Shop;
beforeAll(() => {
  shop = openShop({ sizes: SIZES });
});
afterAll(async () => {
  await shop.api.close();
  expect(shop.bugs).toEqual([]);
});
afterEach(() => {
  // Tests share the shop, but not its budget.
  shop.clock.advance(60_000);
});

const others: Shop[] = [];
const open = (options: ShopOptions = {}): Shop => {
  const other = openShop(options);
  others.push(other);
  return other;
};
afterEach(async () => {
  for (const other of others.splice(0)) await other.api.close();
});

const nodesOf = (value: Json | undefined): Json[] => [...((value?.nodes ?? []) as unknown as Json[])];

async function walk(
  of: Shop,
  field: string,
  args: string,
  size: number,
): Promise<{ ids: string[]; sizes: number[] }> {
  const ids: string[] = [];
  const sizes: number[] = [];
  let after: string | null = null;
  do {
    const query = `query Walk($first: Int!, $after: String) { ${field}(first: $first, after: $after ${args}) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const page: Json | undefined = (await of.ask(query, { first: size, after })).data?.[field];
    const nodes = nodesOf(page);
    ids.push(...nodes.map((node) => String(node.id)));
    sizes.push(nodes.length);
    after = page?.pageInfo?.hasNextPage ? String(page.pageInfo.endCursor) : null;
  } while (after !== null);
  return { ids, sizes };
}

describe("pages", () => {
  it.each([
    ["orders", ""],
    ["orders", ", sortKey: UPDATED_AT"],
    ["orders", ", sortKey: CREATED_AT, reverse: true"],
    ["products", ", sortKey: TITLE"],
    ["productVariants", ""],
    ["inventoryItems", ", reverse: true"],
    ["customers", ", sortKey: NAME"],
  ])("walk %s%s from end to end, each record once", async (field, args) => {
    const { ids, sizes } = await walk(shop, field, args, 40);
    const table = {
      orders: "orders",
      products: "products",
      productVariants: "variants",
      inventoryItems: "inventoryItems",
      customers: "customers",
    }[field];
    const all = shop.store.list(table as "orders");
    expect(new Set(ids).size).toBe(all.length);
    expect(ids).toHaveLength(all.length);
    expect(sizes.slice(0, -1).every((size) => size === 40)).toBe(true);
  });

  it("are in order", async () => {
    const answer = await shop.ask("{ orders(first: 100, sortKey: UPDATED_AT) { nodes { updatedAt } } }");
    const times = nodesOf(answer.data?.orders).map((node) => String(node.updatedAt));
    expect(times).toEqual(times.toSorted());
  });

  it("go backwards with last and before", async () => {
    const first = await shop.ask(
      "{ products(first: 10) { nodes { id } pageInfo { startCursor endCursor } } }",
    );
    const before = first.data?.products?.pageInfo?.endCursor;
    const answer = await shop.ask(
      "query Q($before: String) { products(last: 3, before: $before) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }",
      { before },
    );
    expect(nodesOf(answer.data?.products)).toEqual(nodesOf(first.data?.products).slice(6, 9));
    expect(answer.data?.products?.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: true });
  });

  it("have cursors of the real form, which outlive the record they end on", async () => {
    const answer = await shop.ask(
      "{ products(first: 2, sortKey: UPDATED_AT) { edges { cursor node { id updatedAt } } } }",
    );
    const [edge] = answer.data?.products?.edges as unknown as Json[];
    const cursor = JSON.parse(Buffer.from(String(edge?.cursor), "base64").toString()) as {
      last_id: number;
      last_value: string;
    };
    expect(cursor.last_id).toBe(Number(String(edge?.node?.id).split("/").at(-1)));
    expect(cursor.last_value).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    const gone = open({ sizes: SIZES });
    const [first, second] = nodesOf(
      (await gone.ask("{ products(first: 2, sortKey: UPDATED_AT) { nodes { id } } }")).data?.products,
    );
    const after = (await gone.ask("{ products(first: 1, sortKey: UPDATED_AT) { pageInfo { endCursor } } }"))
      .data?.products?.pageInfo?.endCursor;
    updateProduct(gone.store, String(first?.id).split("/").at(-1) ?? "", { title: "Moved to the end" });
    const next = await gone.ask(
      "query Q($after: String) { products(first: 1, sortKey: UPDATED_AT, after: $after) { nodes { id } } }",
      { after },
    );
    expect(nodesOf(next.data?.products)).toEqual([second]);
  });

  it.each([
    ["{ orders { nodes { id } } }", "you must provide one of first or last"],
    ["{ orders(first: 1, last: 1) { nodes { id } } }", "providing both first and last is not supported"],
    ['{ orders(first: 1, after: "x") { nodes { id } } }', "Malformed cursor"],
  ])("refuse %s", async (query, message) => {
    const answer = await shop.ask(query);
    expect(answer.data).toBeNull();
    expect(answer.errors).toMatchObject([{ message, path: ["orders"], extensions: { code: "BAD_REQUEST" } }]);
  });

  it("hold at most 250", async () => {
    const answer = await shop.ask("{ orders(first: 251) { nodes { id } } }");
    expect(answer.errors[0]?.extensions.code).toBe("BAD_REQUEST");
  });
});

describe("searches", () => {
  it("by time agree with the store", async () => {
    const orders = shop.store.list("orders").toSorted((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1));
    const from = orders[40]?.updatedAt ?? "";
    const to = orders[80]?.updatedAt ?? "";
    const query = `updated_at:>='${from}' AND updated_at:<'${to}'`;
    const expected = orders
      .filter((order) => order.updatedAt >= from && order.updatedAt < to)
      .map((order) => gid("Order", order.id));
    const list = await shop.ask(
      "query Q($query: String) { orders(first: 250, query: $query) { nodes { id } } ordersCount(query: $query, limit: null) { count precision } }",
      { query },
    );
    expect(
      nodesOf(list.data?.orders)
        .map((node) => String(node.id))
        .toSorted(),
    ).toEqual(expected.toSorted());
    expect(list.data?.ordersCount).toEqual({ count: expected.length, precision: "EXACT" });
    expect(list.extensions.search).toBeUndefined();
  });

  it("by state agree with the store", async () => {
    const paid = shop.store.list("orders").filter((order) => financialStatus(order) === "PAID").length;
    const answer = await shop.ask('{ ordersCount(query: "financial_status:paid") { count } }');
    expect(answer.data?.ordersCount?.count).toBe(paid);
  });

  it("warn in the answer, at the path of the field", async () => {
    const answer = await shop.ask('{ mine: orders(first: 1, query: "nonsense:1") { nodes { id } } }');
    expect(answer.extensions.search).toEqual([
      {
        path: ["mine"],
        query: "nonsense:1",
        parsed: { field: "nonsense", match_all: "1" },
        warnings: [
          { field: "nonsense", message: "Invalid search field for this query.", code: "invalid_field" },
        ],
      },
    ]);
  });

  it("lag behind writes by the dial, single records do not", async () => {
    const lagging = open({ sizes: SIZES });
    lagging.turn({ searchLagMs: 3_000 });
    const [product] = lagging.store.list("products");
    const id = product?.id ?? "";
    updateProduct(lagging.store, id, { vendor: "Brand new" });
    const query = `{ product(id: "${gid("Product", id)}") { vendor } productsCount(query: "vendor:'Brand new'") { count } }`;
    const early = await lagging.ask(query);
    expect(early.data).toEqual({
      product: { vendor: "Brand new" },
      productsCount: { count: 0, precision: undefined },
    });
    lagging.clock.advance(3_001);
    expect((await lagging.ask(query)).data?.productsCount?.count).toBe(1);
  });
});

it("searches by no field that the schema does not name for the root", async () => {
  const official = JSON.parse(
    readFileSync(new URL("../../sandbox/schema/admin-2026-10.searches.json", import.meta.url), "utf8"),
  ) as Record<string, string>;
  const roots = ["orders", "products", "customers", "collections"].flatMap((list) => [list, `${list}Count`]);
  roots.push("productVariants", "inventoryItems", "locations", "fulfillmentOrders");
  const made = ["closed_at", "cancelled_at", "total_price", "order_name", "inventory_item_id"];
  const unknown = (root: string) =>
    // Every field that some root knows and this one does not.
    [...new Set([...roots.flatMap((each) => official[each]!.split(" ")), ...made])].filter(
      (field) => !official[root]!.split(" ").includes(field) && !["default", "metafields."].includes(field),
    );
  const granted = open({ scopes: [...SCOPES, "read_merchant_managed_fulfillment_orders"] });
  for (const root of roots) {
    const wanted = unknown(root);
    const query = wanted.map((field) => `${field}:1`).join(" OR ");
    const asked = root.endsWith("Count")
      ? `{ ${root}(query: "${query}") { count } }`
      : `{ ${root}(first: 1, query: "${query}") { nodes { id } } }`;
    const [report] = ((await granted.ask(asked)).extensions.search ?? []) as {
      warnings: { field: string; code: string }[];
    }[];
    const warned = (report?.warnings ?? []).filter(({ code }) => code === "invalid_field");
    expect(warned.map(({ field }) => field).toSorted(), root).toEqual(wanted.toSorted());
  }
});

describe("counts", () => {
  it("stop at their limit", async () => {
    const answer = await shop.ask(
      "{ ordersCount(limit: 100) { count precision } all: ordersCount(limit: null) { count precision } }",
    );
    expect(answer.data).toEqual({
      ordersCount: { count: 100, precision: "AT_LEAST" },
      all: { count: SIZES.orders, precision: "EXACT" },
    });
  });
});

describe("nodes", () => {
  it("come in the order asked, null for what is not there, whatever their type", async () => {
    const { store } = shop;
    const [level] = store.list("inventoryLevels");
    const [order] = store.list("orders");
    const ids = [
      gid("Order", order?.id ?? ""),
      gid("Product", "1"),
      gid("Location", store.list("locations")[0]?.id ?? ""),
      `gid://shopify/InventoryLevel/${level?.number}?inventory_item_id=${level?.inventoryItemId}`,
      gid("LineItem", order?.lines[0]?.id ?? ""),
    ];
    const answer = await shop.ask("query Q($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", { ids });
    const types = ["Order", null, "Location", "InventoryLevel", "LineItem"];
    expect(answer.data?.nodes).toEqual(
      ids.map((id, index) => (types[index] ? { __typename: types[index], id } : null)),
    );
  });

  it("are at most 250", async () => {
    const ids = Array.from({ length: 251 }, (_, index) => gid("Order", String(index + 1)));
    const answer = await shop.ask("query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids });
    expect(answer.errors).toEqual([
      {
        message: "The input array size of 251 is greater than the maximum allowed of 250.",
        locations: [{ line: 1, column: 25 }],
        path: ["nodes", "ids"],
        extensions: { code: "MAX_INPUT_SIZE_EXCEEDED" },
      },
    ]);
    expect(answer.extensions.cost.actualQueryCost).toBeNull();
  });
});

describe("what is not there to be had", () => {
  it("a field the sandbox does not model is named, never invented", async () => {
    const [order] = shop.store.list("orders");
    const answer = await shop.ask(
      "query Q($id: ID!) { order(id: $id) { id customerJourneySummary { ready } } }",
      { id: gid("Order", order?.id ?? "") },
    );
    expect(answer.errors).toMatchObject([
      {
        message: "The sandbox does not model Order.customerJourneySummary.",
        path: ["order", "customerJourneySummary"],
        extensions: { code: "SANDBOX_NOT_MODELLED" },
      },
    ]);
    expect(answer.data?.order?.id).toBe(gid("Order", order?.id ?? ""));
  });

  it("an argument it does not model is named too", async () => {
    const [order] = shop.store.list("orders");
    const answer = await shop.ask(
      "query Q($id: ID!) { order(id: $id) { transactions(capturable: true) { id } } }",
      { id: gid("Order", order?.id ?? "") },
    );
    expect(answer.errors[0]?.message).toBe(
      "The sandbox does not model the argument capturable of Order.transactions.",
    );
  });

  it("a missing scope is named in Shopify's sentence", async () => {
    const answer = await open({ scopes: ["read_products"] }).ask("{ orders(first: 1) { nodes { id } } }");
    const requiredAccess =
      "`read_orders` access scope, `read_marketplace_orders` access scope or `read_quick_sale` access scope.";
    expect(answer.data).toBeNull();
    expect(answer.errors).toEqual([
      {
        message: `Access denied for orders field. Required access: ${requiredAccess}`,
        locations: [{ line: 1, column: 3 }],
        path: ["orders"],
        extensions: {
          code: "ACCESS_DENIED",
          documentation: "https://shopify.dev/api/usage/access-scopes",
          requiredAccess,
        },
      },
    ]);
  });

  it("a write scope reads too", async () => {
    const answer = await open({ scopes: ["write_products"] }).ask(
      "{ productsCount { count } products(first: 1) { nodes { id } } }",
    );
    expect(answer.errors).toEqual([]);
  });

  it("orders older than sixty days need read_all_orders", async () => {
    const narrow = open({ sizes: SIZES, scopes: SCOPES.filter((scope) => scope !== "read_all_orders") });
    const since = narrow.store.now().getTime() - 60 * 86_400_000;
    const recent = narrow.store.list("orders").filter((order) => Date.parse(order.createdAt) >= since);
    const old = narrow.store.list("orders").find((order) => Date.parse(order.createdAt) < since);
    expect(recent.length).toBeLessThan(SIZES.orders);
    const answer = await narrow.ask(
      "query Q($id: ID!) { ordersCount { count } order(id: $id) { id } node(id: $id) { id } }",
      { id: gid("Order", old?.id ?? "") },
    );
    expect(answer.data).toMatchObject({ ordersCount: { count: recent.length }, order: null, node: null });
  });

  it("customer data needs Shopify's approval: whole types, then single fields", async () => {
    const unapproved = open({ sizes: SIZES });
    unapproved.installs.install();
    unapproved.installs.approveProtectedData(false);
    const denied = await unapproved.ask("{ orders(first: 1) { nodes { id } } }");
    expect(denied.errors[0]?.message).toContain("This app is not approved to access the Order object.");
    expect(denied.data).toBeNull();
    unapproved.installs.approveProtectedData(["customer_data", "name"]);
    const partly = await unapproved.ask("{ customers(first: 1) { nodes { id firstName email } } }");
    expect(partly.errors).toMatchObject([
      { path: ["customers", "nodes", 0, "email"], extensions: { code: "ACCESS_DENIED" } },
    ]);
    const [customer] = nodesOf(partly.data?.customers);
    expect(customer?.email).toBeNull();
    expect(customer?.firstName).not.toBeNull();
  });
});

describe("queries that do not fit", () => {
  it.each([
    ["{ nope }", "Field 'nope' doesn't exist on type 'QueryRoot'", "undefinedField", ["query", "nope"]],
    [
      "query Q { products(first: 1) { nodes { nope } } }",
      "Field 'nope' doesn't exist on type 'Product'",
      "undefinedField",
      ["query Q", "products", "nodes", "nope"],
    ],
    [
      "{ shop(x: 1) { id } }",
      "Field 'shop' doesn't accept argument 'x'",
      "argumentNotAccepted",
      ["query", "shop", "x"],
    ],
    [
      "{ order { id } }",
      "Field 'order' is missing required arguments: id",
      "missingRequiredArguments",
      ["query", "order"],
    ],
    [
      "query Q($x: Int) { shop { id } }",
      "Variable $x is declared by Q but not used",
      "variableNotUsed",
      ["query Q"],
    ],
    [
      "{ shop }",
      "Field must have selections (field 'shop' returns Shop but has no selections. Did you mean 'shop { ... }'?)",
      "selectionMismatch",
      ["query", "shop"],
    ],
    ["{ shop {", "syntax error, unexpected end of file at [1, 9]", "PARSE_ERROR", undefined],
  ])("%s", async (query, message, code, path) => {
    const answer = await shop.ask(query);
    expect(answer.data).toBeUndefined();
    expect(answer.errors[0]).toMatchObject({ message, extensions: { code } });
    expect(answer.errors[0]?.path).toEqual(path);
  });

  it.each([
    [
      { id: "1" },
      "Variable $id of type ID! was provided invalid value",
      [{ path: [], explanation: "Invalid global id '1'", message: "Invalid global id '1'" }],
    ],
    [
      {},
      "Variable $id of type ID! was provided invalid value",
      [{ path: [], explanation: "Expected value to not be null" }],
    ],
  ])("variables %j", async (variables, message, problems) => {
    const answer = await shop.ask("query Q($id: ID!) { order(id: $id) { id } }", variables);
    expect(answer.errors[0]).toMatchObject({ message, extensions: { code: "INVALID_VARIABLE", problems } });
  });

  it("input objects, by the path of what is wrong", async () => {
    const answer = await shop.ask(
      "mutation M($product: ProductUpdateInput!) { productUpdate(product: $product) { product { id } } }",
      { product: { status: "GONE" } },
    );
    expect(answer.errors[0]?.message).toBe(
      'Variable $product of type ProductUpdateInput! was provided invalid value for status (Expected "GONE" to be one of: ACTIVE, ARCHIVED, DRAFT, UNLISTED)',
    );
  });

  it("ask for a name among several operations", async () => {
    const two = "query A { shop { id } } query B { shop { name } }";
    expect((await shop.ask(two)).errors).toMatchObject([{ message: "An operation name is required" }]);
    expect((await shop.ask(two, {}, "C")).errors).toMatchObject([{ message: 'No operation named "C"' }]);
    expect((await shop.ask(two, {}, "B")).data).toEqual({ shop: { name: shop.store.shop.name } });
  });
});

describe("budget", () => {
  it("refuses a query above the ceiling before it runs", async () => {
    const nested =
      "{ orders(first: 250) { nodes { id lineItems(first: 250) { nodes { id taxLines { title } duties { id } product { id } variant { id } } } fulfillmentOrders(first: 250) { nodes { id lineItems(first: 250) { nodes { id } } } } } } }";
    const answer = await shop.ask(nested);
    expect(answer.data).toBeUndefined();
    expect(answer.errors[0]?.message).toMatch(
      /^Query cost is \d+, which exceeds the single query max cost limit \(1000\)\./,
    );
    expect(answer.errors[0]?.extensions).toMatchObject({ code: "MAX_COST_EXCEEDED", maxCost: 1000 });
  });

  it("pays with points, throttles when they are gone, and recovers", async () => {
    const small = open({ sizes: SIZES });
    const query =
      "{ orders(first: 250) { nodes { id lineItems(first: 100) { nodes { id title product { id } variant { id } } } } } }";
    const costs: number[] = [];
    let answer = await small.ask(query);
    while (answer.errors.length === 0) {
      costs.push(answer.extensions.cost.actualQueryCost ?? 0);
      answer = await small.ask(query);
    }
    expect(answer.errors).toEqual([
      {
        message: "Throttled",
        extensions: { code: "THROTTLED", documentation: "https://shopify.dev/api/usage/rate-limits" },
      },
    ]);
    const { cost } = answer.extensions;
    expect(answer.data).toBeUndefined();
    expect(cost.actualQueryCost).toBeNull();
    expect(cost.throttleStatus.currentlyAvailable).toBe(2_000 - costs.reduce((sum, each) => sum + each, 0));
    small.clock.advance(
      Math.ceil(
        ((cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable) /
          cost.throttleStatus.restoreRate) *
          1000,
      ),
    );
    expect((await small.ask(query)).errors).toEqual([]);
  });
});

describe("requests", () => {
  const path = "/admin/api/2026-10/graphql.json";
  const query = { query: "{ shop { id } }" };

  it("need a token", async () => {
    const answer = await shop.post(path, query, { "x-shopify-access-token": "shpat_wrong" });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      errors: "[API] Invalid API key or access token (unrecognized login or wrong password)",
    });
  });

  it("name the version that answers", async () => {
    const headers = { "x-shopify-access-token": await shop.token() };
    const answer = await shop.post(path, query, headers);
    expect(answer.headers.get("x-shopify-api-version")).toBe("2026-10");
    expect(answer.headers.get("x-request-id")).not.toBeNull();
    const older = await shop.post("/admin/api/2025-01/graphql.json", query, headers);
    expect(older.headers.get("x-shopify-api-version")).toBe("2026-10");
    expect(older.headers.get("x-shopify-api-version-warning")).not.toBeNull();
  });

  it("to another path, by another method, or unreadable", async () => {
    const headers = { "x-shopify-access-token": await shop.token() };
    expect((await shop.post("/admin/api/2026-10/orders.json", query, headers)).status).toBe(404);
    expect((await shop.api.handle(new Request(`https://shop.test${path}`))).status).toBe(405);
    expect((await shop.post(path, "{", headers)).status).toBe(400);
    expect((await shop.post(path, {}, headers)).status).toBe(400);
  });

  it("are logged with what they cost", async () => {
    await shop.ask("query Named { shop { id } }");
    const [call] = shop.api.callLog.list({ limit: 1 });
    expect(call).toMatchObject({
      operation: "Named",
      status: 200,
      requestedCost: 1,
      actualCost: 1,
      errors: [],
    });
    expect(call?.bucketLeft).toBeGreaterThan(0);
  });

  it("fail when the dial says so, and during an outage", async () => {
    const failing = open();
    await failing.token();
    failing.turn({ apiErrorPercent: 100 });
    expect((await failing.post(path, query)).status).toBe(503);
    failing.turn({ apiErrorPercent: 0, outage: true });
    expect((await failing.post(path, query)).status).toBe(503);
  });
});

describe("mutations", () => {
  it("subscribe to webhooks, and refuse what Shopify refuses", async () => {
    const create = `mutation C($topic: WebhookSubscriptionTopic!, $input: WebhookSubscriptionInput!) {
      webhookSubscriptionCreate(topic: $topic, webhookSubscription: $input) { webhookSubscription { id topic uri filter includeFields } userErrors { field message } } }`;
    const make = async (uri: string, topic = "PRODUCTS_UPDATE", more: Record<string, unknown> = {}) =>
      (await shop.ask(create, { topic, input: { uri, ...more } })).data?.webhookSubscriptionCreate;
    const made = await make("https://app.test/hooks", "INVENTORY_LEVELS_UPDATE", { includeFields: ["id"] });
    expect(made?.userErrors).toEqual([]);
    expect(shop.api.subscriptions.list()).toMatchObject([
      {
        topic: "inventory_levels/update",
        address: "https://app.test/hooks",
        origin: "api",
        includeFields: ["id"],
      },
    ]);
    const refusals = [
      ["http://app.test", "Address protocol http:// is not supported"],
      [" ", "Address can't be blank"],
      ["https://x.myshopify.com/a", "Address cannot be a Shopify or an internal domain"],
    ] as const;
    for (const [uri, message] of refusals) {
      expect((await make(uri))?.userErrors).toEqual([
        { field: ["webhookSubscription", "callbackUrl"], message },
      ]);
    }
    expect((await make("https://app.test/hooks", "INVENTORY_LEVELS_UPDATE"))?.userErrors).toEqual([
      {
        field: ["webhookSubscription", "callbackUrl"],
        message: "Address for this topic has already been taken",
      },
    ]);
    const id = made?.webhookSubscription?.id;
    const gone = await shop.ask(
      "mutation D($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } } }",
      { id },
    );
    expect(gone.data?.webhookSubscriptionDelete).toEqual({
      deletedWebhookSubscriptionId: id,
      userErrors: [],
    });
    expect(shop.api.subscriptions.list()).toEqual([]);
  });

  it("write products, tags, metafields and stock through the store's acts", async () => {
    const busy = open({ sizes: SIZES });
    const topics: string[] = [];
    busy.store.on("event", (event) => topics.push(event.topic));
    const created = await busy.ask(
      'mutation { productCreate(product: { title: "Lamp", tags: ["new"] }) { product { id title variants(first: 1) { nodes { inventoryItem { id } } } } userErrors { field message } } }',
    );
    const product = created.data?.productCreate?.product;
    expect(product?.title).toBe("Lamp");
    const id = product?.id;
    const tagged = await busy.ask(
      'mutation T($id: ID!) { tagsAdd(id: $id, tags: ["NEW", "bright"]) { node { ... on Product { tags } } userErrors { message } } }',
      { id },
    );
    expect([...((tagged.data?.tagsAdd?.node?.tags ?? []) as unknown as string[])].toSorted()).toEqual([
      "bright",
      "new",
    ]);
    const set = `mutation M($fields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $fields) { metafields { namespace key value compareDigest } userErrors { field message code } } }`;
    const field = { ownerId: id, namespace: "custom", key: "size", type: "number_integer", value: "3" };
    const first = await busy.ask(set, { fields: [field] });
    expect(first.data?.metafieldsSet?.metafields).toMatchObject([
      { namespace: "custom", key: "size", value: "3" },
    ]);
    const stale = await busy.ask(set, { fields: [{ ...field, value: "4", compareDigest: "old" }] });
    expect(stale.data?.metafieldsSet?.userErrors).toMatchObject([{ code: "STALE_OBJECT" }]);
    const orphan = await busy.ask(set, { fields: [field, { ...field, ownerId: gid("Product", "1") }] });
    expect(orphan.data?.metafieldsSet?.userErrors).toEqual([
      { field: ["metafields", "1", "ownerId"], message: "Owner does not exist.", code: "INVALID_VALUE" },
    ]);
    const gone = await busy.ask(
      "mutation D($id: ID!) { productDelete(input: { id: $id }) { deletedProductId userErrors { message } } }",
      { id },
    );
    expect(gone.data?.productDelete?.deletedProductId).toBe(id);
    expect(
      (await busy.ask("query Q($id: ID!) { product(id: $id) { id } }", { id })).data?.product,
    ).toBeNull();
    const events = await busy.ask(
      '{ events(first: 5, reverse: true, query: "subject_type:PRODUCT AND action:destroy") { nodes { ... on BasicEvent { subjectId } } } }',
    );
    expect(nodesOf(events.data?.events)[0]?.subjectId).toBe(id);
    expect(topics).toContain("products/create");
    expect(topics).toContain("products/delete");
  });

  it("move stock", async () => {
    const busy = open({ sizes: SIZES });
    const level = busy.store.list("inventoryLevels").find((each) => each.isActive);
    const place = {
      inventoryItemId: gid("InventoryItem", level?.inventoryItemId ?? ""),
      locationId: gid("Location", level?.locationId ?? ""),
    };
    const answer = await busy.ask(
      `mutation A($input: InventoryAdjustQuantitiesInput!) { inventoryAdjustQuantities(input: $input) {
        inventoryAdjustmentGroup { reason changes { name delta quantityAfterChange } } userErrors { field message } } }`,
      { input: { name: "available", reason: "correction", changes: [{ ...place, delta: 7 }] } },
    );
    expect(answer.data?.inventoryAdjustQuantities).toEqual({
      inventoryAdjustmentGroup: {
        reason: "correction",
        changes: [
          { name: "available", delta: 7, quantityAfterChange: (level?.quantities.available ?? 0) + 7 },
        ],
      },
      userErrors: [],
    });
  });

  it("uninstall the app: its token is dead at once", async () => {
    const leaving = open();
    await leaving.ask("mutation { appUninstall { app { id } userErrors { field message } } }");
    expect(leaving.told).toEqual(["app/uninstalled"]);
    const headers = { "x-shopify-access-token": await leaving.token() };
    expect(
      (await leaving.post("/admin/api/2026-10/graphql.json", { query: "{ shop { id } }" }, headers)).status,
    ).toBe(401);
  });
});

describe("a product's publications", () => {
  const query = (id: string, args: string) =>
    `{ product(id: "${gid("Product", id)}") { updatedAt resourcePublicationsV2(first: 9 ${args}) {
      nodes { isPublished publication { catalog { title } } } } } }`;

  it("are shown with their scope, later ones only when asked for; other channels' leave no trace", async () => {
    const other = open({ sizes: SIZES, scopes: [...SCOPES, "read_publications"] });
    const { id } = other.store.list("products").find(({ status }) => status === "ACTIVE")!;
    const at = other.store.need("products", id).updatedAt;
    let told = 0;
    other.store.on("event", () => void (told += 1));
    publishProduct(
      other.store,
      id,
      SHOP_APP.id,
      new Date(other.clock.now().getTime() + 3_600_000).toISOString(),
    );
    expect([told, other.store.need("products", id).updatedAt]).toEqual([0, at]);
    const titles = async (args: string) =>
      nodesOf(
        (await other.ask(query(id, args))).data?.product?.resourcePublicationsV2 as unknown as Json,
      ).map((node) => [(node.publication?.catalog as unknown as Json).title, node.isPublished]);
    expect(await titles("")).not.toContainEqual(["Shop", false]);
    expect(await titles(", onlyPublished: false")).toContainEqual(["Shop", false]);
    other.clock.advance(3_600_000);
    expect(await titles("")).toContainEqual(["Shop", true]);
    expect(() => publishProduct(other.store, id, "1")).toThrow("Publication does not exist");
  });

  it("are refused without it", async () => {
    const [product] = shop.store.list("products");
    const { errors } = await shop.ask(query(product!.id, ""));
    expect(JSON.stringify(errors)).toContain("read_publications");
  });
});
