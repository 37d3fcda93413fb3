// Adding, changing and deleting one variant, with its inventory item.
import { html, type Html } from "#sandbox/pages/html.ts";
import { card, columns, facts, moment } from "#sandbox/pages/parts/blocks.ts";
import { button, checkbox, confirmAct, input, linkButton, select } from "#sandbox/pages/parts/controls.ts";
import { metafieldCard } from "#sandbox/pages/parts/metafields.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import { createVariant, deleteVariant, updateVariant } from "#sandbox/store/acts.ts";
import type { VariantInput } from "#sandbox/store/inputs.ts";
import type { Frozen, InventoryItem, Product, Variant, WeightUnit } from "#sandbox/store/truth.ts";

const WEIGHT_UNITS: readonly WeightUnit[] = ["GRAMS", "KILOGRAMS", "OUNCES", "POUNDS"];

/** Which form field each part of the act's input is typed into. */
export const VARIANT_FIELDS = {
  "item.cost": "cost",
  "item.weight": "weight",
  "item.countryCodeOfOrigin": "countryCodeOfOrigin",
  "item.harmonizedSystemCode": "harmonizedSystemCode",
  selectedOptions: "option[0]",
} as const;

export function newVariant(visit: Visit): View | null {
  const { store, base, params } = visit;
  const product = store.get("products", params.id ?? "");
  if (!product) return null;
  return {
    title: "Add variant",
    active: "products",
    back: { href: `${base}/products/${product.id}`, label: product.title },
    subtitle: product.title,
    body: html`<form method="post" action="${base}/products/${product.id}/variants">
      ${columns(fields(visit, product, null, null), stockFields(visit, null))}
      <div class="form-foot">${button("Save variant", { kind: "primary" })}</div>
    </form>`,
  };
}

export function showVariant(visit: Visit): View | null {
  const { store, base, params } = visit;
  const variant = store.get("variants", params.id ?? "");
  const product = variant && store.get("products", variant.productId);
  const item = variant && store.get("inventoryItems", variant.inventoryItemId);
  if (!variant || !product || !item) return null;
  const path = `${base}/variants/${variant.id}`;
  return {
    title: variant.title,
    active: "products",
    back: { href: `${base}/products/${product.id}`, label: product.title },
    subtitle: product.title,
    actions: html`${linkButton("Stock", `${base}/inventory/${item.id}`)}
    ${confirmAct({
      id: "delete-variant",
      label: "Delete variant",
      title: `Delete ${variant.title}?`,
      text: "Its inventory item and stock go with it. This cannot be undone.",
      action: `${path}/deletion`,
      confirm: "Delete variant",
    })}`,
    body: html`<form method="post" action="${path}">
        ${columns(
          fields(visit, product, variant, item),
          html`${stockFields(visit, item)}
          ${card(
            "About",
            facts([
              ["Id", variant.id],
              ["Inventory item", item.id],
              ["Updated", moment(variant.updatedAt)],
            ]),
          )}`,
        )}
        <div class="form-foot below">${button("Save variant", { kind: "primary" })}</div>
      </form>
      ${metafieldCard(visit, "PRODUCTVARIANT", variant.id, path)}`,
  };
}

export function addVariant(visit: Visit): Done {
  const product = visit.store.need("products", visit.params.id ?? "");
  const input = readVariant(visit, product);
  visit.form.check();
  const variant = createVariant(visit.store, product.id, input);
  return { to: `${visit.base}/variants/${variant.id}`, said: `Variant ${variant.title} added` };
}

export function saveVariant(visit: Visit): Done {
  const { productId } = visit.store.need("variants", visit.params.id ?? "");
  const input = readVariant(visit, visit.store.need("products", productId));
  visit.form.check();
  const variant = updateVariant(visit.store, visit.params.id ?? "", input);
  return { to: `${visit.base}/variants/${variant.id}`, said: "Variant saved" };
}

export function removeVariant(visit: Visit): Done {
  const variant = visit.store.need("variants", visit.params.id ?? "");
  deleteVariant(visit.store, variant.id);
  return { to: `${visit.base}/products/${variant.productId}`, said: `Variant ${variant.title} deleted` };
}

