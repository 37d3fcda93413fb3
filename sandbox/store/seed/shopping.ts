// What buyers do: inputs for customers and orders, believable and reproducible. Used for the seeded past and for live
// traffic alike. Reads the store, writes nothing.

import type { Chance } from "../chance.ts";
import type { CustomerInput, DiscountInput, OrderLineInput, OrderPlaceInput } from "../inputs.ts";
import { cartRarities } from "../rarities.ts";
import { itemOf, levelsOf, variantsOf } from "../lookups.ts";
import type { Store } from "../store.ts";
import type { Customer, Frozen, Product, Variant } from "../truth.ts";
import {
  COMPANIES,
  FIRST_NAMES,
  LAST_NAMES,
  NOTES,
  ORDER_TAGS,
  PLACES,
  STREETS,
  type Place,
} from "./words.ts";

const LONG_NOTE = "Long story, sorry. ".repeat(120);
/** How many tries to find something that is in stock before the cart is left smaller. */
const TRIES = 12;

export function placeFor(chance: Chance): Place {
  let left = chance.whole(
    1,
    PLACES.reduce((total, place) => total + place.weight, 0),
  );
  for (const place of PLACES) {
    left -= place.weight;
    if (left <= 0) return place;
  }
  throw new Error("The weights of the places do not add up.");
}

export function buyer(chance: Chance, number: number): CustomerInput {
  const firstName = chance.pick(FIRST_NAMES);
  const lastName = chance.pick(LAST_NAMES);
  const place = placeFor(chance);
  const digits = String(number).padStart(4, "0");
  return {
    firstName,
    lastName,
    email: `buyer${digits}@example.com`,
    phone: chance.happens(0.3) ? `+1207555${digits}` : null,
    tags: chance.happens(0.1) ? [chance.pick(["vip", "press", "wholesale"])] : [],
    note: chance.happens(0.03) ? chance.pick(NOTES) : null,
    locale: place.countryCode === "DE" ? "de" : place.countryCode === "JP" ? "ja" : "en",
    acceptsMarketing: chance.happens(0.4),
    addresses: [addressAt(chance, place, firstName, lastName)],
  };
}

export function addressAt(chance: Chance, place: Place, firstName: string, lastName: string) {
  const { country, countryCode, province, provinceCode, city, zip } = place;
  const address1 = `${chance.whole(1, 240)} ${chance.pick(STREETS)}`;
  const address2 = chance.happens(0.15) ? `Flat ${chance.whole(1, 40)}` : null;
  return { firstName, lastName, address1, address2, city, province, provinceCode, country, countryCode, zip };
}

/** Shopify's name for orders that began as drafts. */
const DRAFT = "shopify_draft_order";

const SHIPPING = [
  { title: "Standard", code: "standard", price: "6.90" },
  { title: "Express", code: "express", price: "18.50" },
  { title: "International tracked", code: "intl", price: "24.00" },
] as const;

/** An order of a customer (or, without one, over the counter), of things that are in stock. */
export function cart(store: Store, chance: Chance, customer: Frozen<Customer> | null): OrderPlaceInput {
  const count = chance.happens(0.55) ? 1 : chance.happens(0.9) ? chance.whole(2, 4) : chance.whole(5, 12);
  const lines = someLines(store, chance, count);
  if (chance.happens(0.02))
    lines.push({
      variantId: null,
      title: "Tip",
      price: chance.pick(["2", "5", "7.50"]),
      quantity: 1,
      isTip: true,
    });
  const country = customer?.addresses[0]?.countryCode;
  const place = PLACES.find((one) => one.countryCode === country) ?? null;
  const buying = customer ? online(chance, customer, place) : counter(store);
  return {
    ...withCharges(store, lines, place, buying),
    ...money(chance, place),
    discounts: chance.happens(0.18) ? [discount(chance, lines.length, customer !== null)] : [],
    ...trimmings(chance),
  };
}

/** Fees stay with an order that is paid for at once: they do not go back when it is cancelled. */
function withCharges(
  store: Store,
  lines: readonly OrderLineInput[],
  place: Place | null,
  buying: Partial<OrderPlaceInput>,
): OrderPlaceInput {
  const { additionalFees, duty } = cartRarities(store.ids.count("OrderNumber"));
  const isAbroad = place !== null && place.countryCode !== "US";
  return {
    ...buying,
    lines: lines.map((line) => (isAbroad && duty && !line.isTip ? { ...line, duty } : line)),
    additionalFees: buying.payment === "paid" ? additionalFees : [],
  };
}

