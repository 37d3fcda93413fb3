// Ids like Shopify's: numbers of 11 to 14 digits, growing by uneven steps, one sequence per kind. They follow from the
// seed and a counter alone, so a store that is reopened goes on where it was.

import { hash32 } from "./chance.ts";
import type { Id } from "./truth.ts";

/** Where each kind starts; the sizes are those seen in real stores. */
const FIRST = {
  Shop: 61_234_000_000n,
  Location: 71_020_000_000n,
  Product: 8_120_000_000_000n,
  ProductOption: 10_310_000_000_000n,
  ProductOptionValue: 1_250_000_000_000n,
  ProductVariant: 44_100_000_000_000n,
  InventoryItem: 46_200_000_000_000n,
  InventoryLevelNumber: 103_400_000_000n,
  MediaImage: 33_100_000_000_000n,
  ProductImage: 40_700_000_000_000n,
  Customer: 7_340_000_000_000n,
  MailingAddress: 9_180_000_000_000n,
  Collection: 439_000_000_000n,
  Metafield: 29_500_000_000_000n,
  Order: 5_610_000_000_000n,
  Checkout: 36_900_000_000_000n,
  LineItem: 14_020_000_000_000n,
  Duty: 910_000_000_000n,
  AdditionalFee: 47_000_000_000n,
  ShippingLine: 4_730_000_000_000n,
  OrderTransaction: 6_890_000_000_000n,
  Fulfillment: 5_020_000_000_000n,
  FulfillmentLineItem: 13_240_000_000_000n,
  FulfillmentOrder: 6_540_000_000_000n,
  FulfillmentHold: 83_200_000_000n,
  FulfillmentOrderLineItem: 14_610_000_000_000n,
  Refund: 930_000_000_000n,
  RefundLineItem: 591_000_000_000n,
  RefundShippingLine: 871_000_000_000n,
  OrderAdjustment: 294_000_000_000n,
  Return: 11_400_000_000n,
  ReturnLineItem: 24_300_000_000n,
  ReturnShippingFee: 5_200_000_000n,
  PaymentTerms: 7_300_000_000n,
  PaymentSchedule: 8_400_000_000n,
  OrderEdit: 112_900_000_000n,
  SalesAgreement: 831_000_000_000n,
  Sale: 19_900_000_000_000n,
  SaleTax: 27_100_000_000_000n,
  DeletionEvent: 178_300_000_000_000n,
  /** Counted, never shown as a number. */
  Event: 0n,
  OrderNumber: 0n,
} as const;
export type IdKind = keyof typeof FIRST;

const STEP = 32_768;
/** With big ids every sequence starts past Number.MAX_SAFE_INTEGER, as Shopify's own test samples do. */
const BIG = 820_000_000_000_000_000n;

export class Ids {
  readonly #seed: string;
  readonly #big: boolean;
  readonly #counts = new Map<IdKind, number>();
  #changed = new Set<IdKind>();

  constructor(seed: string, big: boolean) {
    this.#seed = seed;
    this.#big = big;
  }

  /** The next count of a kind: 1, 2, 3, … */
  count(kind: IdKind): number {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.#changed.add(kind);
    return count;
  }

  mint(kind: IdKind): Id {
    const count = this.count(kind);
    const offset = count * STEP + (hash32(`${this.#seed}/${kind}/${count}`) % STEP);
    return String(FIRST[kind] + (this.#big ? BIG : 0n) + BigInt(offset));
  }

  /** The counters that moved since the last call, for the journal. */
  takeChanged(): Partial<Record<IdKind, number>> {
    const changed: Partial<Record<IdKind, number>> = {};
    for (const kind of this.#changed) changed[kind] = this.#counts.get(kind) ?? 0;
    this.#changed = new Set();
    return changed;
  }

  all(): Partial<Record<IdKind, number>> {
    return Object.fromEntries(this.#counts);
  }

  restore(counts: Partial<Record<IdKind, number>>): void {
    for (const kind of Object.keys(counts) as IdKind[]) this.#counts.set(kind, counts[kind] ?? 0);
  }
}
