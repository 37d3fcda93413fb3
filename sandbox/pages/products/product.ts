// Creating, changing, archiving and deleting one product.
import { html, type Html } from "#sandbox/pages/html.ts";
import {
  badge,
  card,
  columns,
  count,
  facts,
  moment,
  money,
  table,
  words,
} from "#sandbox/pages/parts/blocks.ts";
import {
  act,
  button,
  confirmAct,
  input,
  linkButton,
  select,
  textarea,
} from "#sandbox/pages/parts/controls.ts";
import { metafieldCard } from "#sandbox/pages/parts/metafields.ts";
import { PRODUCT_TONES } from "#sandbox/pages/products/list.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import { createProduct, deleteProduct, updateProduct } from "#sandbox/store/acts.ts";
import { activeLocations, availableOf, variantsOf } from "#sandbox/store/lookups.ts";
import type { ProductInput } from "#sandbox/store/inputs.ts";
import type { Frozen, Product, ProductStatus, Variant } from "#sandbox/store/truth.ts";

const STATUSES: readonly ProductStatus[] = ["ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED"];
/** Shopify's own limit. */
const OPTIONS_MAX = 3;
const NOUN = { href: "products", label: "Products" };

export function newProduct(visit: Visit): View {
  const { form, base } = visit;
  return {
    title: "Add product",
    active: "products",
    back: { href: `${base}/${NOUN.href}`, label: NOUN.label },
    body: html`<form method="post" action="${base}/products">
      ${columns(
        html`${card("Product", titleFields(visit, null))} ${card("Variants", optionFields(visit))}
        ${card(
          "Price and stock of the first variants",
          html`<div class="split">
            ${input({
              name: "price",
              label: "Price",
              value: form.or("price", ""),
              problems: form.problems,
              suffix: visit.store.shop.currency,
              placeholder: "0.00",
            })}
            ${input({ name: "sku", label: "SKU", value: form.or("sku", ""), problems: form.problems })}
            ${input({
              name: "stock",
              label: "Available at the first location",
              type: "number",
              min: 0,
              value: form.or("stock", ""),
              problems: form.problems,
            })}
          </div>`,
        )}`,
        card("Organization", organizationFields(visit, null)),
      )}
      <div class="form-foot">${button("Save product", { kind: "primary" })}</div>
    </form>`,
  };
}

export function showProduct(visit: Visit): View | null {
  const { store, base, params } = visit;
  const product = store.get("products", params.id ?? "");
  if (!product) return null;
  const path = `${base}/products/${product.id}`;
  const variants = variantsOf(store, product.id);
  return {
    title: product.title,
    active: "products",
    back: { href: `${base}/${NOUN.href}`, label: NOUN.label },
    badges: badge(words(product.status), PRODUCT_TONES[product.status]),
    actions: productActs(product, path),
    body: columns(
      html`<form method="post" action="${path}" id="product">
          ${card("Product", titleFields(visit, product), {
            footer: button("Save product", { kind: "primary" }),
          })}
        </form>
        ${variantCard(visit, product, variants)} ${metafieldCard(visit, "PRODUCT", product.id, path)}`,
      html`${card("Organization", organizationFields(visit, product), {
        footer: button("Save", { form: "product", says: "Save organization" }),
      })}
      ${card(
        "About",
        facts([
          ["Id", product.id],
          ["Handle", product.handle],
          ["Created", moment(product.createdAt)],
          ["Updated", moment(product.updatedAt)],
        ]),
      )}`,
    ),
  };
}

export function addProduct(visit: Visit): Done {
  const { store, form, base } = visit;
  const input = readProduct(visit);
  const options = readOptions(visit);
  const price = form.amount("price");
  const sku = form.text("sku");
  const stock = form.whole("stock", { min: 0 });
  form.check();
  const [location] = activeLocations(store);
  const starting = {
    ...(price === undefined ? {} : { price }),
    ...(stock === undefined || !location
      ? {}
      : { item: { tracked: true }, stock: [{ locationId: location.id, available: stock }] }),
  };
  const variants = combine(options).map((selectedOptions, index) => ({
    ...starting,
    ...(sku === "" ? {} : { sku: index === 0 ? sku : `${sku}-${index + 1}` }),
    ...(options.length === 0 ? {} : { selectedOptions }),
  }));
  const product = createProduct(store, {
    ...input,
    title: input.title ?? "",
    ...(options.length === 0 ? {} : { options }),
    variants,
  });
  return { to: `${base}/products/${product.id}`, said: `${product.title} added` };
}

export function saveProduct(visit: Visit): Done {
  const { store, form, base, params } = visit;
  const input = readProduct(visit);
  form.check();
  const product = updateProduct(store, params.id ?? "", input);
  return { to: `${base}/products/${product.id}`, said: "Product saved" };
}

export function archiveProduct(visit: Visit): Done {
  const id = visit.params.id ?? "";
  const archived = visit.store.need("products", id).status === "ARCHIVED";
  updateProduct(visit.store, id, { status: archived ? "ACTIVE" : "ARCHIVED" });
  return { to: `${visit.base}/products/${id}`, said: archived ? "Product unarchived" : "Product archived" };
}

