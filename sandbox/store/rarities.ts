// What few records of a real store have, and what nothing else in this one depends on: tax ids, disputes, selling plans and
// the like. It follows from a record's id alone, so it is the same in every answer and body, and no history changes by it.
import { CHANNELS } from "./channels.ts";
import { hash32, hashHex } from "./chance.ts";
import { decimalOf, minorOf } from "./money.ts";
import type { Collection, Customer, Frozen, FulfillmentOrder, Id, LineItem, Order } from "./truth.ts";
import type { MoneyBag, Product, Return, ShippingLine, Time, Transaction, Variant } from "./truth.ts";

const HOUR_MS = 3_600_000;
/** Shopify Payments': 2.9 % and 30 cents. */
const FEE_RATE = { text: "0.029", thousandths: 29n, flat: 30n };
/** One record in so many has it, and always the same ones. */
function isOneIn(many: number, what: string, { id }: { readonly id: Id }): boolean {
  return hash32(`${what} of ${id}`) % many === 0;
}

/** Never with a zero in front: some are ids. */
const digits = (what: string, id: Id): string =>
  String(1_000_000_000 + (hash32(`${what} of ${id}`) % 1_000_000_000));

export type Consent = Frozen<{
  state: "SUBSCRIBED" | "UNSUBSCRIBED" | "NEVER_SUBSCRIBED";
  optInLevel: "SINGLE_OPT_IN" | "CONFIRMED_OPT_IN";
  collectedFrom: "SHOPIFY" | "OTHER" | null;
  updatedAt: Time | null;
}>;

export const wasAskedInShop = (customer: { readonly id: Id }): boolean => isOneIn(4, "till", customer);

/** A consent by telephone: nobody changes it once the customer was made. */
function consentOf(channel: string, customer: Frozen<Customer>): Consent {
  if (!isOneIn(3, channel, customer))
    return { state: "NEVER_SUBSCRIBED", optInLevel: "SINGLE_OPT_IN", collectedFrom: null, updatedAt: null };
  return {
    state: isOneIn(5, `end of ${channel}`, customer) ? "UNSUBSCRIBED" : "SUBSCRIBED",
    optInLevel: "CONFIRMED_OPT_IN",
    collectedFrom: isOneIn(2, `source of ${channel}`, customer) ? "OTHER" : "SHOPIFY",
    updatedAt: customer.createdAt,
  };
}

export function customerRarities(customer: Frozen<Customer>) {
  const { id } = customer;
  const hasTaxId = isOneIn(8, "tax id", customer);
  return {
    taxId: hasTaxId ? `DE${digits("tax id", id)}` : null,
    taxExemptions: hasTaxId && isOneIn(2, "exemption", customer) ? ["EU_REVERSE_CHARGE_EXEMPTION_RULE"] : [],
    multipassIdentifier: isOneIn(7, "multipass", customer) ? `member-${id}` : null,
    dataSaleOptOut: isOneIn(10, "opt-out", customer),
    emailOpenTracking: isOneIn(6, "tracking", customer) ? "OPTED_OUT" : "UNKNOWN",
    sms: consentOf("SMS", customer),
    whatsApp: consentOf("WhatsApp", customer),
  };
}

export function orderRarities(order: Frozen<Order>) {
  const { id, sourceName } = order;
  const isRisky = isOneIn(9, "risk", order);
  const roundedIn = (kind: Transaction["kind"]) =>
    order.transactions.reduce((all, one) => all + (one.kind === kind ? roundingOf(order, one) : 0n), 0n);
  return {
    cashRounding: { payment: inCash(order, roundedIn("SALE")), refund: inCash(order, roundedIn("REFUND")) },
    merchantOfRecordAppId: isOneIn(30, "merchant of record", order) ? "1758145" : null,
    channelHandle: isOneIn(12, "attribution", order) ? "pop-up-market" : null,
    publicationId: CHANNELS.find(({ source }) => source === sourceName)?.id ?? null,
    sourceUrl: isOneIn(15, "source", order) ? `https://market.example/orders/${digits("source", id)}` : null,
    estimatedTaxes: isOneIn(25, "estimate", order),
    risk: isRisky
      ? {
          recommendation: "INVESTIGATE",
          assessments: [
            { level: "MEDIUM", appId: null },
            { level: "HIGH", appId: "2329312" },
          ],
        }
      : { recommendation: "NONE", assessments: [] },
    disputes: isOneIn(40, "dispute", order)
      ? [
          {
            id: `gid://shopify/ShopifyPaymentsDispute/${digits("dispute", id)}`,
            initiatedAs: "CHARGEBACK",
            status: "NEEDS_RESPONSE",
          },
        ]
      : [],
    localizedFields: isOneIn(20, "tax id", order)
      ? [
          {
            key: "TAX_CREDENTIAL_ES",
            value: digits("tax id", id),
            title: "DNI/NIE",
            purpose: "TAX",
            countryCode: "ES",
          },
        ]
      : [],
  };
}

export function lineRarities(line: Frozen<LineItem>) {
  return {
    sellingPlan: isOneIn(20, "plan", line) ? { id: digits("plan", line.id), name: "Every month" } : null,
    group: isOneIn(25, "group", line)
      ? {
          id: digits("group", line.id),
          title: `${line.title}, the set`,
          quantity: 1,
          productId: null,
          variantId: null,
        }
      : null,
  };
}

