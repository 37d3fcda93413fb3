// Reads an order's node, with all that it holds, into rows.
import type {
  FulfillmentFieldsFragment,
  FulfillmentLineItemFieldsFragment,
  LineItemFieldsFragment,
  OrderFieldsFragment,
  OrderTransactionFieldsFragment,
  PaymentScheduleFieldsFragment,
  PaymentTermsFieldsFragment,
  RefundFieldsFragment,
  RefundLineItemFieldsFragment,
  ReturnFieldsFragment,
  ShippingLineFieldsFragment,
} from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { wholeRow, type Columns, type Stated } from "./columns.ts";
import type { Node, Reading } from "./define.ts";
import * as agreed from "./order-agreement-fields.ts";
import * as delivery from "./order-delivery-fields.ts";
import { discountsOf } from "./order-discounts.ts";
import { ORDER_COLUMNS, localizedFieldsIn } from "./order-fields.ts";
import * as line from "./order-line-fields.ts";
import * as payment from "./order-payment-fields.ts";
import * as returned from "./order-return-fields.ts";
import * as terms from "./order-terms-fields.ts";
import * as rest from "./rest.ts";
import { entriesOf, fields } from "./values.ts";

export function fromNode(node: Node): Reading {
  const order = wholeRow<OrderFieldsFragment>(ORDER_COLUMNS, node);
  const key = String(order.id);
  const lineItems = entriesIn(node, "lineItems");
  const shippingLines = entriesIn(node, "shippingLines");
  const refunds = entriesIn(node, "refunds");
  const fulfillments = entriesIn(node, "fulfillments");
  const returns = entriesIn(node, "returns");
  const owed = entriesIn({ paymentTerms: oneIn(node.paymentTerms) }, "paymentTerms");
  const rowsOf = <T>(columns: Columns<T>, entries: readonly Entry[]) => ({
    rows: line.withIds(entries.map((entry) => rowOf(columns, entry, { orderId: key }))),
    complete: true,
  });
  return {
    key,
    updatedAt: order.updatedAt as string,
    row: {
      ...order,
      discountApplications: discountsOf([...lineItems, ...shippingLines]),
      localizedFields: localizedFieldsIn(node.localizedFields),
    },
    children: {
      OrderLineItem: rowsOf<LineItemFieldsFragment>(line.LINE_ITEM_COLUMNS, lineItems),
      OrderShippingLine: rowsOf<ShippingLineFieldsFragment>(line.SHIPPING_LINE_COLUMNS, shippingLines),
      OrderTransaction: rowsOf<OrderTransactionFieldsFragment>(
        payment.TRANSACTION_COLUMNS,
        entriesIn(node, "transactions"),
      ),
      OrderRefund: withParts<RefundFieldsFragment, payment.WholeRefund>(refunds, key, {
        columns: payment.REFUND_COLUMNS,
        whole: "refundLineItems",
        parts: payment.REFUND_PART_COLUMNS,
      }),
      ...linesWithin<RefundLineItemFieldsFragment>("OrderRefundLine", refunds, key, {
        field: "refundLineItems",
        columns: payment.REFUND_LINE_COLUMNS,
        parentField: "refundId",
      }),
      OrderFulfillment: rowsOf<FulfillmentFieldsFragment>(delivery.FULFILLMENT_COLUMNS, fulfillments),
      ...linesWithin<FulfillmentLineItemFieldsFragment>("OrderFulfillmentLine", fulfillments, key, {
        field: "fulfillmentLineItems",
        columns: delivery.FULFILLMENT_LINE_COLUMNS,
        parentField: "fulfillmentId",
      }),
      OrderReturn: withParts<ReturnFieldsFragment, returned.WholeReturn>(returns, key, {
        columns: returned.RETURN_COLUMNS,
        whole: "returnLineItems",
        parts: returned.RETURN_PART_COLUMNS,
      }),
      ...linesWithin("OrderReturnLine", returns, key, {
        field: "returnLineItems",
        columns: returned.RETURN_LINE_COLUMNS,
        parentField: "returnId",
        nodeIn: returned.returnLineIn,
      }),
      OrderPaymentTerms: rowsOf<PaymentTermsFieldsFragment>(terms.PAYMENT_TERMS_COLUMNS, owed),
      ...linesWithin<PaymentScheduleFieldsFragment>("OrderPaymentSchedule", owed, key, {
        field: "paymentSchedules",
        columns: terms.PAYMENT_SCHEDULE_COLUMNS,
        parentField: "paymentTermsId",
      }),
      ...agreementsIn(node, key),
    },
  };
}

