// How bodies are shown: character for character, and with all covered that the descriptors call personal, in the places where
// bodies state it.
import { describe, expect, it } from "vitest";
import { resources } from "#app/resources/index.ts";
import { printJson } from "#app/status/masked-json.ts";

const SECRET = "Arya of Winterfell";
const named = [{ name: "Engraving", value: SECRET }];

/** "Model.field" → a topic and a body that states it; null where no body does. A new personal field must be told of here. */
const STATED: Readonly<Record<string, readonly [topic: string, body: unknown] | null>> = {
  "Order.email": ["orders/create", { email: SECRET }],
  "Order.phone": ["orders/create", { phone: SECRET }],
  "Order.note": ["orders/create", { note: SECRET }],
  "Order.cancelNote": null,
  "Order.clientIp": ["orders/create", { browser_ip: SECRET, client_details: { browser_ip: SECRET } }],
  "Order.cartToken": ["orders/create", { cart_token: SECRET }],
  "Order.checkoutToken": ["orders/create", { checkout_token: SECRET }],
  "Order.shippingAddress": ["orders/create", { shipping_address: { name: SECRET, country: SECRET } }],
  "Order.billingAddress": ["orders/create", { billing_address: { name: SECRET, country: SECRET } }],
  "Order.customAttributes": ["orders/create", { note_attributes: named }],
  "Order.localizedFields": ["orders/create", { localized_fields: [{ value: SECRET }] }],
  "OrderLineItem.customAttributes": [
    "orders/create",
    {
      line_items: [{ properties: named }],
      fulfillments: [{ line_items: [{ properties: named }] }],
      refunds: [{ refund_line_items: [{ line_item: { properties: named } }] }],
    },
  ],
  "OrderShippingLine.phone": ["orders/create", { shipping_lines: [{ phone: SECRET }] }],
  "OrderTransaction.paymentId": ["order_transactions/create", { payment_id: SECRET }],
  "OrderTransaction.paymentDetails": [
    "order_transactions/create",
    { payment_details: { credit_card_number: SECRET } },
  ],
  "OrderTransaction.receipt": [
    "order_transactions/create",
    { receipt: { charge: { email: SECRET, source: [{ owner: SECRET }] } } },
  ],
  "OrderRefund.note": ["refunds/create", { note: SECRET }],
  "OrderReturn.declineNote": ["returns/decline", { decline: { reason: "other", note: SECRET } }],
  "OrderReturnLine.reasonNote": [
    "returns/request",
    { return_line_items: [{ return_reason_note: SECRET, reason_note: SECRET }] },
  ],
  "OrderReturnLine.customerNote": ["returns/request", { return_line_items: [{ customer_note: SECRET }] }],
  "OrderFulfillment.tracking": [
    "fulfillments/create",
    {
      tracking_number: SECRET,
      tracking_numbers: [SECRET],
      tracking_url: SECRET,
      tracking_urls: [SECRET],
      destination: { name: SECRET },
    },
  ],
  "FulfillmentOrder.destination": ["fulfillment_orders/moved", { order: { destination: { city: SECRET } } }],
  "Customer.firstName": ["customers/update", { first_name: SECRET }],
  "Customer.lastName": ["customers/update", { last_name: SECRET }],
  "Customer.displayName": ["customers/update", { display_name: SECRET }],
  "Customer.email": ["customers/update", { email: SECRET, email_address: SECRET }],
  "Customer.phone": ["customers/update", { phone: SECRET }],
  "Customer.note": ["customers/update", { note: SECRET }],
  "Customer.tags": ["customers/update", { tags: `vip, ${SECRET}` }],
  "Customer.taxId": null,
  "Customer.multipassIdentifier": ["customers/update", { multipass_identifier: SECRET }],
  "Customer.defaultAddress": ["customers/update", { default_address: { country_name: SECRET } }],
  "Customer.addresses": ["customers/update", { addresses: [{ country_name: SECRET }] }],
  "Metafield.value": null,
  "Metafield.compareDigest": null,
};

describe("a printed body", () => {
  it("is the same JSON, number for number", () => {
    const json = '{"a":[],"b":{},"c":[1.10,12345678901234567890,{"d":"x\\"}{"}],"e":null,"f":true}';
    const { text } = printJson(json, { isMasked: true, topic: "orders/create" });
    expect(JSON.parse(text)).toEqual(JSON.parse(json));
    expect(text).toContain("12345678901234567890");
    expect(text).toContain("1.10");
    expect(text.replaceAll(/\n\s*/g, "").replaceAll(": ", ":")).toBe(json);
  });

  it("is told below of every field that the descriptors call personal", () => {
    const personal = resources.flatMap((each) =>
      Object.entries(each.personal).flatMap(([model, fields]) => fields.map((field) => `${model}.${field}`)),
    );
    expect(Object.keys(STATED).sort()).toEqual([...new Set(personal)].sort());
  });

  const stated = Object.entries(STATED).flatMap(([field, where]) =>
    where ? [[field, ...where] as const] : [],
  );
  it.each(stated)("covers %s, wherever a body states it", (_field, topic, body) => {
    const json = JSON.stringify({ id: 7, ...(body as object) });
    expect(printJson(json, { isMasked: false, topic }).text).toContain(SECRET);
    const { text, covered } = printJson(json, { isMasked: true, topic });
    expect(text).not.toContain(SECRET);
    expect(text).toContain('"id": 7');
    expect(covered).toBeGreaterThan(0);
  });

  it("covers no more than that: the same name may tell of no person", () => {
    const body = '{"id":7,"tags":"sale","name":"#1001","line_items":[{"name":"Poster","sku":"P-1"}]}';
    expect(printJson(body, { isMasked: true, topic: "orders/create" }).covered).toBe(0);
    expect(printJson('{"tags":"sale"}', { isMasked: true, topic: "products/update" }).covered).toBe(0);
    expect(printJson('{"tags":"sale"}', { isMasked: true, topic: "nobody/knows" }).covered).toBe(0);
  });
});
