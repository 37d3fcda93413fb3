// The places where stock lies: listed, created, renamed, switched on and off, deleted.
import { html, type Html } from "#sandbox/pages/html.ts";
import { badge, card, columns, count, facts, moment, table } from "#sandbox/pages/parts/blocks.ts";
import { act, button, checkbox, confirmAct, input, linkButton } from "#sandbox/pages/parts/controls.ts";
import { addressFields, readAddress } from "#sandbox/pages/parts/address.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import {
  activateLocation,
  createLocation,
  deactivateLocation,
  deleteLocation,
  updateLocation,
} from "#sandbox/store/acts.ts";
import { NOWHERE } from "#sandbox/store/acts/locations.ts";
import { levelsAt } from "#sandbox/store/lookups.ts";
import type { LocationInput } from "#sandbox/store/inputs.ts";
import type { Frozen, Location } from "#sandbox/store/truth.ts";

export function listLocations(visit: Visit): View {
  const { store, base } = visit;
  return {
    title: "Locations",
    active: "locations",
    actions: linkButton("Add location", `${base}/locations/new`, "primary"),
    body: card(
      null,
      table(
        "Locations",
        [
          { label: "Location", kind: "wide" },
          { label: "State" },
          { label: "City" },
          { label: "Online orders" },
          { label: "Items stocked", kind: "number" },
        ],
        store
          .list("locations")
          .map((location) => [
            html`<a href="${base}/locations/${location.id}">${location.name}</a>`,
            stateBadge(location),
            [location.address.city, location.address.countryCode].filter(Boolean).join(", ") || "–",
            location.fulfillsOnlineOrders ? "Fulfils" : "Does not fulfil",
            count(levelsAt(store, location.id).length),
          ]),
        "This store has no locations.",
      ),
      { flush: true },
    ),
  };
}

export function newLocation(visit: Visit): View {
  const { base } = visit;
  return {
    title: "Add location",
    active: "locations",
    back: { href: `${base}/locations`, label: "Locations" },
    body: html`<form method="post" action="${base}/locations">
      ${fields(visit, null)}
      <div class="form-foot">${button("Save location", { kind: "primary" })}</div>
    </form>`,
  };
}

export function showLocation(visit: Visit): View | null {
  const { store, base, params } = visit;
  const location = store.get("locations", params.id ?? "");
  if (!location) return null;
  const path = `${base}/locations/${location.id}`;
  return {
    title: location.name,
    active: "locations",
    back: { href: `${base}/locations`, label: "Locations" },
    badges: stateBadge(location),
    actions: html`${
      location.isActive ? act("Deactivate", `${path}/deactivation`) : act("Activate", `${path}/activation`)
    }
    ${confirmAct({
      id: "delete-location",
      label: "Delete location",
      title: `Delete ${location.name}?`,
      text: "Only a location that is not active and holds no stock can be deleted. This cannot be undone.",
      action: `${path}/deletion`,
      confirm: "Delete location",
    })}`,
    body: columns(
      html`<form method="post" action="${path}">
        ${fields(visit, location)}
        <div class="form-foot">${button("Save location", { kind: "primary" })}</div>
      </form>`,
      card(
        "About",
        facts([
          ["Id", location.id],
          ["Created", moment(location.createdAt)],
          ["Updated", moment(location.updatedAt)],
        ]),
      ),
    ),
  };
}

export function addLocation(visit: Visit): Done {
  const input = readLocation(visit);
  visit.form.check();
  const location = createLocation(visit.store, input);
  return { to: `${visit.base}/locations/${location.id}`, said: `${location.name} added` };
}

export function saveLocation(visit: Visit): Done {
  const input = readLocation(visit);
  visit.form.check();
  const location = updateLocation(visit.store, visit.params.id ?? "", input);
  return { to: `${visit.base}/locations/${location.id}`, said: "Location saved" };
}

export function activate(visit: Visit): Done {
  const location = activateLocation(visit.store, visit.params.id ?? "");
  return { to: `${visit.base}/locations/${location.id}`, said: `${location.name} is active` };
}

export function deactivate(visit: Visit): Done {
  const location = deactivateLocation(visit.store, visit.params.id ?? "");
  return { to: `${visit.base}/locations/${location.id}`, said: `${location.name} is no longer active` };
}

export function removeLocation(visit: Visit): Done {
  const { name } = visit.store.need("locations", visit.params.id ?? "");
  deleteLocation(visit.store, visit.params.id ?? "");
  return { to: `${visit.base}/locations`, said: `${name} deleted` };
}

function readLocation(visit: Visit): LocationInput & { name: string } {
  const { form } = visit;
  // A location's address has no person in it.
  const { firstName: _first, lastName: _last, company: _company, ...address } = readAddress(form, "address");
  return {
    name: form.required("name", "Name"),
    address: { ...NOWHERE, ...address },
    fulfillsOnlineOrders: form.ticked("fulfillsOnlineOrders"),
  };
}

function fields(visit: Visit, location: Frozen<Location> | null): Html {
  const { form } = visit;
  return card(
    "Location",
    html`${input({ name: "name", label: "Name", value: form.or("name", location?.name), problems: form.problems })}
    ${addressFields(form, "address", location?.address ?? null, { person: false })}
    ${checkbox({
      name: "fulfillsOnlineOrders",
      label: "Fulfil online orders from this location",
      checked: form.tickedOr("fulfillsOnlineOrders", location?.fulfillsOnlineOrders ?? true),
    })}`,
  );
}

function stateBadge(location: Frozen<Location>): Html {
  return location.isActive ? badge("Active", "success") : badge("Inactive");
}
