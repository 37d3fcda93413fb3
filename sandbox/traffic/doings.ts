// The things people do in a shop and its admin, each one act (or none, when nothing fits). Each answers whether it did
// something.

import * as acts from "../store/acts.ts";
import type { Chance } from "../store/chance.ts";
import { currentUnits, fulfilledUnits, unfulfilledUnits } from "../store/line-totals.ts";
import { activeLocations, levelsOf, metafieldOf, variantsOf } from "../store/lookups.ts";
import { decimalOf, minorOf } from "../store/money.ts";
import { Catalogue } from "../store/seed/catalogue.ts";
import { buyer, cart, someLines } from "../store/seed/shopping.ts";
import { ORDER_TAGS } from "../store/seed/words.ts";
import { fulfillmentStatus } from "../store/states.ts";
import type { Store } from "../store/store.ts";
import { totals } from "../store/totals.ts";
import type { Frozen, LineItem, Order, Product } from "../store/truth.ts";

type Doing = (store: Store, chance: Chance) => boolean;

/** Which orders people still work on: the latest ones. */
const RECENT_ORDERS = 60;
/** Customers past this number would be made up again and again. */
const CUSTOMERS_MAX = 5000;

const recent = (store: Store): readonly Frozen<Order>[] =>
  store
    .list("orders")
    .slice(-RECENT_ORDERS)
    .filter((order) => order.cancelledAt === null);

function onOrder(
  fits: (order: Frozen<Order>) => boolean,
  run: (store: Store, chance: Chance, order: Frozen<Order>) => void,
): Doing {
  return (store, chance) => {
    const orders = recent(store).filter(fits);
    if (orders.length === 0) return false;
    run(store, chance, chance.pick(orders));
    return true;
  };
}

function onProduct(run: (store: Store, chance: Chance, product: Frozen<Product>) => boolean): Doing {
  return (store, chance) => {
    const products = store.list("products");
    return products.length > 0 && run(store, chance, chance.pick(products));
  };
}

const minor = (order: Frozen<Order>, name: "netPayment" | "totalOutstanding" | "totalCapturable"): bigint =>
  minorOf(totals(order)[name].presentment, order.presentmentCurrency);

const canSend = (order: Frozen<Order>) => order.lines.some((line) => unfulfilledUnits(order, line) > 0);
const isUnsent = (order: Frozen<Order>) => order.lines.every((line) => fulfilledUnits(order, line) === 0);

function placeOrder(store: Store, chance: Chance): boolean {
  const customers = store.list("customers");
  const customer = customers.length === 0 || chance.happens(0.03) ? null : chance.pick(customers);
  acts.placeOrder(store, cart(store, chance, customer));
  return true;
}

const fulfil = onOrder(canSend, (store, chance, order) => {
  const line = order.lines.find((one) => unfulfilledUnits(order, one) > 0);
  const some = line && chance.happens(0.15) ? [{ lineItemId: line.id, quantity: 1 }] : undefined;
  const tracking = [{ company: "UPS", number: `LK${chance.whole(100_000_000, 999_999_999)}` }];
  acts.fulfilOrder(store, order.id, { lines: some, tracking });
});

const pay = onOrder(
  (order) => minor(order, "totalOutstanding") > 0n || minor(order, "totalCapturable") > 0n,
  (store, _chance, order) => void acts.markOrderPaid(store, order.id),
);

const tag = onOrder(
  () => true,
  (store, chance, order) => {
    acts.updateOrder(store, order.id, {
      tags: [...order.tags, chance.pick(ORDER_TAGS)],
      note: order.note ?? "Seen.",
    });
  },
);

const edit = onOrder(
  (order) => canSend(order) && order.closedAt === null,
  (store, chance, order) => {
    const line = order.lines.find((one) => unfulfilledUnits(order, one) > 1);
    if (line && chance.happens(0.5)) {
      acts.editOrder(store, order.id, {
        quantities: [{ lineItemId: line.id, quantity: currentUnits(order, line) - 1 }],
      });
    } else acts.editOrder(store, order.id, { add: someLines(store, chance, 1) });
  },
);

const refund = onOrder(
  (order) => minor(order, "netPayment") > 0n,
  (store, chance, order) => {
    const line = order.lines.find((one) => currentUnits(order, one) > 0);
    if (!line || chance.happens(0.3)) {
      const amount = decimalOf(
        minor(order, "netPayment") / BigInt(chance.whole(3, 9)),
        order.presentmentCurrency,
      );
      acts.refundOrder(store, order.id, { amount, note: "Goodwill" });
      return;
    }
    const restockType = fulfilledUnits(order, line) > 0 ? "RETURN" : "CANCEL";
    const shipping = chance.happens(0.2) ? "full" : undefined;
    acts.refundOrder(store, order.id, {
      lines: [{ lineItemId: line.id, quantity: 1, restockType }],
      shipping,
    });
  },
);

const agreeTerms = onOrder(
  (order) => minor(order, "totalOutstanding") > 0n,
  (store, chance, order) => {
    if (order.paymentTerms && chance.happens(0.3)) acts.removePaymentTerms(store, order.id);
    else acts.setPaymentTerms(store, order.id, chance.pick([0, 7, 14, 30]));
  },
);

