// Stock at locations. Every change of a level goes through `moveUnits`, which writes each level once, touches the
// variant and its product (as Shopify does) and tells about levels, products and variants running out or coming back.

import type { StockChange } from "../inputs.ts";
import { availableOf, levelId, levelsOf, variantOfItem } from "../lookups.ts";
import { quantitiesOf } from "../states.ts";
import type { Store } from "../store.ts";
import type { Frozen, Id, InventoryLevel, StockName } from "../truth.ts";
import { hashHex } from "../chance.ts";
import { UserError } from "../user-error.ts";
import { gone, record } from "./announce.ts";

const STOCK_NAMES: readonly StockName[] = [
  "available",
  "committed",
  "reserved",
  "damaged",
  "safety_stock",
  "quality_control",
  "incoming",
];

/** What a person may set by hand; committed follows from orders. */
const SETTABLE: readonly (StockName | "on_hand")[] = [
  "available",
  "on_hand",
  "reserved",
  "damaged",
  "safety_stock",
  "quality_control",
  "incoming",
];

export type UnitMove = { inventoryItemId: Id; locationId: Id; name: StockName; delta: number };

/** Sets quantities; "on_hand" moves `available` by the difference. */
export function setStock(store: Store, changes: StockChange[]): Frozen<InventoryLevel>[] {
  return store.act(() => {
    const moves = changes.map((change, index): UnitMove => {
      const level = needLevel(store, change, index);
      const name = checkName(change.name ?? "available", index);
      const delta = checkWhole(change.quantity, index) - quantitiesOf(level)[name].quantity;
      return { ...pick(change), name: name === "on_hand" ? "available" : name, delta };
    });
    return moveUnits(store, moves);
  });
}

export function adjustStock(store: Store, changes: StockChange[]): Frozen<InventoryLevel>[] {
  return store.act(() => {
    const moves = changes.map((change, index): UnitMove => {
      needLevel(store, change, index);
      const name = checkName(change.name ?? "available", index);
      return {
        ...pick(change),
        name: name === "on_hand" ? "available" : name,
        delta: checkWhole(change.quantity, index),
      };
    });
    return moveUnits(store, moves);
  });
}

type End = { locationId: Id; name: StockChange["name"] };

/** Moves units between locations or between names at one location. */
export function moveStock(
  store: Store,
  move: { inventoryItemId: Id; quantity: number; from: End; to: End },
): Frozen<InventoryLevel>[] {
  return store.act(() => {
    const { inventoryItemId, quantity } = move;
    if (!Number.isInteger(quantity) || quantity <= 0) {
      throw new UserError(["quantity"], "The quantity must be greater than 0.", "INVALID_QUANTITY_TOO_LOW");
    }
    return adjustStock(store, [
      { inventoryItemId, ...move.from, quantity: -quantity },
      { inventoryItemId, ...move.to, quantity },
    ]);
  });
}

/** Stocks an item at a location; an inactive level comes back with its quantities at zero. */
export function connectLevel(
  store: Store,
  inventoryItemId: Id,
  locationId: Id,
  available = 0,
): Frozen<InventoryLevel> {
  return store.act(() => {
    const location = store.need("locations", locationId, "locationId");
    store.need("inventoryItems", inventoryItemId, "inventoryItemId");
    if (!location.isActive)
      throw new UserError(["locationId"], "The location is not active", "LOCATION_NOT_ACTIVE");
    const before = store.get("inventoryLevels", levelId(inventoryItemId, locationId));
    if (before?.isActive) return before;
    const level = writeLevel(store, inventoryItemId, locationId, available);
    store.announce("inventory_levels/connect", record(store, "inventoryLevel", level.id));
    if (available !== 0) store.announce("inventory_levels/update", record(store, "inventoryLevel", level.id));
    touchProduct(store, inventoryItemId);
    return level;
  });
}

/** Stops stocking an item at a location. Refused while units are committed, or when it is the item's only location. */
export function disconnectLevel(store: Store, inventoryItemId: Id, locationId: Id): Id {
  return store.act(() => {
    const level = store.need("inventoryLevels", levelId(inventoryItemId, locationId), "locationId");
    if (!level.isActive) return level.id;
    if (level.quantities.committed !== 0 || level.quantities.reserved !== 0) {
      throw new UserError(
        null,
        "Can't deactivate a level with committed or reserved units",
        "COMMITTED_QUANTITIES",
      );
    }
    if (levelsOf(store, inventoryItemId).length === 1) {
      throw new UserError(
        null,
        "The item must be stocked at one location at least",
        "CANNOT_DEACTIVATE_ONLY_LOCATION",
      );
    }
    const off = store.change("inventoryLevels", level.id, (draft) => {
      draft.isActive = false;
      for (const name of STOCK_NAMES) draft.quantities[name] = 0;
    });
    store.announce("inventory_levels/disconnect", gone({ type: "inventoryLevel", record: off }));
    touchProduct(store, inventoryItemId);
    return level.id;
  });
}

