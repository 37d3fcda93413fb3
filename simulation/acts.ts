// What happens in the store during its life: the sandbox's own traffic with more of what is hard (edits, refunds,
// deletions), and what that leaves out. Often several acts share a second, since versions have only whole ones.
import type { Chance } from "#sandbox/store/chance.ts";
import * as acts from "#sandbox/store/acts.ts";
import { variantsOf } from "#sandbox/store/lookups.ts";
import { decimalOf, minorOf } from "#sandbox/store/money.ts";
import type { Store } from "#sandbox/store/store.ts";
import { totals } from "#sandbox/store/totals.ts";
import { UserError } from "#sandbox/store/user-error.ts";
import { startTraffic, type Traffic } from "#sandbox/traffic/generator.ts";

const MIX = {
  edit: 0.4,
  refund: 0.4,
  cancel: 0.2,
  changeText: 0.6,
  changePrice: 0.4,
  launchProduct: 0.15,
  dropProduct: 0.15,
  changeEdition: 0,
} as const;

type Act = (store: Store, chance: Chance) => void;

/** Of all acts: what the traffic leaves out, and more with the order that was changed last. */
const RARE_SHARE = 0.25;
const AGAIN_SHARE = 0.3;
/** A giant product stays: it is there for bulk operations. */
const VARIANTS_MAX = 20;

/** Money moves once more while the news of the last change is still being looked into: bodies of orders name no payments. */
function goOnWithOrder(store: Store, chance: Chance, orderId?: string): void {
  const orders = store
    .list("orders")
    .filter(({ id, cancelledAt }) => cancelledAt === null && id === (orderId ?? id));
  if (orders.length === 0) return;
  const order = latest(orders);
  const { netPayment } = totals(order);
  const paid = minorOf(netPayment.presentment, order.presentmentCurrency);
  if (paid <= 0n) acts.markOrderPaid(store, order.id);
  else {
    const amount = decimalOf(paid / BigInt(chance.whole(2, 9)), order.presentmentCurrency);
    acts.refundOrder(store, order.id, { amount, note: "Goodwill" });
  }
}

/** What has just changed goes: much of its news comes after that of its end. */
function dropAtOnce(store: Store): void {
  const products = store.list("products").filter(({ id }) => variantsOf(store, id).length <= VARIANTS_MAX);
  if (products.length === 0) return;
  const product = latest(products);
  acts.updateProduct(store, product.id, { title: `${product.title}, last of its kind` });
  acts.deleteProduct(store, product.id);
}

function cancelAndDelete(store: Store): void {
  const orders = store.list("orders").filter(({ cancelledAt }) => cancelledAt === null);
  if (orders.length === 0) return;
  const { id } = latest(orders);
  acts.cancelOrder(store, id);
  acts.deleteOrder(store, id);
}

function latest<T extends { readonly updatedAt: string }>(records: readonly T[]): T {
  return records.reduce((one, other) => (other.updatedAt > one.updatedAt ? other : one));
}

const RARE: readonly Act[] = [
  dropAtOnce,
  cancelAndDelete,
  function deleteOrder(store, chance) {
    const orders = store.list("orders").filter(({ cancelledAt, closedAt }) => cancelledAt ?? closedAt);
    if (orders.length > 0) acts.deleteOrder(store, chance.pick(orders).id);
  },
  function deleteVariant(store, chance) {
    const products = store.list("products");
    const variants = products.length > 0 ? variantsOf(store, chance.pick(products).id) : [];
    if (variants.length > 1) acts.deleteVariant(store, chance.pick(variants).id);
  },
  function renameLocation(store, chance) {
    const location = chance.pick(store.list("locations"));
    acts.updateLocation(store, location.id, { name: `Depot ${chance.whole(1, 999)}` });
  },
  function changeItem(store, chance) {
    const items = store.list("inventoryItems");
    if (items.length === 0) return;
    const item = chance.pick(items);
    const cost = chance.whole(1, 99);
    const codes: Record<string, string> = cost % 3 === 0 ? {} : { CA: `4911${cost}`, JP: "491191000" };
    acts.updateInventoryItem(store, item.id, { cost: `${cost}.50`, countryHarmonizedSystemCodes: codes });
  },
];

export interface Hand {
  /** Lets one thing happen and says what. */
  act(): string;
  /** Lets money move in this order and says so. */
  goOn(orderId: string): string;
}

export function openHand(store: Store, chance: Chance, seed: string): Hand {
  const traffic: Traffic = startTraffic(store, { seed, ordersPerMinute: 0, mix: MIX });
  function go(act: Act): string {
    try {
      act(store, chance);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    return act.name;
  }
  return {
    act() {
      const isAgain = chance.happens(AGAIN_SHARE);
      if (!isAgain && !chance.happens(RARE_SHARE)) return traffic.step();
      return go(isAgain ? goOnWithOrder : chance.pick(RARE));
    },
    goOn(orderId) {
      go(() => goOnWithOrder(store, chance, orderId));
      return `goes on with order ${orderId}`;
    },
  };
}
