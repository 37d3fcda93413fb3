// Bulk operations: what is refused, what is written, how they end.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkBulkQuery } from "#sandbox/bulk/validate.ts";
import { setMetafield } from "#sandbox/store/acts.ts";
import { gid } from "#sandbox/store/truth.ts";
import { openShop, type Shop, type ShopOptions } from "#tests/sandbox/api-shop.ts";

const shops: Shop[] = [];
const SIZES = { orders: 70, products: 10 };
const open = (options: ShopOptions = {}): Shop => {
  const shop = openShop({ sizes: SIZES, ...options });
  shops.push(shop);
  return shop;
};
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.api.close();
});

const RUN = `mutation Run($query: String!, $grouped: Boolean! = false) {
  bulkOperationRunQuery(query: $query, groupObjects: $grouped) {
    bulkOperation { id status objectCount url } userErrors { field message code } } }`;
const READ = `query Read($id: ID!) { bulkOperation(id: $id) { id status errorCode completedAt objectCount rootObjectCount
  fileSize url partialDataUrl } }`;
const CANCEL = `mutation Cancel($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id status } userErrors { field message } } }`;
const ORDERS = `{ orders { edges { node { id name lineItems { edges { node { id quantity } } }
  shippingLines { edges { node { id title } } } transactions { id kind } } } } }`;
const PRODUCTS = `{ products { edges { node { id variants { edges { node { id metafields { edges { node { id key } } } } } } } } } }`;

type Row = { id?: string; __parentId?: string; [key: string]: unknown };

async function run(shop: Shop, query: string, grouped = false): Promise<string> {
  const answer = await shop.ask(RUN, { query, grouped });
  expect(answer.data?.bulkOperationRunQuery?.userErrors).toEqual([]);
  expect(answer.data?.bulkOperationRunQuery?.bulkOperation).toMatchObject({
    status: "CREATED",
    objectCount: "0",
    url: null,
  });
  return String(answer.data?.bulkOperationRunQuery?.bulkOperation?.id);
}
async function read(shop: Shop, id: string) {
  return (await shop.ask(READ, { id })).data?.bulkOperation as unknown as Record<string, string | null>;
}
async function rowsOf(shop: Shop, url: string | null | undefined): Promise<Row[]> {
  const text = await download(shop, String(url)).text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}
function download(shop: Shop, url: string, headers: Record<string, string> = {}): Response {
  const answer = shop.api.serveFile(new Request(url, { headers }));
  if (!answer) throw new Error(`${url} is no result file.`);
  return answer;
}

describe("validator", () => {
  it.each([
    [
      "{ products { nodes { id } } }",
      "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: 'products { edges { node {'. " +
        "Selecting via 'nodes' is not supported. Invalid connection fields: 'products'.",
    ],
    ["{ shop { id } }", "Bulk queries must contain at least one connection."],
    [
      "{ collections { edges { node { id products { edges { node { id variants { edges { node { id metafields { edges { node { id } } } } } } } } } } } } }",
      "Bulk queries cannot contain connections with a nesting depth greater than 2.",
    ],
    [
      "{ products { edges { node { id variants { edges { node { id } } } metafields { edges { node { id } } } collections { edges { node { id } } } " +
        "media { edges { node { id } } } sellingPlanGroups { edges { node { id } } } } } } }",
      "Bulk queries cannot contain more than 5 connections.",
    ],
    [
      "{ products { edges { node { title variants { edges { node { id } } } } } } }",
      "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. " +
        "Connection fields without 'id': products.",
    ],
    [
      'mutation { productDelete(input: { id: "gid://shopify/Product/1" }) { deletedProductId } }',
      "Invalid operation type. Only `query` operations are supported.",
    ],
    [
      "{ orders { edges { node { id fulfillments { events { edges { node { id } } } } } } } }",
      "Queries that contain a connection field within a list field are not currently supported.",
    ],
    ["", "Invalid bulk query: syntax error, unexpected end of file"],
    [
      `{ products { edges { node { id title } } } } #${"x".repeat(65_535)}`,
      "Query is too large (65581 bytes; maximum is 65535 bytes)",
    ],
  ])("refuses, no. %#", (query, message) => {
    expect(checkBulkQuery(query)).toEqual({ problems: [{ field: ["query"], message, code: "INVALID" }] });
  });

  it("says everything that is wrong with a top-level node", () => {
    expect(checkBulkQuery('{ node(id: "gid://shopify/Product/1") { id } }')).toEqual({
      problems: [
        {
          field: ["query"],
          message: "Bulk queries cannot contain a top level `node` field.",
          code: "INVALID",
        },
        { field: ["query"], message: "Bulk queries must contain at least one connection.", code: "INVALID" },
      ],
    });
  });
});

