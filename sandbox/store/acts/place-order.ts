// Placing an order: the one act that begins everything an order can go through later.

import { hash32, hashHex } from "../chance.ts";
import type { AddressInput, OrderPlaceInput } from "../inputs.ts";
import { bagOf, isZero } from "../money.ts";
import type { Store } from "../store.ts";
import { totals } from "../totals.ts";
import type { Address, Customer, Frozen, MoneyBag, Order, Transaction, TransactionKind } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { agree } from "./agreements.ts";
import { record, part } from "./announce.ts";
import { addCharges } from "./charges.ts";
import { newAddress } from "./customers.ts";
import { writeMetafield } from "./metafields.ts";
import { assignLines, commitMoves, newLine, newShippingLine } from "./order-lines.ts";
import { applyDiscount, taxLine, taxShipping } from "./order-prices.ts";
import { moveUnits } from "./stock.ts";
import { checkEmail, checkTags } from "./validate.ts";

/** Shopify's limit for one order. */
const LINES_MAX = 500;
/** The first order of a shop is #1001. */
const NUMBERS_BEGIN_AT = 1000;
const CONFIRMATION_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CONFIRMATION_LENGTH = 9;
/** How long a card's authorization holds. */
const AUTHORIZATION_MS = 7 * 24 * 60 * 60 * 1000;
const ONLINE_STORE_APP_ID = "580111";

export function placeOrder(store: Store, input: OrderPlaceInput): Frozen<Order> {
  return store.act(() => {
    if (input.lines.length === 0)
      throw new UserError(["lines"], "An order must have at least one line item", "BLANK");
    if (input.lines.length > LINES_MAX)
      throw new UserError(["lines"], `An order has at most ${LINES_MAX} lines`, "TOO_MANY");
    const customer =
      input.customerId === null || input.customerId === undefined
        ? null
        : store.need("customers", input.customerId, "customerId");
    const draft = emptyOrder(store, input, customer);
    draft.lines = input.lines.map((line, index) => newLine(store, draft, line, index, false));
    addShipping(store, draft, input);
    addCharges(store, draft, input);
    for (const discount of input.discounts ?? []) applyDiscount(draft, discount);
    for (const line of draft.lines) taxLine(draft, line, input.taxes ?? []);
    for (const line of draft.shippingLines) taxShipping(draft, line, input.taxes ?? []);
    draft.originalTotal = totals(draft).totalPrice;
    assignLines(store, draft, draft.lines);
    addPayment(store, draft, input);
    agree(store, draft, null, { reason: "ORDER", refundId: null, returnId: null });
    const order = store.save("orders", draft);
    for (const field of input.metafields ?? []) writeMetafield(store, "ORDER", order.id, field);
    announcePlaced(store, order);
    return order;
  });
}

function announcePlaced(store: Store, order: Frozen<Order>): void {
  store.announce("orders/create", record(store, "order", order.id));
  for (const transaction of order.transactions) {
    if (transaction.status === "SUCCESS") {
      store.announce("order_transactions/create", part(store, "transaction", order.id, transaction.id));
    }
  }
  if (isPaidAtOnce(order)) store.announce("orders/paid", record(store, "order", order.id));
  store.announce("orders/updated", record(store, "order", order.id));
  moveUnits(
    store,
    order.lines.flatMap((line) => commitMoves(store, line, line.quantity)),
  );
  if (order.customerId !== null) {
    store.change("customers", order.customerId, () => undefined);
    store.announce("customers/update", record(store, "customer", order.customerId));
  }
}

const isPaidAtOnce = (order: Frozen<Order>): boolean =>
  order.transactions.every((transaction) => transaction.kind === "SALE" && transaction.status === "SUCCESS");

function emptyOrder(store: Store, input: OrderPlaceInput, customer: Frozen<Customer> | null): Order {
  const fresh = store.fresh("Order");
  const count = store.ids.count("OrderNumber");
  const number = NUMBERS_BEGIN_AT + count;
  const token = hashHex(`${store.seed}/order/${fresh.id}`, 32);
  const home = customer?.addresses.find((address) => address.id === customer.defaultAddressId);
  const shippingAddress = addressFor(store, input.shippingAddress, home);
  const online = (input.sourceName ?? "web") === "web";
  const zero = { shop: "0", presentment: "0" };
  return {
    ...fresh,
    rev: 0,
    name: `#${number}`,
    number,
    confirmationNumber: confirmationNumber(`${store.seed}/confirmation/${count}`),
    token,
    cartToken: online ? hashHex(`cart/${token}`, 32) : null,
    checkoutToken: online ? hashHex(`checkout/${token}`, 32) : null,
    checkoutId: online ? store.ids.mint("Checkout") : null,
    email: checkEmail(input.email !== undefined ? input.email : customer?.email),
    phone: input.phone ?? null,
    note: input.note ?? null,
    poNumber: input.poNumber ?? null,
    tags: checkTags(input.tags ?? []),
    attributes: input.attributes ?? [],
    test: input.test ?? false,
    edited: false,
    sourceName: input.sourceName ?? "web",
    sourceIdentifier: input.sourceIdentifier ?? null,
    appId: online ? ONLINE_STORE_APP_ID : null,
    retailLocationId: input.retailLocationId ?? null,
    clientIp: online ? `203.0.113.${hash32(token) % 254}` : null,
    userAgent: online ? "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" : null,
    landingSite: online ? "/" : null,
    referringSite: null,
    customerLocale: input.customerLocale ?? customer?.locale ?? (online ? "en" : null),
    processedAt: input.processedAt ?? fresh.createdAt,
    cancelledAt: null,
    cancelReason: null,
    cancelNote: null,
    closedAt: null,
    ...currenciesOf(store, input),
    taxesIncluded: store.shop.taxesIncluded,
    taxExempt: customer?.taxExempt ?? false,
    customerAcceptsMarketing: customer?.emailMarketing.state === "SUBSCRIBED",
    customerId: customer?.id ?? null,
    company: input.company ?? null,
    shippingAddress,
    billingAddress: addressFor(store, input.billingAddress, shippingAddress ?? home),
    paymentGateways: [],
    discountApplications: [],
    lines: [],
    shippingLines: [],
    additionalFees: [],
    transactions: [],
    fulfillments: [],
    fulfillmentOrders: [],
    refunds: [],
    returns: [],
    paymentTerms: null,
    agreements: [],
    originalTotal: zero,
  };
}