export function shippingRarities(line: Frozen<ShippingLine>) {
  return {
    rateHandle: line.source === "shopify" ? hashHex(`rate of ${line.id}`, 32) : null,
    deliveryCategory: isOneIn(12, "category", line) ? "local_delivery" : null,
  };
}

/** Minor units by which cash was rounded, where the smallest coin is 5 of them. */
function roundingOf(order: Frozen<Order>, transaction: Frozen<Transaction>): bigint {
  const { gateway, status, amount } = transaction;
  if (gateway !== "cash" || status !== "SUCCESS" || order.currency !== order.presentmentCurrency) return 0n;
  const over = minorOf(amount.shop, order.currency) % 5n;
  return over > 2n ? 5n - over : -over;
}

const inCash = ({ currency }: Frozen<Order>, minor: bigint): MoneyBag => {
  const amount = decimalOf(minor, currency);
  return { shop: amount, presentment: amount };
};

export function transactionRarities(order: Frozen<Order>, transaction: Frozen<Transaction>) {
  const { id, amount, card, kind, status } = transaction;
  const isSettled = card !== null && status === "SUCCESS" && kind !== "AUTHORIZATION" && kind !== "VOID";
  const inShop = (minor: bigint) => ({
    amount: decimalOf(minor, order.currency),
    currencyCode: order.currency,
  });
  const isForeign = order.currency !== order.presentmentCurrency;
  const paid = minorOf(amount.shop, order.currency);
  const moved = paid / 200n;
  const rounding = roundingOf(order, transaction);
  return {
    amountRounding: rounding === 0n ? null : inCash(order, rounding),
    settlementCurrency: isSettled ? order.currency : null,
    settlementRate: isSettled && isForeign ? "0.925" : null,
    exchangeAdjustment:
      isSettled && isForeign && isOneIn(3, "adjustment", transaction)
        ? { adjustment: inShop(moved), original: inShop(paid), final: inShop(paid + moved) }
        : null,
    fees:
      isSettled && isOneIn(3, "fee", transaction)
        ? [
            {
              ...{
                id: digits("fee", id),
                type: "processing_fee",
                rate: FEE_RATE.text,
                rateName: "domestic",
                flatFeeName: null,
              },
              amount: inShop((paid * FEE_RATE.thousandths) / 1_000n + FEE_RATE.flat),
              flatFee: inShop(FEE_RATE.flat),
              taxAmount: inShop(0n),
            },
          ]
        : [],
  };
}

/** Instead of what comes back, the same once more, once a return is granted: it goes out when that is done. */
export function returnRarities(order: Frozen<Order>, { id, lines, status }: Frozen<Return>) {
  const [first] = lines;
  const sold = order.lines.find((line) => line.id === first?.lineItemId);
  const isGranted = status !== "REQUESTED" && status !== "DECLINED";
  if (!first || !sold || !isGranted || !isOneIn(2, "exchange", { id })) return { exchangeLines: [] };
  const { title, variantTitle, productId, variantId, sku } = sold;
  const processedQuantity = status === "CLOSED" ? first.quantity : 0;
  const what = { title, variantTitle, productId, variantId, sku };
  const lineItemIds = processedQuantity === 0 ? [] : [sold.id];
  return {
    exchangeLines: [
      { id: digits("exchange", id), quantity: first.quantity, processedQuantity, ...what, lineItemIds },
    ],
  };
}

export function fulfillmentOrderRarities(order: Frozen<Order>, task: Frozen<FulfillmentOrder>) {
  const after = (hours: number) => new Date(Date.parse(task.createdAt) + hours * HOUR_MS).toISOString();
  const isPromised = order.shippingAddress !== null && isOneIn(5, "promise", task);
  return {
    fulfillByAt: isOneIn(4, "fulfill by", task) ? after(48) : null,
    deliverFromAt: isPromised ? after(72) : null,
    deliverUntilAt: isPromised ? after(120) : null,
  };
}

export function productRarities(product: Frozen<Product>) {
  return { combinedListingRole: isOneIn(15, "listing", product) ? "PARENT" : null };
}

/** Sold by the litre, one to a bottle. */
export function variantRarities(variant: Frozen<Variant>) {
  const isMeasured = isOneIn(10, "measure", variant);
  const measure = {
    measuredType: "VOLUME",
    quantityUnit: "L",
    quantityValue: 1,
    referenceUnit: "L",
    referenceValue: 1,
  };
  return {
    showUnitPrice: isMeasured,
    unitPrice: isMeasured ? variant.price : null,
    unitPriceMeasurement: isMeasured ? measure : null,
  };
}

export function collectionRarities(collection: Frozen<Collection>) {
  const { id, title, handle } = collection;
  const hasSeo = isOneIn(3, "seo", collection);
  return {
    seo: { title: hasSeo ? `${title} to collect` : null, description: hasSeo ? `All of ${title}.` : null },
    image: isOneIn(2, "image", collection)
      ? {
          url: `https://cdn.shopify.com/s/files/1/${digits("image", id)}/${handle}.jpg`,
          altText: title,
          width: 1600,
          height: 900,
        }
      : null,
  };
}

/** Cents by law on packaging, and duties on what goes abroad; `number` of the order to be. */
export function cartRarities(number: number) {
  const order = { id: String(number) };
  return {
    additionalFees: isOneIn(12, "fee", order) ? [{ name: "Packaging disposal", price: "0.35" }] : [],
    duty: isOneIn(3, "duty", order)
      ? { rate: 0.055, countryCodeOfOrigin: "US", harmonizedSystemCode: "691200" }
      : undefined,
  };
}