describe("result", () => {
  it("has every record of the store once, children after their parents but apart from them", async () => {
    const shop = open();
    const id = await run(shop, ORDERS);
    await shop.api.bulk.idle();
    const operation = await read(shop, id);
    const rows = await rowsOf(shop, operation.url);
    const orders = shop.store.list("orders");
    const expected = orders.flatMap((order) => [
      gid("Order", order.id),
      ...order.lines.map((line) => gid("LineItem", line.id)),
      ...order.shippingLines.filter((line) => !line.isRemoved).map((line) => gid("ShippingLine", line.id)),
    ]);
    expect(rows.map((row) => row.id).toSorted()).toEqual(expected.toSorted());
    expect(operation).toMatchObject({
      status: "COMPLETED",
      errorCode: null,
      objectCount: String(rows.length),
      rootObjectCount: String(orders.length),
      partialDataUrl: null,
    });
    const seen = new Set<unknown>();
    for (const row of rows) {
      if (row.__parentId !== undefined) expect(seen).toContain(row.__parentId);
      seen.add(row.id);
    }
    expect(rows[1]?.__parentId).toBeUndefined();
    expect(rows[0]?.transactions).toBeInstanceOf(Array);
    expect(rows[0]).not.toHaveProperty("lineItems");
    expect(shop.told).toEqual(["bulk COMPLETED"]);
  });

  it("is grouped when asked for", async () => {
    const shop = open();
    const id = await run(shop, PRODUCTS, true);
    await shop.api.bulk.idle();
    const rows = await rowsOf(shop, (await read(shop, id)).url);
    const open_: (string | undefined)[] = [];
    for (const row of rows) {
      while (open_.length > 0 && open_.at(-1) !== row.__parentId) open_.pop();
      expect(open_.at(-1)).toBe(row.__parentId);
      open_.push(row.id);
    }
  });

  it("points two levels down to the immediate parent", async () => {
    const shop = open();
    const [variant] = shop.store.list("variants");
    const field = {
      ownerType: "PRODUCTVARIANT",
      ownerId: variant?.id ?? "",
      namespace: "custom",
      key: "depth",
    } as const;
    setMetafield(shop.store, { ...field, type: "number_integer", value: "3" });
    const id = await run(shop, PRODUCTS);
    await shop.api.bulk.idle();
    const rows = await rowsOf(shop, (await read(shop, id)).url);
    const variants = new Set(shop.store.list("variants").map((each) => gid("ProductVariant", each.id)));
    const metafields = rows.filter((row) => row.key !== undefined);
    expect(metafields.length).toBeGreaterThan(0);
    for (const row of metafields) expect(variants).toContain(row.__parentId);
  });

  it("follows the search and the sort order, and ignores page sizes", async () => {
    const shop = open();
    const id = await run(
      shop,
      `{ orders(first: 1, query: "financial_status:paid", sortKey: UPDATED_AT, reverse: true) { edges { node { id updatedAt displayFinancialStatus } } } }`,
    );
    await shop.api.bulk.idle();
    const rows = await rowsOf(shop, (await read(shop, id)).url);
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map((row) => row.displayFinancialStatus))).toEqual(new Set(["PAID"]));
    const times = rows.map((row) => String(row.updatedAt));
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it("has no address when there is nothing in it", async () => {
    const shop = open();
    const id = await run(shop, '{ orders(query: "id:1") { edges { node { id } } } }');
    await shop.api.bulk.idle();
    expect(await read(shop, id)).toMatchObject({
      status: "COMPLETED",
      objectCount: "0",
      url: null,
      fileSize: null,
    });
  });
});

