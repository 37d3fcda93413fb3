// What shop and buyer agreed on, one entry for each time: the difference that an act makes to what an order costs now, line
// by line. So the entries of an order always add up to its current total.

import { currentUnits, discountOf, lineDiscount, shippingPrice, shippingTax } from "../line-totals.ts";
import { dutyShares, refundedShipping, taxesOf, worth } from "../line-totals.ts";
import { bagOf, isZero, minus, moneyOf, sum, ZERO, type Bag } from "../money.ts";
import type { Store } from "../store.ts";
import type {
  AdditionalFee,
  Agreement,
  Frozen,
  LineItem,
  Order,
  Sale,
  ShippingLine,
  TaxLine,
} from "../truth.ts";

type Terms = Pick<Agreement, "reason" | "refundId" | "returnId">;

/** What stands on one line of the bill. */
interface Stand {
  readonly kind: Sale["kind"];
  readonly lineId: string | null;
  readonly dutyId: string | null;
  readonly units: number | null;
  readonly price: Bag;
  readonly discount: Bag;
  readonly taxes: readonly { readonly line: Frozen<TaxLine>; readonly tax: Bag }[];
}

/** Adds the agreement that leads from the order before (none, when it is placed) to the order as it is now. */
export function agree(store: Store, order: Order, before: Frozen<Order> | null, terms: Terms): void {
  const old = new Map(before ? billOf(before).map((stand) => [placeOf(stand), stand]) : []);
  const sales = billOf(order).flatMap((stand) => {
    const sale = saleBetween(store, order, old.get(placeOf(stand)), stand);
    return sale ? [sale] : [];
  });
  order.agreements.push({ id: store.ids.mint("SalesAgreement"), happenedAt: store.time(), ...terms, sales });
}

const placeOf = ({ kind, lineId, dutyId }: Stand): string => `${kind}:${lineId}:${dutyId}`;

function billOf(order: Frozen<Order>): Stand[] {
  return [
    ...order.lines.flatMap((line) => [ofLine(order, line), ...ofDuties(order, line)]),
    ...order.shippingLines.map((line) => ofShipping(order, line)),
    ...order.additionalFees.map((fee) => ofFee(order, fee)),
    ofAdjustments(order),
  ];
}

function ofLine(order: Frozen<Order>, line: Frozen<LineItem>): Stand {
  const units = currentUnits(order, line);
  return {
    kind: line.isTip ? "TIP" : line.isGiftCard ? "GIFT_CARD" : "PRODUCT",
    lineId: line.id,
    dutyId: null,
    units,
    price: worth(order, line, units),
    discount: discountOf(order, line, units),
    taxes: taxesOf(order, line, units),
  };
}

function ofDuties(order: Frozen<Order>, line: Frozen<LineItem>): Stand[] {
  return dutyShares(order, line, currentUnits(order, line)).map(({ dutyId, price }) => {
    return { kind: "DUTY", lineId: line.id, dutyId, units: null, price, discount: ZERO, taxes: [] };
  });
}

function ofFee(order: Frozen<Order>, { id, price }: Frozen<AdditionalFee>): Stand {
  const nothing = { dutyId: null, units: null, discount: ZERO, taxes: [] };
  return { kind: "ADDITIONAL_FEE", lineId: id, ...nothing, price: bagOf(price, order) };
}

function ofShipping(order: Frozen<Order>, line: Frozen<ShippingLine>): Stand {
  const given = refundedShipping(order, line);
  const rest = line.isRemoved ? ZERO : minus(shippingTax(order, line), given.tax);
  const [first] = line.taxLines;
  return {
    kind: "SHIPPING",
    lineId: line.id,
    dutyId: null,
    units: line.isRemoved ? 0 : 1,
    price: line.isRemoved ? ZERO : minus(shippingPrice(order, line), given.subtotal),
    discount: line.isRemoved ? ZERO : lineDiscount(order, line),
    taxes: first ? [{ line: first, tax: rest }] : [],
  };
}

/** What was paid back more or less than was given back. */
function ofAdjustments(order: Frozen<Order>): Stand {
  const parts = order.refunds.flatMap(({ adjustments }) => adjustments);
  const price = sum(ZERO, ...parts.flatMap(({ amount, tax }) => [bagOf(amount, order), bagOf(tax, order)]));
  const nothing = { lineId: null, dutyId: null, units: null, discount: ZERO, taxes: [] };
  return { kind: "ADJUSTMENT", ...nothing, price };
}

function saleBetween(store: Store, order: Order, old: Stand | undefined, now: Stand): Sale | null {
  const units = now.units === null ? null : now.units - (old?.units ?? 0);
  const price = minus(now.price, old?.price ?? ZERO);
  const discount = minus(now.discount, old?.discount ?? ZERO);
  const taxes = now.taxes.map(({ line, tax }, index) => ({
    line,
    tax: minus(tax, old?.taxes[index]?.tax ?? ZERO),
  }));
  const tax = sum(ZERO, ...taxes.map((part) => part.tax));
  // A line that costs nothing is sold, too; a charge that is what it was is not.
  const isSold = now.kind === "SHIPPING" || units === null ? old === undefined : units !== 0;
  if (!isSold && isZero(price) && isZero(tax) && isZero(discount)) return null;
  if (now.kind === "ADJUSTMENT" && isZero(price)) return null;
  const total = order.taxesIncluded ? price : sum(price, tax);
  return {
    id: store.ids.mint("Sale"),
    kind: now.kind,
    action: actionOf(now.kind, units, total),
    quantity: units,
    lineId: now.lineId,
    dutyId: now.dutyId,
    total: moneyOf(total, order),
    discount: moneyOf(discount, order),
    tax: moneyOf(tax, order),
    taxes: taxes
      .filter((part) => !isZero(part.tax))
      .map((part) => ({ id: store.ids.mint("SaleTax"), line: part.line, amount: moneyOf(part.tax, order) })),
  };
}

/** A charge has no units: what it grows is sold, what it shrinks is taken back. */
function actionOf(kind: Sale["kind"], units: number | null, total: Bag): Sale["action"] {
  const grown = units === null || kind === "SHIPPING" ? total.presentment : BigInt(units);
  return grown > 0n ? "ORDER" : grown < 0n ? "RETURN" : units === null ? "ORDER" : "UPDATE";
}