/** Of an order as it was placed there are none; of one that changed nothing is said before they were read. */
function agreementsIn(node: Node, orderId: string): Reading["children"] {
  if (node.agreements === undefined && agreed.hasChanged(node)) return {};
  const entries = entriesIn({ agreements: node.agreements ?? [] }, "agreements");
  const rows = entries.map((entry) =>
    rowOf(agreed.AGREEMENT_COLUMNS, { ...entry, value: agreed.agreementIn(entry.value) }, { orderId }),
  );
  return {
    OrderAgreement: { rows, complete: true },
    ...linesWithin("OrderSale", entries, orderId, {
      field: "sales",
      columns: agreed.SALE_COLUMNS,
      parentField: "agreementId",
      nodeIn: agreed.saleIn,
    }),
  };
}

/** One entry of a list or connection, and where it stands. */
interface Entry {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
}

function entriesIn(value: Readonly<Record<string, unknown>>, field: string, within = ""): Entry[] {
  const place = within === "" ? field : `${within}.${field}`;
  return entriesOf(value[field], place).map((entry, index) => {
    const path = `${place}[${index}]`;
    return { value: fields(entry, path), path };
  });
}

/** An object of which there is one at most, as a list; where a shop leaves it out, the list is empty already. */
function oneIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return value === null ? [] : [value];
}

function rowOf<T>(columns: Columns<T>, { value, path }: Entry, more?: Row): Row {
  return wholeRow(columns, value as Stated<T>, path, more);
}

interface Parted<T, W> {
  readonly columns: Columns<T>;
  /** Connection that is there once all of the entry's are, and what they tell of it. */
  readonly whole: string;
  readonly parts: Columns<W>;
}

/** Entries with what their connections tell of them, as far as those were read. */
function withParts<T, W>(
  entries: readonly Entry[],
  orderId: string,
  { columns, whole, parts }: Parted<T, W>,
): Children {
  const rows = entries.map((entry): Row => {
    const isWhole = entry.value[whole] !== undefined;
    return rowOf(columns, entry, { orderId, ...(isWhole && rowOf(parts, entry)) });
  });
  return { rows, complete: true };
}

interface Within<T> {
  readonly field: string;
  readonly columns: Columns<T>;
  readonly parentField: string;
  /** Makes lines of different types alike. */
  readonly nodeIn?: (line: Entry["value"]) => Entry["value"];
}

/** Lines inside the entries of a list. A bulk file shows none of them: then nothing is said of them. */
function linesWithin<T>(
  model:
    "OrderRefundLine" | "OrderFulfillmentLine" | "OrderReturnLine" | "OrderPaymentSchedule" | "OrderSale",
  entries: readonly Entry[],
  orderId: string,
  { field, columns, parentField, nodeIn = (line) => line }: Within<T>,
): { readonly [name in typeof model]?: Children } {
  if (entries.some(({ value }) => value[field] === undefined)) return {};
  const rows = entries.flatMap(({ value, path }) => {
    const parentId = rest.keyOfGid(value.id, `${path}.id`);
    return entriesIn(value, field, path).map((entry) =>
      rowOf(columns, { ...entry, value: nodeIn(entry.value) }, { orderId, [parentField]: parentId }),
    );
  });
  return { [model]: { rows: line.withIds(rows), complete: true } };
}