describe("result file", () => {
  it("is served whole and in parts", async () => {
    const shop = open();
    const id = await run(shop, ORDERS);
    await shop.api.bulk.idle();
    const { url, fileSize } = await read(shop, id);
    const whole = download(shop, String(url));
    expect(whole.headers.get("content-type")).toBe("application/jsonl");
    const text = await whole.text();
    expect(fileSize).toBe(String(Buffer.byteLength(text)));
    const part = download(shop, String(url), { range: "bytes=10-29" });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 10-29/${fileSize}`);
    expect(await part.text()).toBe(text.slice(10, 30));
    const rest = download(shop, String(url), { range: "bytes=100-" });
    expect(await rest.text()).toBe(Buffer.from(text).subarray(100).toString());
    expect(download(shop, String(url), { range: `bytes=${fileSize}-` }).status).toBe(416);
  });

  it("is refused with a wrong signature, and after seven days", async () => {
    const shop = open();
    const id = await run(shop, ORDERS);
    await shop.api.bulk.idle();
    const { url } = await read(shop, id);
    expect(download(shop, String(url).replace(/Signature=./, "Signature=_")).status).toBe(403);
    shop.clock.advance(7 * 86_400_000);
    expect(download(shop, String(url)).status).toBe(403);
    expect((await read(shop, id)).url).toBeNull();
  });

  it("is still there after a restart", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bulk-"));
    try {
      const before = open({ directory });
      const id = await run(before, ORDERS);
      await before.api.bulk.idle();
      const { url } = await read(before, id);
      const rows = await rowsOf(before, url);
      await before.api.close();
      const after = open({ directory });
      expect((await read(after, id)).url).toBe(url);
      expect(await rowsOf(after, url)).toEqual(rows);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe("ends", () => {
  const slow = (): Shop => open({ api: { bulkObjectsPerSecond: 500 } });

  it("runs for a while: counts grow under way", async () => {
    const shop = slow();
    const id = await run(shop, ORDERS);
    let running = await read(shop, id);
    while (running.status === "CREATED" || running.objectCount === "0") {
      await new Promise((resolve) => setTimeout(resolve, 5));
      running = await read(shop, id);
    }
    expect(running).toMatchObject({ status: "RUNNING", url: null, completedAt: null });
    await shop.api.bulk.idle();
    expect((await read(shop, id)).status).toBe("COMPLETED");
  });

  it("canceled: on the way, and for good", async () => {
    const shop = slow();
    const id = await run(shop, ORDERS);
    const answer = await shop.ask(CANCEL, { id });
    expect(answer.data?.bulkOperationCancel).toEqual({
      bulkOperation: { id, status: "CANCELING" },
      userErrors: [],
    });
    await shop.api.bulk.idle();
    expect(await read(shop, id)).toMatchObject({
      status: "CANCELED",
      completedAt: null,
      fileSize: null,
      partialDataUrl: null,
    });
    expect(shop.told).toEqual(["bulk CANCELED"]);
  });

  it("not canceled once it is over, or was never there", async () => {
    const shop = open();
    const id = await run(shop, ORDERS);
    await shop.api.bulk.idle();
    expect((await shop.ask(CANCEL, { id })).data?.bulkOperationCancel).toEqual({
      bulkOperation: { id, status: "COMPLETED" },
      userErrors: [{ field: null, message: "A bulk operation cannot be canceled when it is completed" }],
    });
    expect(
      (await shop.ask(CANCEL, { id: "gid://shopify/BulkOperation/1" })).data?.bulkOperationCancel,
    ).toEqual({
      bulkOperation: null,
      userErrors: [{ field: ["id"], message: "Bulk operation does not exist" }],
    });
  });

  it("failed, with a part of the data", async () => {
    const shop = open();
    shop.api.bulk.failNext();
    const id = await run(shop, ORDERS);
    await shop.api.bulk.idle();
    const failed = await read(shop, id);
    expect(failed).toMatchObject({
      status: "FAILED",
      errorCode: "INTERNAL_SERVER_ERROR",
      url: null,
      rootObjectCount: "25",
    });
    const rows = await rowsOf(shop, failed.partialDataUrl);
    expect(String(rows.length)).toBe(failed.objectCount);
    const next = await run(shop, ORDERS);
    await shop.api.bulk.idle();
    expect((await read(shop, next)).status).toBe("COMPLETED");
  });

  it("failed for want of a scope", async () => {
    const shop = open({ scopes: ["read_products"] });
    const id = await run(shop, ORDERS);
    await shop.api.bulk.idle();
    expect(await read(shop, id)).toMatchObject({ status: "FAILED", errorCode: "ACCESS_DENIED" });
  });

  it("are listed newest first", async () => {
    const shop = open();
    const first = await run(shop, ORDERS);
    shop.clock.advance(1_000);
    const second = await run(shop, PRODUCTS);
    await shop.api.bulk.idle();
    const list = await shop.ask(
      '{ bulkOperations(first: 5, query: "status:completed operation_type:query") { nodes { id } } currentBulkOperation { id } }',
    );
    expect(list.data?.bulkOperations?.nodes).toEqual([{ id: second }, { id: first }]);
    expect(list.data?.currentBulkOperation).toEqual({ id: second });
  });
});
