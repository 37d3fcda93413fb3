// How webhook bodies tell of orders: whose news they are, and what of it they state. The confirming read fills in the rest.
import { BadBody } from "#app/shopify/errors.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { statedRow, type Columns, type Stated } from "./columns.ts";
import type { Body, Notice } from "./define.ts";
import * as shapes from "./order-body-shapes.ts";
import { FULFILLMENT_COLUMNS } from "./order-delivery-fields.ts";
import { statedDiscounts } from "./order-discounts.ts";
import { ORDER_COLUMNS } from "./order-fields.ts";
import { LINE_ITEM_COLUMNS, SHIPPING_LINE_COLUMNS, withIds } from "./order-line-fields.ts";
import { REFUND_COLUMNS, REFUND_LINE_COLUMNS, REFUND_PART_COLUMNS } from "./order-payment-fields.ts";
import type { WholeRefund } from "./order-payment-fields.ts";
import * as rest from "./rest.ts";
import { fields, int8, nullable, time } from "./values.ts";

/** Topics whose body names the order in a field of its own. */
const ORDER_ID_FIELD: Readonly<Record<string, string>> = {
  "orders/risk_assessment_changed": "order_id",
  "order_transactions/create": "order_id",
  "refunds/create": "order_id",
  "fulfillments/create": "order_id",
  "fulfillments/update": "order_id",
  "returns/close": "order_id",
  "returns/reopen": "order_id",
  "returns/cancel": "order_id",
};

/** Topics whose body names a part of the order only. */
const PART_OF_TOPIC: Readonly<Record<string, { readonly model: string }>> = {
  "payment_terms/update": { model: "OrderPaymentTerms" },
  "payment_terms/delete": { model: "OrderPaymentTerms" },
  "payment_schedules/due": { model: "OrderPaymentSchedule" },
};

/** Topics whose body holds a stump of the order. */
const ORDER_IN_BODY: ReadonlySet<string> = new Set(["returns/request", "returns/approve", "returns/decline"]);

export function fromWebhook(body: Body, topic: string): Notice {
  if (topic === "orders/delete") return { says: "deleted", key: rest.keyIn(body) };
  if (topic === "orders/edited") {
    if (!rest.isObject(body.order_edit)) throw new BadBody("no order_edit in the body");
    return { says: "look", key: rest.keyIn(body.order_edit, "order_id") };
  }
  if (topic === "returns/update") return ofReturn(body);
  if (topic === "returns/process") return ofProcessedReturn(body);
  const part = PART_OF_TOPIC[topic];
  if (part) return { says: "lookWith", part: { ...part, field: "id", values: [rest.keyIn(body)] } };
  if (ORDER_IN_BODY.has(topic)) return ofNewReturn(body);
  const field = ORDER_ID_FIELD[topic];
  if (field) return { says: "look", key: rest.keyIn(body, field) };
  return changed(body);
}

/** Older versions leave the order out, and only the return itself says whose it is. */
function ofNewReturn(body: Body): Notice {
  return rest.isObject(body.order) ? { says: "look", key: rest.keyIn(body.order) } : ofReturn(body);
}

/** The one topic of returns that does not say whose it is. */
function ofReturn(body: Body): Notice {
  const values = [rest.keyOfGidIn(body, "admin_graphql_api_id")];
  return { says: "lookWith", part: { model: "OrderReturn", field: "id", values } };
}

/** Shopify has published no body of it: whose it is is read wherever the other topics of returns say it. */
function ofProcessedReturn(body: Body): Notice {
  if (body.order_id !== undefined) return { says: "look", key: rest.keyIn(body, "order_id") };
  return ofNewReturn(body);
}

