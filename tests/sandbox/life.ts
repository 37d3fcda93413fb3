// A short life of a store in which every topic happens at least once, and the webhook body of each event on the way.
import { print, type Body } from "#sandbox/webhooks/bodies/json.ts";
import { bodyOf } from "#sandbox/webhooks/bodies/body.ts";
import * as acts from "#sandbox/store/acts.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import { openStore, type Store } from "#sandbox/store/store.ts";
import type { AddressInput } from "#sandbox/store/inputs.ts";

export interface Told {
  readonly topic: string;
  readonly body: Body;
  /** As it would be sent. */
  readonly text: string;
}

const ADDRESS: AddressInput = {
  firstName: "Ada",
  lastName: "Byron",
  company: "Analytical Ltd",
  address1: "1 Engine Way",
  address2: "Floor 2",
  city: "Ottawa",
  province: "Ontario",
  provinceCode: "ON",
  country: "Canada",
  countryCode: "CA",
  zip: "K2P 2L8",
  phone: "+16135550100",
  latitude: 45.4,
  longitude: -75.7,
};

/** Two locations, and whatever the caller lets happen. `bigIds` = ids past 2^53. */
export function openLife(options: { readonly bigIds?: boolean } = {}): {
  store: Store;
  clock: ManualClock;
  told: Told[];
} {
  const clock = new ManualClock("2026-11-20T10:00:00.123Z");
  const store = openStore({ seed: "life", clock, bigIds: options.bigIds ?? false });
  const told: Told[] = [];
  store.on("event", (event) => {
    const body = bodyOf(store, event);
    told.push({ topic: event.topic, body, text: print(body) });
  });
  return { store, clock, told };
}

export function createPoster(store: Store, locationId: string, variants = 2) {
  return acts.createProduct(store, {
    title: "Poster",
    descriptionHtml: "<p>Print</p>",
    vendor: "Linden",
    productType: "Print",
    tags: ["new", "art"],
    status: "ACTIVE",
    options: [{ name: "Size", values: Array.from({ length: variants }, (_, index) => `S${index}`) }],
    variants: Array.from({ length: variants }, (_, index) => ({
      selectedOptions: [{ name: "Size", value: `S${index}` }],
      sku: `P-${index}`,
      barcode: `40000${index}`,
      price: "40.00",
      compareAtPrice: "50.00",
      item: { tracked: true, cost: "12.50", weight: { value: 300, unit: "GRAMS" as const } },
      stock: [{ locationId, available: 20 }],
    })),
    media: [
      {
        url: "https://cdn.example.com/poster.jpg",
        alt: "A poster",
        width: 800,
        height: 600,
        mimeType: "image/jpeg",
      },
    ],
    metafields: [{ namespace: "custom", key: "artist", type: "single_line_text_field", value: "Ada" }],
  });
}

/** Every way that a return can go. */
function returnAll(store: Store, orderId: string, lineItemId: string): void {
  const lines = [{ lineItemId, quantity: 2, reason: "SIZE_TOO_LARGE", customerNote: "Too big" }];
  const wanted = acts.requestReturn(store, orderId, { lines });
  acts.declineReturn(store, orderId, wanted.id, { reason: "FINAL_SALE", note: "Sold as it is" });
  const again = acts.requestReturn(store, orderId, { lines, shippingFee: "4.00" });
  const [line] = acts.approveReturn(store, orderId, again.id).lines;
  acts.reduceReturn(store, orderId, again.id, { lineId: line?.id ?? "", quantity: 1 });
  acts.closeReturn(store, orderId, again.id);
  acts.reopenReturn(store, orderId, again.id);
  acts.cancelReturn(store, orderId, again.id);
}