function online(chance: Chance, customer: Frozen<Customer>, place: Place | null): Partial<OrderPlaceInput> {
  const abroad = place !== null && place.countryCode !== "US";
  const shipping = abroad ? SHIPPING[2] : chance.happens(0.2) ? SHIPPING[1] : SHIPPING[0];
  const payment = chance.happens(0.03) ? "pending" : chance.happens(0.03) ? "authorized" : "paid";
  const sourceName = chance.happens(0.96) ? "web" : DRAFT;
  return {
    customerId: customer.id,
    // Wholesale buyers order by mail: somebody writes a draft of it.
    company: sourceName === DRAFT ? COMPANIES[Number(BigInt(customer.id) % BigInt(COMPANIES.length))] : null,
    shipping,
    payment,
    gateway:
      payment === "pending" ? "manual" : chance.pick(["shopify_payments", "shopify_payments", "paypal"]),
    sourceName,
  };
}

const counter = (store: Store): Partial<OrderPlaceInput> => ({
  customerId: null,
  shipping: null,
  sourceName: "pos",
  retailLocationId: store.list("locations")[1]?.id ?? null,
  gateway: "cash",
});

function money(chance: Chance, place: Place | null): Partial<OrderPlaceInput> {
  const taxes = place?.tax ? [place.tax] : [];
  if (!place?.money || !chance.happens(0.7)) return { taxes };
  return { taxes, presentmentCurrency: place.money.currency, rate: place.money.rate };
}

function discount(chance: Chance, lines: number, ships: boolean): DiscountInput {
  const roll = chance.next();
  if (roll < 0.4) return { kind: "code", name: "WELCOME10", percentage: 10 };
  if (roll < 0.6) return { kind: "code", name: "KILN5", amount: "5.00" };
  if (roll < 0.75 && ships) return { kind: "code", name: "FREESHIP", percentage: 100, on: "shipping" };
  if (roll < 0.9)
    return { kind: "automatic", name: "Spring glaze", percentage: 12.5, lines: [chance.whole(0, lines - 1)] };
  return { kind: "manual", name: "Sorry for the wait", amount: "12.34" };
}

function trimmings(chance: Chance): Partial<OrderPlaceInput> {
  return {
    note: chance.happens(0.08) ? (chance.happens(0.05) ? LONG_NOTE : chance.pick(NOTES)) : null,
    tags: chance.happens(0.15) ? chance.sample(ORDER_TAGS, chance.whole(1, 2)) : [],
    attributes: chance.happens(0.06) ? [{ key: "Gift message", value: chance.pick(NOTES) }] : [],
    poNumber: chance.happens(0.01) ? `PO-${chance.whole(1000, 9999)}` : null,
    test: chance.happens(0.01),
  };
}

export function someLines(store: Store, chance: Chance, count: number): OrderLineInput[] {
  const lines = new Map<string, OrderLineInput>();
  for (let tries = 0; lines.size < count && tries < count + TRIES; tries++) {
    const quantity = chance.happens(0.8) ? 1 : chance.whole(2, 4);
    const variant = someVariant(store, chance, quantity);
    if (!variant) continue;
    const attributes = chance.happens(0.04) ? [{ key: "Engraving", value: "für Mira ♥" }] : [];
    lines.set(variant.id, { variantId: variant.id, quantity, attributes });
  }
  // Nothing in stock at all: something made to order.
  if (lines.size === 0) return [{ variantId: null, title: "Commissioned piece", price: "140", quantity: 1 }];
  return [...lines.values()];
}

/** Products that can be bought, the earlier ones more often: a shop has bestsellers. */
function someVariant(store: Store, chance: Chance, quantity: number): Frozen<Variant> | undefined {
  const products = store.sorted("products", "id", byId).filter(isSold);
  const product = products[Math.floor(chance.next() ** 2 * products.length)];
  if (!product) return undefined;
  const variants = variantsOf(store, product.id).filter((variant) => canBuy(store, variant, quantity));
  return variants.length > 0 ? chance.pick(variants) : undefined;
}

const byId = (a: { id: string }, b: { id: string }): number => (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
const isSold = (product: Frozen<Product>): boolean =>
  product.status === "ACTIVE" || product.status === "UNLISTED";

/** Units come from one location, so one must have enough unless overselling is allowed. */
export function canBuy(store: Store, variant: Frozen<Variant>, quantity: number): boolean {
  if (!itemOf(store, variant).tracked) return true;
  const levels = levelsOf(store, variant.inventoryItemId);
  if (levels.length === 0) return false;
  return (
    variant.inventoryPolicy === "CONTINUE" || levels.some((level) => level.quantities.available >= quantity)
  );
}