function currenciesOf(
  store: Store,
  input: OrderPlaceInput,
): Pick<Order, "currency" | "presentmentCurrency" | "rate"> {
  const { currency, enabledPresentmentCurrencies } = store.shop;
  const presentmentCurrency = input.presentmentCurrency ?? currency;
  if (presentmentCurrency === currency) return { currency, presentmentCurrency, rate: "1" };
  if (!enabledPresentmentCurrencies.includes(presentmentCurrency)) {
    throw new UserError(
      ["presentmentCurrency"],
      `The shop does not sell in ${presentmentCurrency}`,
      "INVALID",
    );
  }
  const rate = input.rate ?? "";
  if (!/^\d+(\.\d+)?$/.test(rate) || Number(rate) <= 0)
    throw new UserError(["rate"], "Rate must be greater than 0", "INVALID");
  return { currency, presentmentCurrency, rate };
}

function addressFor(
  store: Store,
  input: AddressInput | null | undefined,
  fallback: Frozen<Address> | null | undefined,
): Address | null {
  if (input) return newAddress(store, input);
  return input === undefined && fallback ? { ...fallback } : null;
}

function addShipping(store: Store, order: Order, input: OrderPlaceInput): void {
  const needed = order.lines.some((line) => line.requiresShipping);
  const shipping =
    input.shipping === undefined && needed ? { title: "Standard", price: "0" } : input.shipping;
  if (shipping) order.shippingLines.push(newShippingLine(store, order, shipping));
}

const PAYMENT: Record<NonNullable<OrderPlaceInput["payment"]>, Pick<Transaction, "kind" | "status">> = {
  paid: { kind: "SALE", status: "SUCCESS" },
  pending: { kind: "SALE", status: "PENDING" },
  authorized: { kind: "AUTHORIZATION", status: "SUCCESS" },
};

/** An order that costs nothing is paid without a transaction. */
function addPayment(store: Store, order: Order, input: OrderPlaceInput): void {
  if (isZero(bagOf(order.originalTotal, order))) return;
  const payment = input.payment ?? "paid";
  const gateway = input.gateway ?? (payment === "pending" ? "manual" : "shopify_payments");
  const { kind, status } = PAYMENT[payment];
  order.paymentGateways.push(gateway);
  const transaction = newTransaction(store, order, { kind, gateway, amount: order.originalTotal });
  const expires = new Date(Date.parse(order.createdAt) + AUTHORIZATION_MS).toISOString();
  order.transactions.push({
    ...transaction,
    status,
    processedAt: status === "SUCCESS" ? transaction.processedAt : null,
    authorizationExpiresAt: payment === "authorized" ? expires : null,
  });
}

/** A transaction that succeeds now. */
export function newTransaction(
  store: Store,
  order: Frozen<Order>,
  input: {
    kind: TransactionKind;
    gateway: string;
    amount: MoneyBag;
    parentId?: string | null;
    refundId?: string | null;
  },
): Transaction {
  const id = store.ids.mint("OrderTransaction");
  const manual = input.gateway === "manual";
  const number = order.transactions.length + 1;
  const authorization = manual ? null : `ch_${hashHex(`${store.seed}/authorization/${id}`, 24)}`;
  return {
    id,
    kind: input.kind,
    status: "SUCCESS",
    gateway: input.gateway,
    amount: { ...input.amount },
    createdAt: store.time(),
    processedAt: store.time(),
    authorization,
    authorizationExpiresAt: null,
    errorCode: null,
    message: manual ? `Marked the ${input.gateway} payment as received` : "Transaction approved",
    paymentId: `${order.name}.${number}`,
    parentId: input.parentId ?? null,
    refundId: input.refundId ?? null,
    test: order.test,
    card: manual ? null : { company: "Visa", number: "•••• •••• •••• 4242" },
    receipt: authorization === null ? {} : { id: authorization, object: "charge", email: order.email ?? "" },
  };
}

function confirmationNumber(seed: string): string {
  const pick = (index: number) =>
    CONFIRMATION_LETTERS.charAt(hash32(`${seed}/${index}`) % CONFIRMATION_LETTERS.length);
  return Array.from({ length: CONFIRMATION_LENGTH }, (_, index) => pick(index)).join("");
}
