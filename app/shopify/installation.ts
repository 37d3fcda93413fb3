// What Shopify says of the shop and of our installation in it.
import type { Client } from "#app/shopify/client.ts";

export const INSTALLATION = /* GraphQL */ `
  query Installation {
    shop {
      name
      currencyCode
      ianaTimezone
    }
    currentAppInstallation {
      accessScopes {
        handle
      }
    }
  }
`;

export interface Installation {
  readonly name: string;
  readonly currencyCode: string;
  /** IANA: `Europe/Zurich`. */
  readonly timeZone: string;
  /** Granted scopes, such as `read_orders`. */
  readonly scopes: readonly string[];
  /** The API version that answered. */
  readonly apiVersion: string | null;
}

interface Answered {
  readonly shop: { readonly name: string; readonly currencyCode: string; readonly ianaTimezone: string };
  readonly currentAppInstallation: { readonly accessScopes: readonly { readonly handle: string }[] };
}

/** @throws as Client.query does. */
export async function readInstallation(client: Client): Promise<Installation> {
  const { data, apiVersion } = await client.query<Answered>(INSTALLATION, {}, { lane: "targeted" });
  const { shop, currentAppInstallation } = data;
  return {
    name: shop.name,
    currencyCode: shop.currencyCode,
    timeZone: shop.ianaTimezone,
    scopes: currentAppInstallation.accessScopes.map(({ handle }) => handle),
    apiVersion,
  };
}