export function removeProduct(visit: Visit): Done {
  const { title } = visit.store.need("products", visit.params.id ?? "");
  deleteProduct(visit.store, visit.params.id ?? "");
  return { to: `${visit.base}/products`, said: `${title} deleted` };
}

function readProduct(visit: Visit): ProductInput {
  const { form } = visit;
  return {
    title: form.required("title", "Title"),
    descriptionHtml: form.text("descriptionHtml"),
    status: form.choice("status", STATUSES, "ACTIVE"),
    vendor: form.text("vendor"),
    productType: form.text("productType"),
    tags: form.list("tags"),
  };
}

/** Options of a new product: a name, and its values with commas between them. */
function readOptions(visit: Visit): { name: string; values: string[] }[] {
  const { form } = visit;
  const options: { name: string; values: string[] }[] = [];
  for (const index of form.indices("option").slice(0, OPTIONS_MAX)) {
    const name = form.text(`option[${index}].name`);
    const values = form.list(`option[${index}].values`);
    if (name === "" && values.length === 0) continue;
    if (name === "") form.problems.add(`option[${index}].name`, "Name this option, such as Size.");
    if (values.length === 0)
      form.problems.add(`option[${index}].values`, "Give this option at least one value.");
    options.push({ name, values });
  }
  return options;
}

/** Every combination of the options' values: one variant each. */
function combine(
  options: readonly { name: string; values: string[] }[],
): { name: string; value: string }[][] {
  return options.reduce<{ name: string; value: string }[][]>(
    (partial, option) =>
      partial.flatMap((chosen) => option.values.map((value) => [...chosen, { name: option.name, value }])),
    [[]],
  );
}

function titleFields(visit: Visit, product: Frozen<Product> | null): Html {
  const { form } = visit;
  return html`${input({
    name: "title",
    label: "Title",
    value: form.or("title", product?.title),
    problems: form.problems,
    placeholder: "Celadon bowl",
  })}
  ${textarea({
    name: "descriptionHtml",
    label: "Description (HTML)",
    value: form.or("descriptionHtml", product?.descriptionHtml),
    problems: form.problems,
    rows: 4,
  })}`;
}

/** On a product's own page these fields stand outside its form and belong to it by the form's id. */
function organizationFields(visit: Visit, product: Frozen<Product> | null): Html {
  const { form } = visit;
  const { problems } = form;
  const owner = product ? "product" : undefined;
  return html`${select({
    name: "status",
    label: "Status",
    value: form.or("status", product?.status ?? "ACTIVE"),
    problems,
    form: owner,
    choices: STATUSES.map((status) => ({ value: status, label: words(status) })),
  })}
  ${input({ name: "productType", label: "Type", value: form.or("productType", product?.productType), problems, form: owner })}
  ${input({ name: "vendor", label: "Vendor", value: form.or("vendor", product?.vendor), problems, form: owner })}
  ${input({
    name: "tags",
    label: "Tags",
    hint: "Commas between tags",
    value: form.or("tags", product?.tags.join(", ")),
    problems,
    form: owner,
  })}`;
}

function optionFields(visit: Visit): Html {
  const { form } = visit;
  const row = (index: number) =>
    html`<div class="repeat-row" style="--columns: minmax(0, 1fr) minmax(0, 2fr)">
      ${input({
        name: `option[${index}].name`,
        label: "Option",
        value: form.or(`option[${index}].name`, ""),
        problems: form.problems,
        placeholder: index === 0 ? "Size" : "",
      })}
      ${input({
        name: `option[${index}].values`,
        label: "Values",
        value: form.or(`option[${index}].values`, ""),
        problems: form.problems,
        placeholder: index === 0 ? "Small, Large" : "",
      })}
    </div>`;
  return html`<p class="soft">
      Each combination of values becomes one variant. Leave empty for a product without options.
    </p>
    <div class="repeat">${Array.from({ length: OPTIONS_MAX }, (_, index) => row(index))}</div>`;
}

function variantCard(visit: Visit, product: Frozen<Product>, variants: readonly Frozen<Variant>[]): Html {
  const { store, base } = visit;
  const currency = store.shop.currency;
  return card(
    `Variants (${count(variants.length)})`,
    table(
      "Variants",
      [
        { label: "Variant", kind: "wide" },
        { label: "SKU" },
        { label: "Price", kind: "number" },
        { label: "Available", kind: "number" },
      ],
      variants.map((variant) => [
        html`<a href="${base}/variants/${variant.id}">${variant.title}</a>`,
        variant.sku ?? "–",
        money(variant.price, currency),
        count(availableOf(store, variant)),
      ]),
      "This product has no variants.",
    ),
    { flush: true, actions: linkButton("Add variant", `${base}/products/${product.id}/variants/new`) },
  );
}

function productActs(product: Frozen<Product>, path: string): Html {
  return html`${act(product.status === "ARCHIVED" ? "Unarchive" : "Archive", `${path}/archive`)}
  ${confirmAct({
    id: "delete-product",
    label: "Delete product",
    title: `Delete ${product.title}?`,
    text: "Its variants, stock and metafields go with it. Orders keep their lines. This cannot be undone.",
    action: `${path}/deletion`,
    confirm: "Delete product",
  })}`;
}