function readVariant(visit: Visit, product: Frozen<Product>): VariantInput {
  const { form } = visit;
  const selectedOptions = product.options.map((option, index) => ({
    name: option.name,
    value: form.required(`option[${index}]`, option.name),
  }));
  const price = form.amount("price");
  if (price === undefined && !form.problems.at("price")) form.problems.add("price", "Price can't be blank.");
  return {
    selectedOptions,
    sku: form.text("sku") || null,
    barcode: form.text("barcode") || null,
    ...(price === undefined ? {} : { price }),
    compareAtPrice: form.amount("compareAtPrice") ?? null,
    taxable: form.ticked("taxable"),
    inventoryPolicy: form.ticked("oversell") ? "CONTINUE" : "DENY",
    item: {
      tracked: form.ticked("tracked"),
      cost: form.amount("cost") ?? null,
      requiresShipping: form.ticked("requiresShipping"),
      weight: {
        value: form.decimal("weight", { min: 0 }) ?? 0,
        unit: form.choice("weightUnit", WEIGHT_UNITS, "GRAMS"),
      },
      countryCodeOfOrigin: form.text("countryCodeOfOrigin") || null,
      harmonizedSystemCode: form.text("harmonizedSystemCode") || null,
    },
  };
}

function fields(
  visit: Visit,
  product: Frozen<Product>,
  variant: Frozen<Variant> | null,
  item: Frozen<InventoryItem> | null,
): Html {
  const { form, store } = visit;
  const { problems } = form;
  const text = (name: string, label: string, record: string | null | undefined, suffix?: string) =>
    input({ name, label, value: form.or(name, record), problems, suffix });
  return html`${card(
    "Options",
    html`<div class="split">
      ${product.options.map((option, index) =>
        text(
          `option[${index}]`,
          option.name,
          variant?.selectedOptions.find((selected) => selected.name === option.name)?.value,
        ),
      )}
    </div>`,
  )}
  ${card(
    "Price",
    html`<div class="split">
        ${text("price", "Price", variant?.price, store.shop.currency)}
        ${text("compareAtPrice", "Compare-at price", variant?.compareAtPrice, store.shop.currency)}
        ${text("cost", "Cost per item", item?.cost, store.shop.currency)}
      </div>
      ${checkbox({ name: "taxable", label: "Charge tax", checked: form.tickedOr("taxable", variant?.taxable ?? true) })}`,
  )}
  ${card(
    "Identity",
    html`<div class="split">
      ${text("sku", "SKU", variant?.sku)} ${text("barcode", "Barcode", variant?.barcode)}
      ${text("countryCodeOfOrigin", "Country of origin (code)", item?.countryCodeOfOrigin)}
      ${text("harmonizedSystemCode", "HS code", item?.harmonizedSystemCode)}
    </div>`,
  )}`;
}

function stockFields(visit: Visit, item: Frozen<InventoryItem> | null): Html {
  const { form, store } = visit;
  const variant = item && store.get("variants", item.variantId);
  return card(
    "Stock and shipping",
    html`${checkbox({ name: "tracked", label: "Track quantity", checked: form.tickedOr("tracked", item?.tracked ?? true) })}
      ${checkbox({
        name: "oversell",
        label: "Continue selling when out of stock",
        checked: form.tickedOr("oversell", variant?.inventoryPolicy === "CONTINUE"),
      })}
      ${checkbox({
        name: "requiresShipping",
        label: "Physical product",
        checked: form.tickedOr("requiresShipping", item?.requiresShipping ?? true),
      })}
      <div class="split">
        ${input({
          name: "weight",
          label: "Weight",
          type: "number",
          step: "any",
          min: 0,
          value: form.or("weight", item?.weight.value),
          problems: form.problems,
        })}
        ${select({
          name: "weightUnit",
          label: "Unit",
          value: form.or("weightUnit", item?.weight.unit ?? store.shop.weightUnit),
          problems: form.problems,
          choices: WEIGHT_UNITS.map((unit) => ({ value: unit, label: unit.toLowerCase() })),
        })}
      </div>`,
  );
}
