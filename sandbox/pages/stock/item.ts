// One inventory item: its quantities at every location, set and adjusted; where it is stocked; its cost.
import { html, type Html } from "#sandbox/pages/html.ts";
import {
  badge,
  card,
  columns,
  facts,
  moment,
  table,
  words,
  type Column,
} from "#sandbox/pages/parts/blocks.ts";
import { act, button, checkbox, input, linkButton, select } from "#sandbox/pages/parts/controls.ts";
import { variantName } from "#sandbox/pages/parts/picker.ts";
import { STOCK_MAX } from "#sandbox/pages/stock/list.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import {
  adjustStock,
  connectLevel,
  disconnectLevel,
  setStock,
  updateInventoryItem,
} from "#sandbox/store/acts.ts";
import { quantitiesOf } from "#sandbox/store/states.ts";
import type { Frozen, InventoryItem, Location, StockName } from "#sandbox/store/truth.ts";

const STOCK_NAMES = [
  "available",
  "committed",
  "reserved",
  "damaged",
  "safety_stock",
  "quality_control",
  "incoming",
] as const satisfies readonly StockName[];
/** Committed units follow from orders and cannot be set by hand. */
const CHANGEABLE = [
  "available",
  "on_hand",
  "reserved",
  "damaged",
  "safety_stock",
  "quality_control",
  "incoming",
] as const;
const WAYS = ["adjust", "set"] as const;

export function showItem(visit: Visit): View | null {
  const { store, base, params } = visit;
  const item = store.get("inventoryItems", params.id ?? "");
  const variant = item && store.get("variants", item.variantId);
  if (!item || !variant) return null;
  const path = `${base}/inventory/${item.id}`;
  return {
    title: variantName(store, variant),
    active: "inventory",
    back: { href: `${base}/inventory`, label: "Inventory" },
    badges: item.tracked ? badge("Tracked", "success") : badge("Not tracked"),
    subtitle: variant.sku ? `SKU ${variant.sku}` : "No SKU",
    actions: linkButton("Open variant", `${base}/variants/${variant.id}`),
    body: html`${levelCard(visit, item, path)}
    ${columns(
      changeCard(visit, item, path),
      html`${itemCard(visit, item, path)}
      ${card(
        "About",
        facts([
          ["Inventory item", item.id],
          ["Updated", moment(item.updatedAt)],
        ]),
      )}`,
    )}`,
  };
}

/** Sets or adjusts one quantity at one location. */
export function changeStock(visit: Visit): Done {
  const { store, form, base, params } = visit;
  const item = store.need("inventoryItems", params.id ?? "");
  const locationId = form.required("location", "Location");
  const name = form.choice("name", CHANGEABLE, "available");
  const way = form.choice("way", WAYS, "adjust");
  const quantity = form.whole("quantity", { min: -STOCK_MAX, max: STOCK_MAX });
  if (quantity === undefined && !form.problems.at("quantity"))
    form.problems.add("quantity", "Enter a number.");
  form.check();
  const changes = [{ inventoryItemId: item.id, locationId, name, quantity: quantity ?? 0 }];
  if (way === "set") setStock(store, changes);
  else adjustStock(store, changes);
  return { to: `${base}/inventory/${item.id}`, said: `${words(name)} ${way === "set" ? "set" : "adjusted"}` };
}

export function connect(visit: Visit): Done {
  const { store, form, base, params } = visit;
  const available = form.whole("available", { min: 0, max: STOCK_MAX });
  form.check();
  connectLevel(store, params.id ?? "", form.required("location", "Location"), available);
  return { to: `${base}/inventory/${params.id}`, said: "Location connected" };
}

export function disconnect(visit: Visit): Done {
  const { store, form, base, params } = visit;
  disconnectLevel(store, params.id ?? "", form.required("location", "Location"));
  return { to: `${base}/inventory/${params.id}`, said: "Location disconnected" };
}

export function saveItem(visit: Visit): Done {
  const { store, form, base, params } = visit;
  const input = {
    cost: form.amount("cost") ?? null,
    tracked: form.ticked("tracked"),
    requiresShipping: form.ticked("requiresShipping"),
    countryCodeOfOrigin: form.text("countryCodeOfOrigin") || null,
    harmonizedSystemCode: form.text("harmonizedSystemCode") || null,
  };
  form.check();
  updateInventoryItem(store, params.id ?? "", input);
  return { to: `${base}/inventory/${params.id}`, said: "Item saved" };
}

