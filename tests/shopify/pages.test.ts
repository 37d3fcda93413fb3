import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resourceOf } from "#app/resources/index.ts";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { nodesById, nodesByParent, pages } from "#app/shopify/pages.ts";
import { gid, item, order, product, times } from "#tests/shopify/records.ts";
import { openStore } from "#tests/shopify/small-store.ts";
import type { Node } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { SmallStore, StoredRecord } from "#tests/shopify/small-store.ts";

let store: SmallStore;
let client: Client;

beforeEach(async () => {
  store = await openStore();
  client = createClient({ shop: store.domain, accessToken: "t", budget: createBudget(), fetch: store.fetch });
});
afterEach(() => store.close());

async function all(batches: AsyncGenerator<Page>): Promise<Page[]> {
  const found: Page[] = [];
  for await (const page of batches) found.push(page);
  return found;
}

const LANE = { lane: "targeted" } as const;
const ids = (nodes: readonly unknown[]) => nodes.map((node) => (node as { id: string }).id);

describe("pages", () => {
  it("yields every record once, in order, with where to go on", async () => {
    store.data.Product = times(23, (number) => product(number));
    const found = await all(pages(client, resourceOf("products"), { ...LANE, pageSize: 10 }));
    expect(found.map(({ nodes }) => nodes.length)).toEqual([10, 10, 3]);
    expect(found.map(({ next }) => next)).toEqual(["10", "20", null]);
    expect(ids(found.flatMap(({ nodes }) => nodes))).toEqual(ids(store.data.Product));
  });

  it("goes on where an earlier reader stopped", async () => {
    store.data.Product = times(23, (number) => product(number));
    const found = await all(pages(client, resourceOf("products"), { ...LANE, pageSize: 10, after: "20" }));
    expect(ids(found[0]!.nodes)).toEqual(ids(store.data.Product.slice(20)));
  });

  it("reads an order with 500 lines whole", async () => {
    store.data.Order = [order(1, 3), order(2, 500), order(3, 1)];
    const [page] = await all(pages(client, resourceOf("orders"), LANE));
    const lines = page!.nodes.map((node) => ids(node.lineItems as unknown[]));
    expect(lines.map(({ length }) => length)).toEqual([3, 500, 1]);
    expect(lines[1]).toEqual(ids(store.data.Order[1]!.lineItems as StoredRecord[]));
    expect((page!.nodes[0]!.shippingLines as unknown[]).length).toBe(1);
  });

  it("reads a product with 2,048 variants whole", async () => {
    store.data.Product = [product(1, 2_048)];
    const [page] = await all(pages(client, resourceOf("products"), LANE));
    expect(new Set(ids(page!.nodes[0]!.variants as unknown[])).size).toBe(2_048);
  });

  it("reads records that exist only within others, however many one holds", async () => {
    store.data.InventoryItem = [item(1, 2), item(2, 0), item(3, 37)];
    const found = await all(pages(client, resourceOf("inventory_levels"), LANE));
    expect(found.flatMap(({ nodes }) => nodes)).toHaveLength(39);
    expect(
      new Set(found.flatMap(({ nodes }) => nodes.map((node) => (node.item as { id: string }).id))).size,
    ).toBe(2);
  });

  it("reads a record anew that changed while its children were being paged", async () => {
    store.data.Order = [order(1, 120)];
    let isChanged = false;
    store.intercept = ({ document }) => {
      if (document.includes("node(id: $id)") && !isChanged) {
        isChanged = true;
        store.data.Order = [{ ...order(1, 119), updatedAt: "2026-11-03T00:00:00Z", note: "changed" }];
      }
      return null;
    };
    const [page] = await all(pages(client, resourceOf("orders"), LANE));
    expect(page!.nodes[0]).toMatchObject({ note: "changed" });
    expect(page!.nodes[0]!.lineItems).toHaveLength(119);
  });

  it("leaves out a record that was deleted while its children were being paged", async () => {
    store.data.Order = [order(1, 120), order(2, 1)];
    store.intercept = ({ document }) => {
      if (document.includes("node(id: $id)")) store.data.Order = [order(2, 1)];
      return null;
    };
    const [page] = await all(pages(client, resourceOf("orders"), LANE));
    expect(ids(page!.nodes)).toEqual([gid("Order", 2)]);
    expect(page!.missing).toEqual([gid("Order", 1)]);
  });

  it("does not take a refused list of children for an empty one", async () => {
    store.intercept = () => ({
      body: {
        data: {
          orders: { nodes: [{ id: gid("Order", 1), lineItems: null }], pageInfo: { hasNextPage: false } },
        },
        errors: [
          {
            message: "denied",
            path: ["orders", "nodes", 0, "lineItems"],
            extensions: { code: "ACCESS_DENIED" },
          },
        ],
      },
    });
    await expect(all(pages(client, resourceOf("orders"), LANE))).rejects.toMatchObject({
      code: "ACCESS_DENIED",
    });
  });

  it("reads what is inside the entries of a list to its end, and only where there are entries", async () => {
    store.data.Order = [order(1), order(2, 1, { refunds: 3, fulfillments: 1, linesEach: 300 }), order(3)];
    const [page] = await all(pages(client, resourceOf("orders"), LANE));
    const refunds = page!.nodes.map((node) => node.refunds as readonly Node[]);
    expect(refunds.map(({ length }) => length)).toEqual([0, 3, 0]);
    for (const refund of refunds[1]!) expect(refund.refundLineItems).toHaveLength(300);
    store.requests.length = 0;
    store.data.Order = [order(1), order(3)];
    await all(pages(client, resourceOf("orders"), LANE));
    expect(store.requests).toHaveLength(1);
  });

  describe("what stands apart", () => {
    const salesIn = (page: Page | undefined) =>
      page!.nodes.map(({ agreements }) =>
        (agreements as readonly Node[] | undefined)?.map(
          ({ sales }) => new Set(ids(sales as unknown[])).size,
        ),
      );

    it("is read to its end, with all that its nodes hold, and only where something is there", async () => {
      const few = { ...order(2, 1, { agreements: [3, 0] }), edited: true };
      const many = order(4, 1, { refunds: 1, agreements: [1, 2, 1, 1, 1, 1, 1, 1, 1] });
      const large = {
        ...order(5, 1, { agreements: [500, 7, 0, 8, 2, 1] }),
        cancelledAt: "2026-11-02T10:00:00Z",
      };
      store.data.Order = [order(1), few, order(3), many, large];
      const [page] = await all(pages(client, resourceOf("orders"), LANE));
      expect(salesIn(page)).toEqual([
        undefined,
        [3, 0],
        undefined,
        [1, 2, 1, 1, 1, 1, 1, 1, 1],
        [500, 7, 0, 8, 2, 1],
      ]);
      store.requests.length = 0;
      store.data.Order = [order(1), order(3)];
      await all(pages(client, resourceOf("orders"), LANE));
      expect(store.requests).toHaveLength(1);
    });

    it("is read again with its record when that has changed meanwhile, at either end", async () => {
      for (const step of ["OrderState", "OrderAgreementsSales"]) {
        const edited: StoredRecord = { ...order(1, 1, { agreements: [20, 1] }), edited: true };
        store.data.Order = [edited];
        store.intercept = ({ document }) => {
          if (document.includes(step) && edited.note !== step) {
            (edited.agreements as StoredRecord[]).push(
              ...(order(7, 1, { agreements: [2] }).agreements as StoredRecord[]),
            );
            Object.assign(edited, { note: step, updatedAt: "2026-11-20T10:00:00Z" });
          }
          return null;
        };
        const [page] = await all(pages(client, resourceOf("orders"), LANE));
        expect(page!.nodes[0]).toMatchObject({ note: step, updatedAt: "2026-11-20T10:00:00Z" });
        expect(salesIn(page)).toEqual([[20, 1, 2]]);
      }
    });
  });

  it("reads a record again of which an entry has changed meanwhile", async () => {
    store.data.Order = [order(1, 1, { refunds: 1 })];
    store.intercept = ({ document }) => {
      const [refund] = store.data.Order![0]!.refunds as StoredRecord[];
      if (document.includes("RefundState") && refund!.note !== "changed") {
        Object.assign(refund!, { note: "changed", updatedAt: "2026-11-20T10:00:00Z" });
      }
      return null;
    };
    const [page] = await all(pages(client, resourceOf("orders"), LANE));
    expect(page!.nodes[0]!.refunds).toMatchObject([{ note: "changed", refundLineItems: [{}] }]);
  });

  it("asks for less at a time when Shopify finds a page too dear", async () => {
    store.data.Product = times(7, (number) => product(number));
    store.intercept = ({ variables: { first } }) =>
      (first as number) > 4
        ? { body: { errors: [{ message: "dear", extensions: { code: "MAX_COST_EXCEEDED" } }] } }
        : null;
    const found = await all(pages(client, resourceOf("products"), LANE));
    expect(ids(found.flatMap(({ nodes }) => nodes))).toEqual(ids(store.data.Product));
  });

  it("asks for less at a time when a gateway gives up on a page, and not for the first time", async () => {
    store.data.Product = times(7, (number) => product(number));
    store.intercept = ({ variables: { first } }) =>
      (first as number) > 4 ? { status: 504, body: "<html>Gateway Timeout</html>" } : null;
    await expect(all(pages(client, resourceOf("products"), LANE))).rejects.toThrow("504");
    const again = { ...LANE, passesOver: true };
    const found = await all(pages(client, resourceOf("products"), again));
    expect(ids(found.flatMap(({ nodes }) => nodes))).toEqual(ids(store.data.Product));
    expect(found.flatMap(({ stuck }) => stuck)).toEqual([]);
    // Nothing at all is answered: that is no page's fault.
    store.intercept = () => ({ status: 502, body: "" });
    await expect(all(pages(client, resourceOf("products"), again))).rejects.toThrow("502");
  });
});