/** Every topic once, with what makes bodies hard: discounts, taxes, two currencies, edits, refunds, returns. */
export function live(options: { readonly bigIds?: boolean } = {}): { store: Store; told: Told[] } {
  const { store, clock, told } = openLife(options);
  const tick = (): void => clock.advance(60_000);
  const address = { ...ADDRESS } as never;
  const one = acts.createLocation(store, { name: "Portland", address });
  const two = acts.createLocation(store, { name: "Ottawa", address });
  const customer = acts.createCustomer(store, {
    ...{ firstName: "Ada", lastName: "Byron", email: "ada@example.com", phone: "+16135550100", note: "Kind" },
    addresses: [ADDRESS],
  });
  const product = createPoster(store, one.id);
  const variants = store.where("variants", "productId", product.id);
  const [first, second] = [variants[0]?.id ?? "", variants[1]?.id ?? ""];
  const collection = acts.createCollection(store, {
    title: "Prints",
    descriptionHtml: "<b>All</b>",
    productIds: [product.id],
  });
  tick();
  acts.updateCollection(store, collection.id, { title: "All prints" });
  acts.updateProduct(store, product.id, { title: "Poster II" });
  const item = variants[0]?.inventoryItemId ?? "";
  acts.updateInventoryItem(store, item, { countryCodeOfOrigin: "CA", harmonizedSystemCode: "491110" });
  acts.connectLevel(store, item, two.id, 5);
  acts.setStock(store, [{ inventoryItemId: item, locationId: two.id, quantity: 7 }]);
  acts.updateLocation(store, two.id, { name: "Ottawa II" });
  acts.updateCustomer(store, customer.id, { note: "Very kind", tags: ["vip"], acceptsMarketing: true });
  acts.updateCustomer(store, customer.id, { tags: [] });

  const order = acts.placeOrder(store, {
    lines: [
      { variantId: first, quantity: 2, attributes: [{ key: "Gift", value: "yes" }] },
      { variantId: second, quantity: 1 },
    ],
    customerId: customer.id,
    email: "ada@example.com",
    phone: "+16135550100",
    shippingAddress: ADDRESS,
    billingAddress: ADDRESS,
    discounts: [{ kind: "code", name: "TEN", percentage: 10 }],
    shipping: { title: "Standard", code: "std", price: "8.00" },
    taxes: [{ title: "GST", rate: 0.05 }],
    presentmentCurrency: "EUR",
    rate: "0.9",
    note: "Leave at the door",
    tags: ["vip", "web"],
  });
  tick();
  acts.updateOrder(store, order.id, { note: "Ring twice" });
  acts.editOrder(store, order.id, {
    quantities: [{ lineItemId: order.lines[1]?.id ?? "", quantity: 0 }],
    add: [{ variantId: second, quantity: 2 }],
  });
  tick();
  const [sending] = order.fulfillmentOrders;
  acts.holdFulfillmentOrder(store, order.id, sending?.id ?? "", { reason: "OTHER", notes: "Ask first" });
  acts.releaseFulfillmentOrder(store, order.id, sending?.id ?? "");
  const [line] = order.lines;
  const fulfillment = acts.fulfilOrder(store, order.id, {
    lines: [{ lineItemId: line?.id ?? "", quantity: 1 }],
    tracking: [{ company: "UPS", number: "1Z", url: "https://ups.example.com/1Z" }],
  });
  acts.updateTracking(store, order.id, fulfillment.id, [
    { company: "DHL", number: "2", url: "https://dhl.example.com/2" },
  ]);
  acts.fulfilOrder(store, order.id);
  const back = acts.openReturn(store, order.id, { lines: [{ lineItemId: line?.id ?? "", quantity: 1 }] });
  acts.closeReturn(store, order.id, back.id);
  returnAll(store, order.id, line?.id ?? "");
  acts.refundOrder(store, order.id, {
    lines: [{ lineItemId: line?.id ?? "", quantity: 1, restockType: "RETURN", locationId: one.id }],
    shipping: "full",
    note: "Torn",
  });
  tick();
  const pending = acts.placeOrder(store, {
    lines: [{ variantId: first, quantity: 1 }],
    customerId: customer.id,
    email: "ada@example.com",
    shippingAddress: ADDRESS,
    billingAddress: ADDRESS,
    payment: "pending",
  });
  acts.moveFulfillmentOrder(store, pending.id, pending.fulfillmentOrders[0]?.id ?? "", two.id);
  acts.setPaymentTerms(store, pending.id, 30);
  acts.setPaymentTerms(store, pending.id, 14);
  acts.removePaymentTerms(store, pending.id);
  acts.setPaymentTerms(store, pending.id, 7);
  acts.markOrderPaid(store, pending.id);
  acts.cancelOrder(store, pending.id, { reason: "CUSTOMER", restock: true, refund: true });
  acts.deleteOrder(store, pending.id);
  acts.setStock(
    store,
    variants.flatMap((variant) => [
      { inventoryItemId: variant.inventoryItemId, locationId: one.id, quantity: 0 },
    ]),
  );
  acts.setStock(store, [{ inventoryItemId: item, locationId: two.id, quantity: 0 }]);
  acts.setStock(store, [{ inventoryItemId: item, locationId: two.id, quantity: 3 }]);
  acts.setStock(store, [{ inventoryItemId: item, locationId: two.id, quantity: 0 }]);
  acts.disconnectLevel(store, item, two.id);
  tick();
  acts.deactivateLocation(store, two.id);
  acts.activateLocation(store, two.id);
  acts.deactivateLocation(store, two.id);
  acts.deleteLocation(store, two.id);
  acts.deleteCollection(store, collection.id);
  acts.deleteProduct(store, product.id);
  const stranger = acts.createCustomer(store, {
    firstName: "No",
    lastName: "Orders",
    email: "no@example.com",
  });
  acts.deleteCustomer(store, stranger.id);
  return { store, told };
}
