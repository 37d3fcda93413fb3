// Harmless real changes that Shopify announces, for the webhook test: an own metafield of a product where the shop lets us
// write products, else a bulk operation that finds nothing, which any app may start. Neither is seen by a customer.
import { startBulk } from "#app/shopify/bulk.ts";
import type { Client } from "#app/shopify/client.ts";
import { Permanent } from "#app/shopify/errors.ts";

export type Way = "product_metafield" | "bulk_operation";

/** What Shopify will send news of. */
export interface Touched {
  /** Of the GraphQL id of what changed: "Product", "BulkOperation". */
  readonly type: string;
  /** Numeric id. */
  readonly id: string;
}

export interface Touch {
  readonly way: Way;
  readonly topic: string;
  /** @throws as Client.query does; Permanent when there is nothing to touch, or Shopify refuses. */
  readonly change: (client: Client, now: Date) => Promise<Touched>;
}

/** `write_x` includes `read_x`. */
const BULK_ROOTS = [
  ["products", "products"],
  ["orders", "orders"],
  ["customers", "customers"],
  ["inventory", "inventoryItems"],
] as const;

/** The best way that the granted scopes allow; null when they allow none. */
export function touchFor(scopes: readonly string[]): Touch | null {
  if (scopes.includes("write_products"))
    return { way: "product_metafield", topic: "products/update", change: touchProduct };
  const root = BULK_ROOTS.find(
    ([of]) => scopes.includes(`read_${of}`) || scopes.includes(`write_${of}`),
  )?.[1];
  if (!root) return null;
  return {
    way: "bulk_operation",
    topic: "bulk_operations/finish",
    change: async (client) => {
      // No record has this id, so the operation ends at once and makes no file.
      const query = `{ ${root}(query: "id:1") { edges { node { id } } } }`;
      return partsOf((await startBulk(client, query, { lane: "targeted" })).id);
    },
  };
}

export const SOME_PRODUCT = /* GraphQL */ `
  query SomeProduct {
    products(first: 1) {
      nodes {
        id
      }
    }
  }
`;

export const TOUCH_METAFIELD = /* GraphQL */ `
  mutation TouchMetafield($ownerId: ID!, $value: String!) {
    metafieldsSet(
      metafields: [
        {
          ownerId: $ownerId
          namespace: "$app"
          key: "webhook_test"
          type: "single_line_text_field"
          value: $value
        }
      ]
    ) {
      metafields {
        id
      }
      userErrors {
        message
      }
    }
  }
`;

/** Its value must differ from the last one: Shopify announces no change that changes nothing. */
async function touchProduct(client: Client, now: Date): Promise<Touched> {
  const { data } = await client.query<{ products: { nodes: readonly { id: string }[] } }>(
    SOME_PRODUCT,
    {},
    { lane: "targeted" },
  );
  const product = data.products.nodes[0];
  if (!product) throw new Permanent("NOTHING_TO_TOUCH", "the store has no product");
  const answer = await client.query<{ metafieldsSet: { userErrors: readonly { message: string }[] } }>(
    TOUCH_METAFIELD,
    { ownerId: product.id, value: now.toISOString() },
    { lane: "targeted" },
  );
  const [refusal] = answer.data.metafieldsSet.userErrors;
  if (refusal) throw new Permanent("REFUSED", refusal.message);
  return partsOf(product.id);
}

function partsOf(gid: string): Touched {
  const [type = "", id = ""] = gid.split("/").slice(-2);
  return { type, id };
}
