// Every act of the admin: once as it is meant, once with something wrong in it. A refused act changes nothing, answers
// 422 and says why beside the field.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { metafieldsOf, variantsOf } from "#sandbox/store/lookups.ts";
import { financialStatus, fulfillmentStatus, quantitiesOf } from "#sandbox/store/states.ts";
import { lineTotals, totals } from "#sandbox/store/totals.ts";
import type { Frozen, Order } from "#sandbox/store/truth.ts";
import { openPages, type PagesStore } from "#tests/sandbox/pages-store.ts";

let pages: PagesStore;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(() => pages.clock.advance(60_000));

const idOf = (location: string | null): string => location?.split("/").at(-1) ?? "";

async function done(path: string, fields: Record<string, string | string[]>): Promise<string> {
  const { status, location, text } = await pages.send(path, fields);
  expect(status, text.slice(text.indexOf("banner"), text.indexOf("banner") + 400)).toBe(303);
  return location ?? "";
}

/** Sends a form that must be refused, and expects `problem` beside the field of that id (null: on top of the page). */
async function refused(
  path: string,
  fields: Record<string, string | string[]>,
  field: string | null,
  problem: string,
): Promise<void> {
  const before = pages.store.version;
  const { status, text } = await pages.send(path, fields);
  expect(status).toBe(422);
  expect(pages.store.version).toBe(before);
  const said = [...text.matchAll(/<li>(?:<a href="[^"]*">)?([^<]*)/g)].map(([, sentence]) => sentence);
  expect(said).toContainEqual(expect.stringContaining(problem));
  if (field === null) return;
  const beside =
    new RegExp(`id="${field}-problem">([^<]*)`).exec(text)?.[1] ??
    `nothing beside ${field}; said ${said.join()}`;
  expect(beside).toContain(problem);
}

async function placed(fields: Record<string, string> = {}): Promise<Frozen<Order>> {
  const to = await done("/orders", {
    "line[0].item": "BOWL-L",
    "line[0].quantity": "2",
    "line[1].item": "",
    "line[1].quantity": "1",
    ...fields,
  });
  return pages.store.need("orders", idOf(to));
}

const again = (order: Frozen<Order>): Frozen<Order> => pages.store.need("orders", order.id);

describe("orders", () => {
  it("are placed with everything the form offers", async () => {
    const order = await placed({
      customer: "ada@example.com",
      "line[2].item": "PRINT",
      "line[2].quantity": "1",
      "line[2].price": "99.50",
      discountKind: "percentage",
      discountValue: "10",
      discountName: "SPRING10",
      taxPercent: "19",
      shippingPrice: "4.90",
      note: "wrap it",
      tags: "vip, new",
      "attribute[0].key": "gift",
      "attribute[0].value": "yes",
      test: "on",
    });
    expect(order).toMatchObject({
      note: "wrap it",
      tags: ["new", "vip"],
      attributes: [{ key: "gift", value: "yes" }],
      test: true,
      email: "ada@example.com",
    });
    expect(order.lines.map((line) => [line.sku, line.quantity, line.unitPrice.shop])).toEqual([
      ["BOWL-L", 2, "35.00"],
      ["PRINT", 1, "99.50"],
    ]);
    expect(order.discountApplications[0]).toMatchObject({ code: "SPRING10", value: "10.0" });
    expect(financialStatus(order)).toBe("PAID");
    const shown = (await pages.read(`/orders/${order.id}`)).text;
    for (const text of [order.name, "wrap it", "SPRING10", "Ada Berg", "99.50 USD"])
      expect(shown).toContain(text);
    expect((await pages.read("/orders?q=ada@example.com")).text).toContain(order.name);
  });

  it("are refused with the problem beside the line that has it, rows left empty or not", async () => {
    await refused("/orders", { "line[0].item": "" }, "f-line-0--item", "Add at least one product.");
    await refused(
      "/orders",
      { "line[0].item": "NO-SUCH" },
      "f-line-0--item",
      "There is no product called “NO-SUCH”.",
    );
    await refused(
      "/orders",
      { "line[0].item": "BOWL-L", "line[0].quantity": "2.5" },
      "f-line-0--quantity",
      "Enter a whole number",
    );
    await refused(
      "/orders",
      { "line[0].item": "BOWL-L", customer: "who@example.com" },
      "f-customer",
      "There is no customer",
    );
    await refused(
      "/orders",
      { "line[0].item": "BOWL-L", "line[0].price": "-1" },
      "f-line-0--price",
      "Enter an amount",
    );
    await refused(
      "/orders",
      { "line[0].item": "BOWL-L", discountKind: "amount" },
      "f-discountValue",
      "Enter the amount",
    );
    await refused(
      "/orders",
      { "line[0].item": "", "line[0].quantity": "1", "line[1].item": "PRINT", "line[1].quantity": "100000" },
      "f-line-1--quantity",
      "Only 19 of PRINT are left",
    );
  });

  it("come as samples, one or many", async () => {
    const before = pages.store.list("orders").length;
    expect(await done("/orders/samples", {})).toBe("/orders");
    expect(await done("/orders/samples", { count: "3", from: "home" })).toBe("");
    expect(pages.store.list("orders").length).toBe(before + 4);
    await refused("/orders/samples", { count: "100000" }, null, "Enter a whole number from 1 to 500.");
  });

  it("are paid and captured, once", async () => {
    const pending = await placed({ payment: "pending" });
    await done(`/orders/${pending.id}/payments`, {});
    expect(financialStatus(again(pending))).toBe("PAID");
    await refused(`/orders/${pending.id}/payments`, {}, null, "Order cannot be marked as paid.");
    const authorized = await placed({ payment: "authorized" });
    await done(`/orders/${authorized.id}/captures`, {});
    expect(financialStatus(again(authorized))).toBe("PAID");
    await refused(`/orders/${authorized.id}/captures`, {}, null, "Unable to find parent transaction");
  });

  it("are fulfilled in parts, with tracking, and a fulfilment can be called back", async () => {
    const order = await placed();
    const line = order.lines[0]?.id ?? "";
    const path = `/orders/${order.id}/fulfillments`;
    await refused(path, { [`send.${line}`]: "0" }, null, "Choose at least one item to send.");
    await refused(
      path,
      { [`send.${line}`]: "9" },
      `f-send-${line}`,
      "Invalid fulfillment order line item quantity",
    );
    await done(path, { [`send.${line}`]: "1", company: "DHL", number: "JD01" });
    expect(fulfillmentStatus(again(order))).toBe("PARTIALLY_FULFILLED");
    const [fulfilment] = again(order).fulfillments;
    expect(fulfilment?.tracking[0]).toMatchObject({ company: "DHL", number: "JD01" });
    await done(`${path}/${fulfilment?.id}/cancellation`, {});
    expect(fulfillmentStatus(again(order))).toBe("UNFULFILLED");
    await refused(`${path}/${fulfilment?.id}/cancellation`, {}, null, "Fulfillment is already cancelled");
  });

  it("are refunded by line, with restock", async () => {
    const order = await placed();
    const line = order.lines[0]?.id ?? "";
    const path = `/orders/${order.id}/refunds`;
    await refused(path, { [`refund.${line}`]: "0" }, null, "Choose items, shipping or an amount to refund.");
    await refused(path, { [`refund.${line}`]: "3" }, `f-refund-${line}`, "Quantity cannot refund more items");
    await refused(path, { amount: "12,5x" }, "f-amount", "Enter an amount");
    await done(path, { [`refund.${line}`]: "1", restock: "on", note: "chipped" });
    expect(again(order).refunds[0]).toMatchObject({
      note: "chipped",
      lines: [{ quantity: 1, restocked: true }],
    });
    expect(financialStatus(again(order))).toBe("PARTIALLY_REFUNDED");
    expect(totals(again(order)).totalRefunded.shop).toBe("35.00");
  });

  it("are edited: quantities, lines off, lines on", async () => {
    const order = await placed();
    const line = order.lines[0]?.id ?? "";
    const path = `/orders/${order.id}/edits`;
    await refused(path, { [`quantity.${line}`]: "2" }, null, "Change a quantity or add an item.");
    await refused(path, { [`quantity.${line}`]: "many" }, `f-quantity-${line}`, "Enter a whole number");
    await refused(path, { "add[1].item": "NO-SUCH" }, "f-add-1--item", "There is no product");
    await done(path, {
      [`quantity.${line}`]: "0",
      "add[1].item": "PRINT",
      "add[1].quantity": "1",
      restock: "on",
    });
    const edited = again(order);
    expect(edited.lines.map((part) => [part.sku, lineTotals(edited, part).currentQuantity])).toEqual([
      ["BOWL-L", 0],
      ["PRINT", 1],
    ]);
  });

  it("are noted, closed, reopened, cancelled and deleted", async () => {
    const order = await placed({ payment: "pending" });
    const path = `/orders/${order.id}`;
    await done(path, {
      note: "call first",
      tags: "late",
      email: "x@example.com",
      poNumber: "P1",
      attributes: "gift: yes\ncard: no",
    });
    expect(again(order)).toMatchObject({
      note: "call first",
      tags: ["late"],
      poNumber: "P1",
      attributes: [
        { key: "gift", value: "yes" },
        { key: "card", value: "no" },
      ],
    });
    await refused(path, { attributes: "no colon" }, "f-attributes", "Write “no colon” as name: value.");
    await refused(path, { email: "not an address" }, "f-email", "Email is invalid");
    await done(`${path}/closure`, {});
    expect(again(order).closedAt).not.toBeNull();
    await done(`${path}/reopening`, {});
    expect(again(order).closedAt).toBeNull();
    await refused(`${path}/cancellation`, { reason: "BOREDOM" }, null, "Choose one of");
    await done(`${path}/cancellation`, { reason: "FRAUD", restock: "on", refund: "on" });
    expect(again(order).cancelReason).toBe("FRAUD");
    await refused(`${path}/cancellation`, { reason: "FRAUD" }, null, "Order has already been cancelled");
    expect(await done(`${path}/deletion`, {})).toBe("/orders");
    expect(pages.store.get("orders", order.id)).toBeUndefined();
    const paid = await placed();
    await refused(`/orders/${paid.id}/deletion`, {}, null, "Order cannot be deleted");
  });
});

describe("products", () => {
  it("are created with every combination of their options", async () => {
    const to = await done("/products", {
      title: "Ash vase",
      vendor: "Kiln",
      tags: "tall, ash",
      status: "DRAFT",
      "option[0].name": "Size",
      "option[0].values": "S, L",
      "option[1].name": "Glaze",
      "option[1].values": "White, Green",
      price: "12.50",
      sku: "ASH",
      stock: "7",
    });
    const product = pages.store.need("products", idOf(to));
    expect(product).toMatchObject({ title: "Ash vase", status: "DRAFT", tags: ["ash", "tall"] });
    expect(
      variantsOf(pages.store, product.id).map((variant) => [variant.title, variant.price, variant.sku]),
    ).toEqual([
      ["S / White", "12.50", "ASH"],
      ["S / Green", "12.50", "ASH-2"],
      ["L / White", "12.50", "ASH-3"],
      ["L / Green", "12.50", "ASH-4"],
    ]);
    await refused("/products", { title: " " }, "f-title", "Title can&#39;t be blank.");
    await refused("/products", { title: "x", price: "much" }, "f-price", "Enter an amount");
    await refused("/products", { title: "x".repeat(300) }, "f-title", "Title is too long");
    await refused(
      "/products",
      { title: "x", "option[0].values": "S" },
      "f-option-0--name",
      "Name this option",
    );
  });

  it("are changed, archived, brought back and deleted", async () => {
    const id = idOf(await done("/products", { title: "Spoon" }));
    await done(`/products/${id}`, {
      title: "Walnut spoon",
      descriptionHtml: "<p>Oiled</p>",
      status: "ACTIVE",
      vendor: "Kiln",
      tags: "wood",
    });
    expect(pages.store.need("products", id)).toMatchObject({
      title: "Walnut spoon",
      descriptionHtml: "<p>Oiled</p>",
      tags: ["wood"],
    });
    await refused(`/products/${id}`, { title: "" }, "f-title", "Title can&#39;t be blank.");
    await done(`/products/${id}/archive`, {});
    expect(pages.store.need("products", id).status).toBe("ARCHIVED");
    await done(`/products/${id}/archive`, {});
    expect(pages.store.need("products", id).status).toBe("ACTIVE");
    expect((await pages.read("/products?q=walnut")).text).toContain("Walnut spoon");
    expect((await pages.read("/products?status=DRAFT&q=walnut")).text).toContain("No product matches.");
    expect(await done(`/products/${id}/deletion`, {})).toBe("/products");
    expect(pages.store.get("products", id)).toBeUndefined();
  });

  it("have variants that are added, changed and deleted", async () => {
    const [bowl] = pages.store.list("products");
    const path = `/products/${bowl?.id}/variants`;
    const fields = {
      "option[0]": "Huge",
      price: "80",
      sku: "BOWL-H",
      barcode: "42",
      tracked: "on",
      cost: "9.1",
      weight: "1.5",
      weightUnit: "KILOGRAMS",
    };
    const id = idOf(await done(path, fields));
    const variant = pages.store.need("variants", id);
    expect(variant).toMatchObject({
      title: "Huge",
      price: "80.00",
      sku: "BOWL-H",
      barcode: "42",
      taxable: false,
    });
    expect(pages.store.need("inventoryItems", variant.inventoryItemId)).toMatchObject({
      cost: "9.10",
      tracked: true,
      weight: { value: 1.5, unit: "KILOGRAMS" },
    });
    await refused(path, { ...fields, "option[0]": "" }, "f-option-0-", "Size can&#39;t be blank.");
    await refused(path, fields, "f-option-0-", "The variant &#39;Huge&#39; already exists.");
    await refused(path, { ...fields, price: "" }, "f-price", "Price can&#39;t be blank.");
    await done(`/variants/${id}`, { ...fields, price: "85.00", compareAtPrice: "99.00" });
    expect(pages.store.need("variants", id)).toMatchObject({ price: "85.00", compareAtPrice: "99.00" });
    await refused(`/variants/${id}`, { ...fields, weight: "-1" }, "f-weight", "Enter a number from 0");
    await done(`/variants/${id}/deletion`, {});
    expect(pages.store.get("variants", id)).toBeUndefined();
    const [print] = pages.store.list("products").filter((product) => product.title === "Signed print");
    const [only] = variantsOf(pages.store, print?.id ?? "");
    await refused(`/variants/${only?.id}/deletion`, {}, null, "Cannot delete the last variant of a product");
  });

  it("have metafields that are set, changed and removed", async () => {
    const product = pages.store.list("products").find((candidate) => candidate.title === "Signed print");
    const id = product?.id ?? "";
    const path = `/products/${id}/metafields`;
    const [size] = metafieldsOf(pages.store, "PRODUCT", id);
    const field = `metafield.${size?.id}`;
    const all = () =>
      metafieldsOf(pages.store, "PRODUCT", id).map(
        ({ namespace, key, value }) => `${namespace}.${key}=${value}`,
      );
    await done(path, {
      [field]: "60",
      "new.namespace": "custom",
      "new.key": "artist",
      "new.type": "single_line_text_field",
      "new.value": "Ada",
    });
    expect(all()).toEqual(["custom.edition_size=60", "custom.artist=Ada"]);
    await refused(path, { [field]: "sixty" }, `f-metafield-${size?.id}`, "Value must be");
    await refused(
      path,
      { "new.namespace": "custom", "new.key": "count", "new.type": "number_integer", "new.value": "x" },
      "f-new-value",
      "Value must be",
    );
    await refused(path, { "new.value": "5" }, "f-new-namespace", "Namespace can&#39;t be blank.");
    await done(path, { remove: size?.id ?? "" });
    expect(all()).toEqual(["custom.artist=Ada"]);
  });
});

describe("stock", () => {
  const level = (sku: string, place: string) => {
    const { store } = pages;
    const variant = store.list("variants").find((candidate) => candidate.sku === sku);
    const location = store.list("locations").find((candidate) => candidate.name === place);
    const key = `${variant?.inventoryItemId}:${location?.id}`;
    return {
      item: variant?.inventoryItemId ?? "",
      location: location?.id ?? "",
      now: () => store.get("inventoryLevels", key),
    };
  };

  it("is set in the table, and what nobody touched is left alone", async () => {
    const small = level("BOWL-S", "Workshop");
    const depot = level("BOWL-S", "Depot");
    const key = `${small.item}.${small.location}`;
    const untouched = `${depot.item}.${depot.location}`;
    // The depot's stock moves after the page was opened: 5 was shown, 5 is sent back, and 4 must stay.
    await done(`/inventory/${depot.item}/quantities`, {
      location: depot.location,
      name: "available",
      way: "adjust",
      quantity: "-1",
    });
    await done("/inventory", {
      [`available.${key}`]: "33",
      [`was.${key}`]: "40",
      [`available.${untouched}`]: "5",
      [`was.${untouched}`]: "5",
    });
    expect(small.now()?.quantities.available).toBe(33);
    expect(depot.now()?.quantities.available).toBe(4);
    await refused(
      "/inventory",
      { [`available.${key}`]: "lots", [`was.${key}`]: "33" },
      `f-available-${key.replace(".", "-")}`,
      "Enter a whole number",
    );
    await refused(
      "/inventory",
      { "available.1.2": "3", "was.1.2": "4" },
      "f-available-1-2",
      "The item is not stocked",
    );
  });

  it("is set and adjusted by name on the item's page", async () => {
    const small = level("BOWL-S", "Workshop");
    const path = `/inventory/${small.item}/quantities`;
    await done(path, { location: small.location, name: "damaged", way: "set", quantity: "3" });
    await done(path, { location: small.location, name: "available", way: "adjust", quantity: "-2" });
    const now = small.now();
    expect(now?.quantities).toMatchObject({ damaged: 3, available: 31 });
    expect(now && quantitiesOf(now).on_hand.quantity).toBe(31 + 3 + (now?.quantities.committed ?? 0));
    await refused(
      path,
      { location: small.location, name: "available", way: "set", quantity: "" },
      "f-quantity",
      "Enter a number.",
    );
    await refused(
      path,
      { location: small.location, name: "hopes", way: "set", quantity: "1" },
      "f-name",
      "Choose one of",
    );
    await refused(
      path,
      { location: small.location, name: "damaged", way: "adjust", quantity: "-9" },
      "f-quantity",
      "The quantity of damaged",
    );
  });

  it("is connected to a location and disconnected", async () => {
    const large = level("BOWL-L", "Depot");
    await done(`/inventory/${large.item}/connections`, { location: large.location });
    expect(large.now()?.isActive).toBe(true);
    await done(`/inventory/${large.item}/disconnections`, { location: large.location });
    expect(large.now()?.isActive).toBe(false);
    await refused(`/inventory/${large.item}/connections`, { location: "1" }, null, "Location does not exist");
    const print = level("PRINT", "Workshop");
    await refused(
      `/inventory/${print.item}/disconnections`,
      { location: print.location },
      null,
      "Can&#39;t deactivate a level with committed",
    );
  });

  it("has a cost and origin per item", async () => {
    const { item } = level("BOWL-L", "Workshop");
    await done(`/inventory/${item}`, {
      cost: "4.20",
      countryCodeOfOrigin: "DE",
      harmonizedSystemCode: "691110",
      tracked: "on",
    });
    expect(pages.store.need("inventoryItems", item)).toMatchObject({
      cost: "4.20",
      countryCodeOfOrigin: "DE",
      requiresShipping: false,
    });
    await refused(`/inventory/${item}`, { cost: "cheap" }, "f-cost", "Enter an amount");
  });

  it("changes at random from the home page", async () => {
    const before = pages.store.version;
    expect(await done("/stock-changes", {})).toBe("");
    expect(pages.store.version).toBe(before + 1);
  });
});

describe("locations", () => {
  it("are added, renamed, switched off and on, and deleted", async () => {
    const id = idOf(
      await done("/locations", { name: "Fair", "address.city": "Bergen", "address.countryCode": "no" }),
    );
    const now = () => pages.store.get("locations", id);
    expect(now()).toMatchObject({
      name: "Fair",
      address: { city: "Bergen", countryCode: "NO", country: "Norway" },
    });
    await refused("/locations", { name: "" }, "f-name", "Name can&#39;t be blank.");
    await refused("/locations", { name: "Fair" }, "f-name", "You already have a location with this name");
    await refused(
      "/locations",
      { name: "X", "address.countryCode": "Norway" },
      "f-address-countryCode",
      "Use a code of two letters",
    );
    await done(`/locations/${id}`, { name: "Spring fair" });
    expect(now()?.name).toBe("Spring fair");
    await refused(`/locations/${id}`, { name: " " }, "f-name", "Name can&#39;t be blank.");
    await refused(`/locations/${id}/deletion`, {}, null, "The location is active");
    await done(`/locations/${id}/deactivation`, {});
    expect(now()?.isActive).toBe(false);
    await done(`/locations/${id}/activation`, {});
    expect(now()?.isActive).toBe(true);
    await done(`/locations/${id}/deactivation`, {});
    await done(`/locations/${id}/deletion`, {});
    expect(now()).toBeUndefined();
    const workshop = pages.store.list("locations").find((location) => location.name === "Workshop");
    await refused(`/locations/${workshop?.id}/deactivation`, {}, null, "The location has unfulfilled orders");
  });
});

describe("customers", () => {
  it("are added, changed and deleted", async () => {
    const fields = {
      firstName: "Bo",
      lastName: "Lind",
      email: "bo@example.com",
      tags: "vip",
      acceptsMarketing: "on",
      "address.city": "Oslo",
      "address.countryCode": "NO",
    };
    const id = idOf(await done("/customers", fields));
    const now = () => pages.store.get("customers", id);
    expect(now()).toMatchObject({
      firstName: "Bo",
      emailMarketing: { state: "SUBSCRIBED" },
      addresses: [{ city: "Oslo" }],
    });
    await refused("/customers", fields, "f-email", "Email has already been taken");
    await refused("/customers", { email: "nonsense" }, "f-email", "Email is invalid");
    await refused(
      "/customers",
      { email: "" },
      null,
      "A name, phone number, or email address must be present",
    );
    await done(`/customers/${id}`, { ...fields, lastName: "Lund", note: "Prefers post" });
    expect(now()).toMatchObject({ lastName: "Lund", note: "Prefers post" });
    expect(now()?.addresses).toHaveLength(1);
    await done(`/customers/${id}/metafields`, {
      "new.namespace": "custom",
      "new.key": "level",
      "new.type": "number_integer",
      "new.value": "3",
    });
    expect(metafieldsOf(pages.store, "CUSTOMER", id)[0]?.value).toBe("3");
    expect((await pages.read("/customers?q=lund")).text).toContain("Bo Lund");
    await done(`/customers/${id}/deletion`, {});
    expect(now()).toBeUndefined();
    await placed({ customer: "ada@example.com" });
    const ada = pages.store.list("customers").find((customer) => customer.email === "ada@example.com");
    await refused(`/customers/${ada?.id}/deletion`, {}, null, "Customer can&#39;t be deleted");
  });
});

describe("collections", () => {
  it("are created, filled, emptied and deleted", async () => {
    const id = idOf(await done("/collections", { title: "Prints", add: "Signed print" }));
    const now = () => pages.store.get("collections", id);
    const print = pages.store.list("products").find((product) => product.title === "Signed print")?.id ?? "";
    expect(now()?.productIds).toEqual([print]);
    await refused("/collections", { title: "" }, "f-title", "Title can&#39;t be blank.");
    await refused(`/collections/${id}`, { title: "Prints", add: "Unicorn" }, "f-add", "There is no product");
    await done(`/collections/${id}`, { title: "All prints", remove: print, sortOrder: "ALPHA_ASC" });
    expect(now()).toMatchObject({ title: "All prints", productIds: [], sortOrder: "ALPHA_ASC" });
    await done(`/collections/${id}/deletion`, {});
    expect(now()).toBeUndefined();
  });
});

describe("dials", () => {
  it("are turned at once, all or none", async () => {
    await done("/dials", { ordersPerMinute: "12", dropPercent: "2.5", plan: "plus", outage: "on" });
    expect(pages.dials.read()).toMatchObject({
      ordersPerMinute: 12,
      dropPercent: 2.5,
      plan: "plus",
      outage: true,
    });
    await refused(
      "/dials",
      { ordersPerMinute: "5", dropPercent: "101" },
      "f-dropPercent",
      "Enter a number from 0 to 100.",
    );
    await refused("/dials", { plan: "golden" }, "f-plan", "Choose one of");
    expect(pages.dials.read()).toMatchObject({ ordersPerMinute: 12, dropPercent: 2.5 });
  });

  it("have presets, which leave the plan alone", async () => {
    await done("/dials/presets", { preset: "stormy" });
    expect(pages.dials.read()).toMatchObject({ dropPercent: 10, plan: "plus", outage: false });
    await done("/dials/presets", { preset: "calm" });
    expect(pages.dials.read()).toMatchObject({ dropPercent: 0, ordersPerMinute: 0, plan: "plus" });
    await refused("/dials/presets", { preset: "apocalypse" }, null, "Choose one of");
  });

  it("change the app's standing in the store", async () => {
    const { installation } = pages;
    await done("/dials/uninstallation", {});
    expect(installation.installed).toBe(false);
    expect((await pages.read("/dials")).text).toContain("Not installed");
    await done("/dials/installation", {});
    expect(installation.installed).toBe(true);
    await done("/dials/protected-data", { approved: "no" });
    expect(installation.protectedData).toBe(false);
    await done("/dials/scopes", { scopes: "read_orders, write_products" });
    expect(installation.scopes).toEqual(["read_orders", "write_products"]);
    await refused("/dials/scopes", { scopes: "read_orders orders" }, "f-scopes", "“orders” is not a scope.");
    await done("/dials/bulk-failures", {});
    expect(installation.bulkFailures).toBe(1);
  });
});

describe("the log", () => {
  it("shows calls and webhooks, filtered", async () => {
    const call = {
      at: "2026-11-02T09:30:00.000Z",
      status: 200,
      durationMs: 12.4,
      requestedCost: 490,
      actualCost: 101,
      bucketLeft: 1899,
      errors: [],
    };
    pages.calls.push(
      { ...call, operation: "OrdersPage" },
      { ...call, operation: "ShopName", errors: ["THROTTLED"], actualCost: null },
    );
    const { text } = await pages.read("/log");
    for (const shown of ["OrdersPage", "ShopName", "Throttled", "490", "1,899", "12 ms"])
      expect(text).toContain(shown);
    expect((await pages.read("/log?q=throttled")).text).not.toContain("OrdersPage");
    const delivery = {
      eventId: "e",
      shop: "s",
      triggeredAt: "2026-11-02T09:30:00.000Z",
      address: "http://127.0.0.1/webhooks",
      subscriptionId: "7",
      body: `{"id":820982911946154508}`,
      attempts: [{ at: "2026-11-02T09:30:00.000Z", status: 503, durationMs: 3, error: null }],
      nextAttemptAt: "2026-11-02T09:31:00.000Z",
    };
    pages.deliveries.add({ ...delivery, webhookId: "one", topic: "orders/create", state: "pending" });
    pages.deliveries.add({ ...delivery, webhookId: "two", topic: "products/update", state: "dropped" });
    expect((await pages.read("/log?view=webhooks&state=dropped")).text).not.toContain("orders/create");
    const one = (await pages.read("/log/webhooks/one")).text;
    for (const shown of [
      "820982911946154508",
      "503",
      "Next attempt: 2026-11-02T09:31",
      "X-Shopify-Webhook-Id: one",
    ]) {
      expect(one).toContain(shown);
    }
  });
});
