// Locations: places that hold stock and fulfil orders.

import type { LocationInput } from "../inputs.ts";
import { activeLocations, hasActiveInventory, hasUnfulfilledOrders, levelsAt } from "../lookups.ts";
import type { Store } from "../store.ts";
import type { Frozen, Id, Location } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { gone, record } from "./announce.ts";
import { checkTitle, given } from "./validate.ts";

/** How many a shop may have; Shopify's limit on every plan here. */
const LOCATIONS_MAX = 200;

/** An address that says nothing. */
export const NOWHERE: Location["address"] = {
  address1: null,
  address2: null,
  city: null,
  province: null,
  provinceCode: null,
  country: null,
  countryCode: null,
  zip: null,
  phone: null,
  latitude: null,
  longitude: null,
};

export function createLocation(store: Store, input: LocationInput & { name: string }): Frozen<Location> {
  return store.act(() => {
    if (store.list("locations").length >= LOCATIONS_MAX) {
      throw new UserError(null, `A shop has at most ${LOCATIONS_MAX} locations`, "LIMIT_EXCEEDED");
    }
    const location = store.save("locations", {
      ...store.fresh("Location"),
      name: freeName(store, input.name, null),
      address: { ...NOWHERE, ...input.address },
      isActive: true,
      deactivatedAt: null,
      fulfillsOnlineOrders: input.fulfillsOnlineOrders ?? true,
      shipsInventory: input.shipsInventory ?? input.fulfillsOnlineOrders ?? true,
      isFulfillmentService: false,
    });
    store.announce("locations/create", record(store, "location", location.id));
    return location;
  });
}

export function updateLocation(store: Store, id: Id, input: LocationInput): Frozen<Location> {
  return store.act(() => {
    store.need("locations", id);
    const name = input.name === undefined ? undefined : freeName(store, input.name, id);
    const location = store.change("locations", id, (draft) => {
      Object.assign(draft, given({ ...input, name, address: undefined }));
      Object.assign(draft.address, given(input.address ?? {}));
    });
    store.announce("locations/update", record(store, "location", id));
    return location;
  });
}

export function activateLocation(store: Store, id: Id): Frozen<Location> {
  return store.act(() => {
    if (store.need("locations", id).isActive) return store.need("locations", id);
    const location = store.change("locations", id, (draft) => {
      draft.isActive = true;
      draft.deactivatedAt = null;
    });
    store.announce("locations/activate", record(store, "location", id));
    store.announce("locations/update", record(store, "location", id));
    return location;
  });
}

/** Refused while the location holds stock, has orders to fulfil, or is the last one. */
export function deactivateLocation(store: Store, id: Id): Frozen<Location> {
  return store.act(() => {
    const before = store.need("locations", id);
    if (!before.isActive) return before;
    if (activeLocations(store).length === 1) {
      throw new UserError(
        ["id"],
        "The only active location can't be deactivated",
        "PERMANENTLY_BLOCKED_FROM_DEACTIVATION",
      );
    }
    if (hasUnfulfilledOrders(store, id)) {
      throw new UserError(["id"], "The location has unfulfilled orders", "HAS_FULFILLMENT_ORDERS");
    }
    if (hasActiveInventory(store, id))
      throw new UserError(["id"], "The location holds stock", "HAS_ACTIVE_INVENTORY");
    const location = store.change("locations", id, (draft) => {
      draft.isActive = false;
      draft.deactivatedAt = store.time();
    });
    store.announce("locations/deactivate", record(store, "location", id));
    store.announce("locations/update", record(store, "location", id));
    return location;
  });
}

/** Only inactive locations can be deleted; their (empty) levels go with them. */
export function deleteLocation(store: Store, id: Id): Id {
  return store.act(() => {
    const location = store.need("locations", id);
    if (location.isActive) throw new UserError(["id"], "The location is active", "LOCATION_IS_ACTIVE");
    if (
      store
        .list("orders")
        .some((order) =>
          order.fulfillmentOrders.some((part) => part.locationId === id && part.status !== "CLOSED"),
        )
    ) {
      throw new UserError(["id"], "The location has orders", "LOCATION_HAS_PENDING_ORDERS");
    }
    for (const level of levelsAt(store, id, { inactive: true })) {
      store.remove("inventoryLevels", level.id);
      store.announce("inventory_levels/disconnect", gone({ type: "inventoryLevel", record: level }));
    }
    store.remove("locations", id);
    store.announce("locations/delete", gone({ type: "location", record: location }));
    return id;
  });
}

function freeName(store: Store, wanted: string, ownId: Id | null): string {
  const name = checkTitle(wanted, "name");
  if (
    store
      .list("locations")
      .some((other) => other.id !== ownId && other.name.toLowerCase() === name.toLowerCase())
  ) {
    throw new UserError(["name"], "You already have a location with this name", "TAKEN");
  }
  return name;
}
