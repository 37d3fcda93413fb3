// The first page: how the store stands, the newest orders, and the buttons that make something happen at once.
import { html, type Html } from "#sandbox/pages/html.ts";
import { briefOrders } from "#sandbox/pages/orders/list.ts";
import { card, columns, count, moment, money } from "#sandbox/pages/parts/blocks.ts";
import { act, linkButton } from "#sandbox/pages/parts/controls.ts";
import { variantName } from "#sandbox/pages/parts/picker.ts";
import { deliveryBadge } from "#sandbox/pages/settings/words.ts";
import type { Done, Rooms, View, Visit } from "#sandbox/pages/visit.ts";
import { adjustStock } from "#sandbox/store/acts.ts";
import { Chance } from "#sandbox/store/chance.ts";
import { decimalOf, minorOf } from "#sandbox/store/money.ts";
import { totals } from "#sandbox/store/totals.ts";
import { UserError } from "#sandbox/store/user-error.ts";

const ORDERS_SHOWN = 8;
const WEBHOOKS_SHOWN = 8;
const BURST_ORDERS = "50";
/** A random stock change takes or brings up to this many units. */
const STOCK_STEP_MAX = 10;
const DAY_MS = 24 * 60 * 60 * 1000;

function showHome(visit: Visit): View {
  const { store, base } = visit;
  const recent = store.list("orders").slice(-ORDERS_SHOWN).toReversed();
  return {
    title: "Home",
    active: "home",
    subtitle: `${store.shop.name} · ${store.shop.domain}`,
    body: html`${figures(visit)}
    ${columns(
      card("Latest orders", briefOrders(visit, "Latest orders", recent, "No order has been placed yet."), {
        flush: true,
        actions: linkButton("All orders", `${base}/orders`),
      }),
      html`${happenCard(visit)} ${webhookCard(visit)}`,
    )}`,
  };
}

function figures(visit: Visit): Html {
  const { store } = visit;
  const since = new Date(store.now().getTime() - DAY_MS).toISOString();
  const today = store.list("orders").filter((order) => order.processedAt >= since);
  const { currency } = store.shop;
  const sales = today.reduce(
    (sum, order) => sum + minorOf(totals(order).currentTotalPrice.shop, currency),
    0n,
  );
  const figure = (label: string, value: string) =>
    html`<div class="figure"><strong>${value}</strong><span>${label}</span></div>`;
  return html`<div class="figures">
    ${figure("orders in 24 hours", count(today.length))}
    ${figure("sales in 24 hours", money(decimalOf(sales, currency), currency))}
    ${figure("orders in all", count(store.list("orders").length))}
    ${figure("products", count(store.list("products").length))}
    ${figure("locations", count(store.list("locations").length))}
  </div>`;
}

function happenCard(visit: Visit): Html {
  const { base } = visit;
  const from = { from: "home" };
  return card(
    "Make something happen",
    html`<div class="stack">
      ${act("Place a random order", `${base}/orders/samples`, { kind: "primary", fields: from, testId: "place-sample-order" })}
      ${act("Change a stock", `${base}/stock-changes`, { fields: from })}
      ${act("Place a burst of 50 orders", `${base}/orders/samples`, { fields: { ...from, count: BURST_ORDERS } })}
      ${linkButton("Turn the dials", `${base}/dials`)}
    </div>`,
  );
}

function webhookCard(visit: Visit): Html {
  const latest = visit.deliveries.list({ limit: WEBHOOKS_SHOWN });
  return card(
    "Latest webhooks",
    latest.length === 0
      ? html`<p class="soft">None has been sent yet.</p>`
      : html`<ul class="plain stack">
          ${latest.map(
            (delivery) =>
              html`<li class="row between">
                <span>${delivery.topic} <small class="lines">${moment(delivery.triggeredAt)}</small></span>
                ${deliveryBadge(delivery.state)}
              </li>`,
          )}
        </ul>`,
    { actions: html`<a href="${visit.base}/log?view=webhooks">Open the log</a>` },
  );
}

/** Sells or brings some units of an item that chance picks; the store's own version seeds it, so a life repeats. */
function changeAnyStock(visit: Visit): Done {
  const { store, base } = visit;
  const chance = new Chance(`stock change ${store.seed} ${store.version}`);
  const levels = store.list("inventoryLevels").filter((level) => level.isActive);
  if (levels.length === 0) throw new UserError(null, "No item is stocked anywhere yet.");
  const level = chance.pick(levels);
  const step = chance.whole(1, STOCK_STEP_MAX) * (chance.happens(0.5) ? 1 : -1);
  adjustStock(store, [
    { inventoryItemId: level.inventoryItemId, locationId: level.locationId, quantity: step },
  ]);
  const item = store.need("inventoryItems", level.inventoryItemId);
  const name = variantName(store, store.need("variants", item.variantId));
  const place = store.need("locations", level.locationId).name;
  return { to: base, said: `${name}: ${step > 0 ? "+" : "−"}${Math.abs(step)} at ${place}` };
}

export const HOME_ROOMS: Rooms = {
  "": { show: showHome },
  "stock-changes": { act: changeAnyStock, again: showHome },
};
