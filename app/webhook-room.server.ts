// What the webhook door holds at once, in number and in bytes. A shop may hold no more than what is still free, so that a
// flood of one fills half of the room, two fill a third each, and whoever comes next finds a place.
import type { Space } from "#app/shopify/webhook.ts";

export interface Held {
  /** Requests between their headers and their answer. */
  readonly webhooks: number;
  /** Of bodies, read in part or whole. */
  readonly bytes: number;
}

/** One webhook's place in the room. */
export interface Visit extends Space {
  /** Gives back all that was taken. */
  leave(): void;
}

export function openRoom(max: Held): { visit(): Visit } {
  const all = { webhooks: 0, bytes: 0 };
  const byShop = new Map<string, { webhooks: number; bytes: number }>();

  function visit(): Visit {
    const mine = { webhooks: 0, bytes: 0 };
    let domain = "";
    function take(what: keyof Held, more: number): boolean {
      const shop = byShop.get(domain) ?? { webhooks: 0, bytes: 0 };
      if (shop[what] + more > max[what] - all[what]) return false;
      byShop.set(domain, shop);
      for (const holder of [all, shop, mine]) holder[what] += more;
      return true;
    }
    return {
      enter: (shopDomain) => {
        domain = shopDomain;
        return take("webhooks", 1);
      },
      take: (bytes) => take("bytes", bytes),
      leave: () => {
        const shop = byShop.get(domain);
        if (!shop) return;
        for (const holder of [all, shop]) {
          holder.webhooks -= mine.webhooks;
          holder.bytes -= mine.bytes;
        }
        if (shop.webhooks === 0) byShop.delete(domain);
      },
    };
  }
  return { visit };
}