function levelCard(visit: Visit, item: Frozen<InventoryItem>, path: string): Html {
  const { store } = visit;
  const shape: Column[] = [
    { label: "Location", kind: "wide" },
    ...STOCK_NAMES.map((name): Column => ({ label: words(name), kind: "number" })),
    { label: "On hand", kind: "number" },
    { label: "Acts", kind: "action", hidden: true },
  ];
  const rows = store.list("locations").map((location) => {
    const level = store.get("inventoryLevels", `${item.id}:${location.id}`);
    const stocked = level?.isActive === true;
    const place = html`<span class="strong">${location.name}</span>
      ${!stocked && html`<small>${location.isActive ? "Not stocked here" : "Location is inactive"}</small>`}`;
    return [
      place,
      ...STOCK_NAMES.map((name) => (stocked ? level.quantities[name] : "–")),
      stocked ? quantitiesOf(level).on_hand.quantity : "–",
      location.isActive && connection(location, stocked, path),
    ];
  });
  return card(
    "Quantities",
    html`<div class="table-scroll">${table("Quantities by location", shape, rows, "No locations.")}</div>`,
    {
      flush: true,
    },
  );
}

function connection(location: Frozen<Location>, stocked: boolean, path: string): Html {
  const fields = { location: location.id };
  return stocked
    ? act("Disconnect", `${path}/disconnections`, { fields, says: `Disconnect ${location.name}` })
    : act("Connect", `${path}/connections`, { fields, says: `Connect ${location.name}` });
}

function changeCard(visit: Visit, item: Frozen<InventoryItem>, path: string): Html {
  const { store, form } = visit;
  const { problems } = form;
  const stocked = store
    .list("locations")
    .filter((location) => store.get("inventoryLevels", `${item.id}:${location.id}`)?.isActive);
  if (stocked.length === 0)
    return card("Change a quantity", html`<p class="soft">Connect a location first.</p>`);
  return card(
    "Change a quantity",
    html`<form method="post" action="${path}/quantities" class="stack">
      <div class="split">
        ${select({
          name: "location",
          label: "Location",
          value: form.or("location", stocked[0]?.id),
          problems,
          choices: stocked.map((location) => ({ value: location.id, label: location.name })),
        })}
        ${select({
          name: "name",
          label: "Quantity",
          value: form.or("name", "available"),
          problems,
          choices: CHANGEABLE.map((name) => ({ value: name, label: words(name) })),
        })}
        ${select({
          name: "way",
          label: "How",
          value: form.or("way", "adjust"),
          problems,
          choices: [
            { value: "adjust", label: "Adjust by" },
            { value: "set", label: "Set to" },
          ],
        })}
        ${input({ name: "quantity", label: "Units", type: "number", value: form.or("quantity", ""), problems })}
      </div>
      <div class="form-foot">${button("Save quantity", { kind: "primary" })}</div>
    </form>`,
  );
}

function itemCard(visit: Visit, item: Frozen<InventoryItem>, path: string): Html {
  const { form, store } = visit;
  const { problems } = form;
  const text = (
    name: "cost" | "countryCodeOfOrigin" | "harmonizedSystemCode",
    label: string,
    suffix?: string,
  ) => input({ name, label, value: form.or(name, item[name]), problems, suffix });
  return html`<form method="post" action="${path}">
    ${card(
      "Item",
      html`${text("cost", "Cost per item", store.shop.currency)}
      ${text("countryCodeOfOrigin", "Country of origin (code)")} ${text("harmonizedSystemCode", "HS code")}
      ${checkbox({ name: "tracked", label: "Track quantity", checked: form.has("cost") ? form.has("tracked") : item.tracked })}
      ${checkbox({
        name: "requiresShipping",
        label: "Physical product",
        checked: form.has("cost") ? form.has("requiresShipping") : item.requiresShipping,
      })}`,
      { footer: button("Save item", { kind: "primary" }) },
    )}
  </form>`;
}