describe("nodesById", () => {
  it("yields what exists and names what does not", async () => {
    store.data.Order = times(30, (number) => order(number, 60));
    const asked = [gid("Order", 99), ...ids(store.data.Order), gid("Order", 98)];
    const found = await all(nodesById(client, resourceOf("orders"), asked, LANE));
    expect(ids(found.flatMap(({ nodes }) => nodes))).toEqual(ids(store.data.Order));
    expect(found.flatMap(({ missing }) => missing).sort()).toEqual([gid("Order", 98), gid("Order", 99)]);
    expect(found.flatMap(({ nodes }) => nodes.map((node) => (node.lineItems as unknown[]).length))).toEqual(
      times(30, () => 60),
    );
  });

  it("asks for nothing when there is nothing to ask for", async () => {
    expect(await all(nodesById(client, resourceOf("orders"), [], LANE))).toEqual([]);
    expect(store.requests).toEqual([]);
  });
});

describe("nodesByParent", () => {
  it("yields all records of the parents", async () => {
    store.data.InventoryItem = [item(1, 2), item(2, 25)];
    const asked = [gid("InventoryItem", 2), gid("InventoryItem", 7)];
    const found = await all(nodesByParent(client, resourceOf("inventory_levels"), asked, LANE));
    expect(found.flatMap(({ nodes }) => nodes)).toHaveLength(25);
    expect(found.flatMap(({ missing }) => missing)).toEqual([gid("InventoryItem", 7)]);
  });
});
