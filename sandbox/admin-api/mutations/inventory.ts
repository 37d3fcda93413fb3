/**
 * Mutations of stock: set and adjust quantities.
 */
import { adjustStock, setStock } from "../../store/acts.ts";
import type { StockChange } from "../../store/inputs.ts";
import { levelId } from "../../store/lookups.ts";
import { quantitiesOf } from "../../store/states.ts";
import { gid, type QuantityName } from "../../store/truth.ts";
import { UserError } from "../../store/user-error.ts";
import type { ApiContext } from "../context.ts";
import { source, withArgs, type FieldResolver } from "../types/fields.ts";
import { idOf, time } from "../types/values.ts";
import { payload } from "./payload.ts";

interface Place {
  inventoryItemId: string;
  locationId: string;
  changeFromQuantity?: number | null;
}
interface Input {
  name: string;
  reason: string;
  referenceDocumentUri?: string | null;
}

function quantityAt(context: ApiContext, place: Place, name: string): number {
  const level = context.store.get(
    "inventoryLevels",
    levelId(idOf(place.inventoryItemId, "InventoryItem"), idOf(place.locationId, "Location")),
  );
  return level
    ? ((quantitiesOf(level)[name as QuantityName] as { quantity: number } | undefined)?.quantity ?? 0)
    : 0;
}

/** One change per place, as the act's answer shows it. */
function group(
  context: ApiContext,
  input: Input,
  places: readonly Place[],
  act: (changes: StockChange[]) => void,
  amountOf: (index: number) => number,
) {
  const before = places.map((place) => quantityAt(context, place, input.name));
  places.forEach((place, index) => {
    const expected = place.changeFromQuantity;
    if (typeof expected === "number" && expected !== before[index]) {
      throw new UserError(
        ["input", "quantities", String(index), "changeFromQuantity"],
        "The compareQuantity value does not match the current quantity.",
        "COMPARE_QUANTITY_STALE",
      );
    }
  });
  act(
    places.map((place, index) => ({
      inventoryItemId: idOf(place.inventoryItemId, "InventoryItem"),
      locationId: idOf(place.locationId, "Location"),
      name: input.name as StockChange["name"],
      quantity: amountOf(index),
    })),
  );
  const { store } = context;
  return {
    inventoryAdjustmentGroup: {
      __typename: "InventoryAdjustmentGroup",
      id: gid("InventoryAdjustmentGroup", String(store.version)),
      createdAt: time(store.time()),
      reason: input.reason,
      referenceDocumentUri: input.referenceDocumentUri ?? null,
      app: source("App", context.install),
      changes: places.map((place, index) => {
        const after = quantityAt(context, place, input.name);
        return {
          __typename: "InventoryChange",
          name: input.name,
          delta: after - (before[index] ?? 0),
          quantityAfterChange: after,
          ledgerDocumentUri: null,
          item: source(
            "InventoryItem",
            store.need("inventoryItems", idOf(place.inventoryItemId, "InventoryItem")),
          ),
          location: source("Location", store.need("locations", idOf(place.locationId, "Location"))),
        };
      }),
    },
  };
}

export const inventoryMutations: Record<string, FieldResolver<undefined>> = {
  inventorySetQuantities: withArgs(["input"], (_root, args, context) => {
    const input = args.input as Input & { quantities: (Place & { quantity: number })[] };
    return payload(
      () =>
        group(
          context,
          input,
          input.quantities,
          (changes) => setStock(context.store, changes),
          (index) => input.quantities[index]?.quantity ?? 0,
        ),
      { inventoryAdjustmentGroup: null },
      ["input"],
    );
  }),
  inventoryAdjustQuantities: withArgs(["input"], (_root, args, context) => {
    const input = args.input as Input & { changes: (Place & { delta: number })[] };
    return payload(
      () =>
        group(
          context,
          input,
          input.changes,
          (changes) => adjustStock(context.store, changes),
          (index) => input.changes[index]?.delta ?? 0,
        ),
      { inventoryAdjustmentGroup: null },
      ["input"],
    );
  }),
};