/** The first task of sending waits for something, goes on, or is given to another location. */
const reroute = onOrder(
  (order) => isUnsent(order) && canSend(order),
  (store, chance, order) => {
    const task = order.fulfillmentOrders.find(({ lines }) =>
      lines.some((slot) => slot.remainingQuantity > 0),
    );
    if (!task) return;
    const others = activeLocations(store).filter(({ id }) => id !== task.locationId);
    if (task.holds.length > 0) acts.releaseFulfillmentOrder(store, order.id, task.id);
    else if (others.length > 0 && chance.happens(0.5))
      acts.moveFulfillmentOrder(store, order.id, task.id, chance.pick(others).id);
    else acts.holdFulfillmentOrder(store, order.id, task.id, { reason: "AWAITING_PAYMENT" });
  },
);

const isBackable = (order: Frozen<Order>) => (line: Frozen<LineItem>) =>
  Math.min(fulfilledUnits(order, line), currentUnits(order, line)) > 0;

/** A return begins, or the last one goes on. */
const takeBack = onOrder(
  (order) => order.lines.some(isBackable(order)),
  (store, chance, order) => {
    const last = order.returns.at(-1);
    if (last?.status === "REQUESTED") {
      if (chance.happens(0.7)) acts.approveReturn(store, order.id, last.id);
      else acts.declineReturn(store, order.id, last.id, { reason: "OTHER", note: null });
    } else if (last?.status === "OPEN") acts.closeReturn(store, order.id, last.id);
    else {
      const line = chance.pick(order.lines.filter(isBackable(order)));
      const reason = chance.pick(["UNWANTED", "DEFECTIVE", "OTHER"]);
      const open = chance.happens(0.5) ? acts.openReturn : acts.requestReturn;
      open(store, order.id, { lines: [{ lineItemId: line.id, quantity: 1, reason }] });
    }
  },
);

const cancel = onOrder(isUnsent, (store, chance, order) => {
  acts.cancelOrder(store, order.id, {
    reason: chance.pick(["CUSTOMER", "FRAUD", "OTHER"]),
    restock: chance.happens(0.9),
  });
});

const archive = onOrder(
  (order) => order.closedAt === null && fulfillmentStatus(order) === "FULFILLED",
  (store, _chance, order) => void acts.closeOrder(store, order.id),
);

function joinCustomer(store: Store, chance: Chance): boolean {
  const number = store.list("customers").length + 1;
  if (number > CUSTOMERS_MAX) return false;
  acts.createCustomer(store, buyer(chance, number));
  return true;
}

function changeCustomer(store: Store, chance: Chance): boolean {
  const customers = store.list("customers");
  if (customers.length === 0) return false;
  const customer = chance.pick(customers);
  acts.updateCustomer(store, customer.id, {
    note: `Called ${chance.whole(1, 9)} times.`,
    tags: [...customer.tags, "called"],
  });
  return true;
}

const changePrice = onProduct((store, chance, product) => {
  const variant = chance.pick(variantsOf(store, product.id));
  const price = minorOf(variant.price, store.shop.currency) + BigInt(chance.whole(-200, 300));
  // Every other price comes with another picture.
  const pictures = [null, ...product.media.map(({ id }) => id)];
  acts.updateVariant(store, variant.id, {
    price: decimalOf(price > 0n ? price : 100n, store.shop.currency),
    ...(price % 2n === 0n && { mediaId: pictures[Number(price / 2n) % pictures.length] }),
  });
  return true;
});

const changeText = onProduct((store, chance, product) => {
  const tags = chance.happens(0.5) ? [...product.tags, `batch-${chance.whole(1, 40)}`] : [...product.tags];
  acts.updateProduct(store, product.id, {
    tags,
    descriptionHtml: `<p>${product.title}. Batch ${chance.whole(1, 900)}.</p>`,
  });
  return true;
});

const changeStock = onProduct((store, chance, product) => {
  const variant = chance.pick(variantsOf(store, product.id));
  const levels = levelsOf(store, variant.inventoryItemId);
  const [level] = chance.sample(levels, 1);
  if (!level) return false;
  const { inventoryItemId, locationId } = level;
  acts.setStock(store, [{ inventoryItemId, locationId, quantity: chance.whole(0, 80) }]);
  return true;
});

/** An edition's size is corrected now and then: the field this shop cares about most. */
const changeEdition: Doing = (store, chance) => {
  const fields = store
    .list("metafields")
    .filter((field) => field.key === "edition_size" && field.ownerType === "PRODUCT");
  if (fields.length === 0) return false;
  const { ownerType, ownerId, namespace, key, type } = chance.pick(fields);
  const size = chance.whole(10, 250);
  const value = type === "number_integer" ? String(size) : `${size} + ${chance.whole(2, 8)} AP`;
  acts.setMetafield(store, { ownerType, ownerId, namespace, key, value });
  return true;
};

function launchProduct(store: Store, chance: Chance): boolean {
  const locationIds = activeLocations(store).map((location) => location.id);
  const catalogue = new Catalogue(chance, locationIds);
  acts.createProduct(store, chance.happens(0.3) ? catalogue.edition() : catalogue.ware());
  return true;
}

/** Never an edition or the largest product: others watch those. */
const dropProduct = onProduct((store, _chance, product) => {
  const isEdition = metafieldOf(store, "PRODUCT", product.id, "custom", "edition_size") !== undefined;
  if (isEdition || variantsOf(store, product.id).length > 20) return false;
  acts.deleteProduct(store, product.id);
  return true;
});

export const DOINGS = {
  placeOrder,
  fulfil,
  pay,
  tag,
  edit,
  refund,
  takeBack,
  reroute,
  agreeTerms,
  cancel,
  archive,
  joinCustomer,
  changeCustomer,
  changePrice,
  changeText,
  changeStock,
  changeEdition,
  launchProduct,
  dropProduct,
} satisfies Record<string, Doing>;
export type DoingName = keyof typeof DOINGS;