/** Writes a fresh level; tells nobody. */
export function writeLevel(
  store: Store,
  inventoryItemId: Id,
  locationId: Id,
  available: number,
): Frozen<InventoryLevel> {
  const id = levelId(inventoryItemId, locationId);
  const before = store.get("inventoryLevels", id);
  const time = store.time();
  const quantities = Object.fromEntries(STOCK_NAMES.map((name) => [name, 0])) as Record<StockName, number>;
  const changedAt = Object.fromEntries(STOCK_NAMES.map((name) => [name, null])) as Record<
    StockName,
    string | null
  >;
  return store.save("inventoryLevels", {
    id,
    inventoryItemId,
    locationId,
    createdAt: before?.createdAt ?? time,
    number: before?.number ?? levelNumber(store, locationId),
    isActive: true,
    quantities: { ...quantities, available },
    changedAt: { ...changedAt, available: time },
  });
}

/** One opaque number per location, as seen in recordings of real stores. */
const levelNumber = (store: Store, locationId: Id): Id =>
  String(
    100_000_000_000 + (Number.parseInt(hashHex(`${store.seed}/level/${locationId}`, 9), 16) % 20_000_000_000),
  );

/** Applies changes of units, one write per level. Levels that do not exist (any more) are passed over. */
export function moveUnits(store: Store, moves: readonly UnitMove[]): Frozen<InventoryLevel>[] {
  const byLevel = new Map<Id, UnitMove[]>();
  for (const move of moves.filter(({ delta }) => delta !== 0)) {
    const id = levelId(move.inventoryItemId, move.locationId);
    byLevel.set(id, [...(byLevel.get(id) ?? []), move]);
  }
  const items = new Set([...byLevel.values()].map((group) => group[0]?.inventoryItemId ?? ""));
  const before = new Map([...items].map((item) => [item, availableAt(store, item)]));
  const changed: Frozen<InventoryLevel>[] = [];
  for (const [id, group] of byLevel) {
    if (!store.get("inventoryLevels", id)) continue;
    changed.push(store.change("inventoryLevels", id, (draft) => moveOn(draft, group, store.time())));
    store.announce("inventory_levels/update", record(store, "inventoryLevel", id));
  }
  for (const item of items) {
    const now = availableAt(store, item);
    const then = before.get(item) ?? null;
    if (now === then) continue;
    touchProduct(store, item);
    if (then !== null && now !== null) announceStockout(store, item, then, now);
  }
  return changed;
}

function moveOn(draft: InventoryLevel, moves: readonly UnitMove[], time: string): void {
  for (const { name, delta } of moves) {
    draft.quantities[name] += delta;
    draft.changedAt[name] = time;
    if (name !== "available" && draft.quantities[name] < 0) {
      throw new UserError(
        ["quantity"],
        `The quantity of ${name} can't be negative`,
        "INVALID_QUANTITY_NEGATIVE",
      );
    }
  }
}

function availableAt(store: Store, inventoryItemId: Id): number | null {
  const variant = variantOfItem(store, inventoryItemId);
  return variant ? availableOf(store, variant) : null;
}

function announceStockout(store: Store, inventoryItemId: Id, before: number, now: number): void {
  const variant = variantOfItem(store, inventoryItemId);
  if (!variant) return;
  if (before > 0 && now <= 0) store.announce("variants/out_of_stock", record(store, "variant", variant.id));
  if (before <= 0 && now > 0) store.announce("variants/in_stock", record(store, "variant", variant.id));
}

/** A change of stock counts as a change of the variant and of its product. */
export function touchProduct(store: Store, inventoryItemId: Id): void {
  const variant = variantOfItem(store, inventoryItemId);
  if (!variant) return;
  store.change("variants", variant.id, () => undefined);
  store.change("products", variant.productId, () => undefined);
  store.announce("products/update", record(store, "product", variant.productId));
}

const pick = ({ inventoryItemId, locationId }: StockChange) => ({ inventoryItemId, locationId });

function needLevel(store: Store, change: StockChange, index: number): Frozen<InventoryLevel> {
  const level = store.get("inventoryLevels", levelId(change.inventoryItemId, change.locationId));
  if (!level?.isActive) {
    throw new UserError(
      ["changes", String(index), "locationId"],
      "The item is not stocked at the location",
      "ITEM_NOT_STOCKED_AT_LOCATION",
    );
  }
  return level;
}

function checkName(name: StockChange["name"] & string, index: number): StockName | "on_hand" {
  if (!SETTABLE.includes(name)) {
    throw new UserError(
      ["changes", String(index), "name"],
      `The quantity ${name} can't be set`,
      "INVALID_NAME",
    );
  }
  return name;
}

function checkWhole(quantity: number, index: number): number {
  if (Number.isInteger(quantity) && Math.abs(quantity) <= 1_000_000_000) return quantity;
  throw new UserError(
    ["changes", String(index), "quantity"],
    "The quantity must be a whole number up to 1,000,000,000",
    "INVALID_QUANTITY",
  );
}
