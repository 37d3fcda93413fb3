// The table of stock, item × location. What is typed here sets "available"; a number that nobody touched is left alone,
// so that orders placed while the page was open are not undone.
import { html, type Html } from "#sandbox/pages/html.ts";
import { cut, hrefWith, matches, searchbar, sought } from "#sandbox/pages/listing.ts";
import { card, table, tabs, type Column } from "#sandbox/pages/parts/blocks.ts";
import { button, input } from "#sandbox/pages/parts/controls.ts";
import { variantName } from "#sandbox/pages/parts/picker.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import { setStock } from "#sandbox/store/acts.ts";
import type { StockChange } from "#sandbox/store/inputs.ts";
import { activeLocations } from "#sandbox/store/lookups.ts";
import { quantitiesOf } from "#sandbox/store/states.ts";
import type { Frozen, InventoryLevel, Location, Variant } from "#sandbox/store/truth.ts";

/** More columns than this are read location by location, with the tabs. */
const LOCATIONS_SIDE_BY_SIDE_MAX = 4;
/** An oversold item may stand below zero. */
const STOCK_MIN = -1_000_000;
export const STOCK_MAX = 1_000_000;

export function listStock(visit: Visit): View {
  const { store, base, path, query, form } = visit;
  const locations = activeLocations(store);
  const chosen = locations.find((location) => location.id === query.get("location")) ?? null;
  const shown = chosen ? [chosen] : locations.slice(0, LOCATIONS_SIDE_BY_SIDE_MAX);
  const asked = sought(query);
  const found = store
    .list("variants")
    .filter((variant) => asked === "" || matches(asked, names(visit, variant)));
  const listing = cut(found, `${base}/inventory`, query);
  const columns: Column[] = [
    { label: "Product", kind: "wide" },
    { label: "SKU" },
    ...shown.map((location): Column => ({ label: location.name, kind: "number" })),
  ];
  return {
    title: "Inventory",
    active: "inventory",
    subtitle: "Available units can be set here. Open a product for all quantities, cost and locations.",
    body: card(
      null,
      html`${tabs("Location", [
          {
            href: hrefWith(`${base}/inventory`, query, { location: null }),
            label: "All locations",
            current: !chosen,
          },
          ...locations.map((location) => ({
            href: hrefWith(`${base}/inventory`, query, { location: location.id }),
            label: location.name,
            current: location === chosen,
          })),
        ])}
        ${searchbar("Search product or SKU", `${base}/inventory`, query)}
        <form method="post" action="${hrefWith(path, query, { page: query.get("page") })}">
          ${table(
            "Stock by item and location",
            columns,
            listing.rows.map((variant) => [
              html`<a href="${base}/inventory/${variant.inventoryItemId}"
                >${variantName(visit.store, variant)}</a
              >`,
              variant.sku ?? "–",
              ...shown.map((location) => cell(visit, variant, location)),
            ]),
            "No item matches.",
          )}
          ${listing.total > 0 && html`<div class="padded form-foot">${button("Save stock", { kind: "primary" })}</div>`}
        </form>
        ${form.sent ? null : listing.pager}`,
      { flush: true },
    ),
  };
}

export function saveStock(visit: Visit): Done {
  const { store, form, base, query } = visit;
  const changes: StockChange[] = [];
  for (const key of form.keys("available")) {
    const [inventoryItemId = "", locationId = ""] = key.split(".");
    const name = `available.${key}`;
    if (form.text(name) === form.text(`was.${key}`)) continue;
    const quantity = form.whole(name, { min: STOCK_MIN, max: STOCK_MAX });
    if (quantity === undefined && !form.problems.at(name))
      form.problems.add(name, "Enter how many are available.");
    if (quantity === undefined) continue;
    form.alias(`changes.${changes.length}`, name);
    changes.push({ inventoryItemId, locationId, quantity });
  }
  form.check();
  if (changes.length > 0) setStock(store, changes);
  const said = changes.length === 1 ? "1 quantity set" : `${changes.length} quantities set`;
  return { to: hrefWith(`${base}/inventory`, query, { page: query.get("page") }), said };
}

function names(visit: Visit, variant: Frozen<Variant>): (string | null)[] {
  return [variantName(visit.store, variant), variant.sku, variant.barcode];
}

function cell(visit: Visit, variant: Frozen<Variant>, location: Frozen<Location>): Html {
  const { store, form } = visit;
  const key = `${variant.inventoryItemId}.${location.id}`;
  const level = store.get("inventoryLevels", `${variant.inventoryItemId}:${location.id}`);
  if (!level?.isActive) return html`<span class="soft">Not stocked</span>`;
  return html`<div class="stock">
    ${input({
      name: `available.${key}`,
      label: `Available: ${variantName(visit.store, variant)} at ${location.name}`,
      quiet: true,
      type: "number",
      value: form.or(`available.${key}`, level.quantities.available),
      problems: form.problems,
    })}
    <input type="hidden" name="was.${key}" value="${form.or(`was.${key}`, level.quantities.available)}" />
    <small>${aside(level)}</small>
  </div>`;
}

function aside(level: Frozen<InventoryLevel>): string {
  return `${quantitiesOf(level).on_hand.quantity} on hand · ${level.quantities.committed} committed`;
}