function changed(body: Body): Notice {
  const key = rest.keyIn(body);
  const only = rest.onlyCurrency(body);
  const row = statedRow(ORDER_COLUMNS, shapes.orderIn(body, key));
  const lineItems = statedChildren(LINE_ITEM_COLUMNS, body.line_items, "line_items", key, (line) =>
    shapes.lineItemIn(line, only),
  );
  const shippingLines = statedChildren(
    SHIPPING_LINE_COLUMNS,
    body.shipping_lines,
    "shipping_lines",
    key,
    (line) => shapes.shippingLineIn(line, only),
  );
  const refunds = statedChildren(REFUND_COLUMNS, body.refunds, "refunds", key, shapes.refundIn);
  const fulfillments = statedChildren(
    FULFILLMENT_COLUMNS,
    body.fulfillments,
    "fulfillments",
    key,
    shapes.fulfillmentIn,
  );
  const discounts = statedDiscounts(body.discount_applications, linesOf(body), only);
  return {
    says: "changed",
    // No body holds the order's payments and returns, or the lines of its fulfillments.
    complete: false,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row: { ...row, ...companyIn(body), ...(discounts && { discountApplications: discounts }) },
      children: {
        ...(lineItems && { OrderLineItem: lineItems }),
        ...(shippingLines && { OrderShippingLine: { ...shippingLines, rows: withIds(shippingLines.rows) } }),
        ...(refunds && { OrderRefund: refundsWithParts(refunds, body.refunds) }),
        ...(refunds && { OrderRefundLine: refundLinesIn(body.refunds as readonly unknown[], key, only) }),
        ...(fulfillments && { OrderFulfillment: fulfillments }),
        ...(body.payment_terms === null && { OrderPaymentTerms: NONE, OrderPaymentSchedule: NONE }),
      },
    },
  };
}

const NO_COMPANY: Row = {
  companyId: null,
  companyName: null,
  companyLocationId: null,
  companyLocationName: null,
  companyContactId: null,
};

/** Whose order it is, where a company buys; a body has no names of it. */
function companyIn({ company }: Body): Row {
  if (company === undefined) return {};
  if (company === null) return NO_COMPANY;
  const { id, location_id: locationId = null } = fields(company, "company");
  return {
    companyId: int8(id, "company.id"),
    companyLocationId: nullable(int8)(locationId, "company.location_id"),
  };
}

const NONE: Children = { rows: [], complete: true };

function statedChildren<T>(
  columns: Columns<T>,
  list: unknown,
  name: string,
  orderId: string,
  nodeIn: (entry: Readonly<Record<string, unknown>>) => Stated<T>,
): Children | null {
  if (list === undefined) return null;
  if (!Array.isArray(list)) throw new BadBody(`${name} is not a list`);
  const rows = list.map((entry: unknown, index): Row => {
    const path = `${name}[${index}]`;
    return { ...statedRow(columns, nodeIn(fields(entry, path)), path), orderId };
  });
  return { rows, complete: true };
}

function linesOf({ line_items: lines, shipping_lines: shipping }: Body): unknown[] {
  return [lines, shipping].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
}

/** What the API tells in a refund's connections, where the body states it beyond doubt. */
function refundsWithParts({ rows, complete }: Children, refunds: unknown): Children {
  const parts = (refunds as readonly unknown[]).map((entry, index) => {
    const path = `refunds[${index}]`;
    const refund = fields(entry, path);
    const stated: Stated<WholeRefund> = {
      refundShippingLines: rest.each(refund.refund_shipping_lines, shapes.refundShippingLineIn),
      transactions: rest.each(refund.transactions, (each) =>
        rest.isObject(each) ? rest.link("OrderTransaction", each.id) : each,
      ),
    };
    return statedRow(REFUND_PART_COLUMNS, stated, path);
  });
  return { rows: rows.map((row, index) => ({ ...row, ...parts[index] })), complete };
}

function refundLinesIn(refunds: readonly unknown[], orderId: string, only: string | undefined): Children {
  const rows = refunds.flatMap((entry, index) => {
    const path = `refunds[${index}]`;
    const refund = fields(entry, path);
    const refundId = int8(refund.id, `${path}.id`);
    const lines = refund.refund_line_items;
    if (!Array.isArray(lines)) throw new BadBody(`${path}.refund_line_items is not a list`);
    return lines.map((line: unknown, at): Row => {
      const place = `${path}.refund_line_items[${at}]`;
      const row = statedRow(REFUND_LINE_COLUMNS, shapes.refundLineIn(fields(line, place), only), place);
      return { ...row, orderId, refundId };
    });
  });
  return { rows: withIds(rows), complete: true };
}
