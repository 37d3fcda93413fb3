// The list of orders, newest first, with its search and its tabs.
import { html, type Html, type Part } from "#sandbox/pages/html.ts";
import { cut, hrefWith, matches, searchbar, sought } from "#sandbox/pages/listing.ts";
import { customerName, orderBadges } from "#sandbox/pages/orders/words.ts";
import { badge, card, count, moment, money, table, tabs, type Column } from "#sandbox/pages/parts/blocks.ts";
import { act, linkButton } from "#sandbox/pages/parts/controls.ts";
import type { View, Visit } from "#sandbox/pages/visit.ts";
import { financialStatus, fulfillmentStatus } from "#sandbox/store/states.ts";
import { totals } from "#sandbox/store/totals.ts";
import type { Frozen, Order } from "#sandbox/store/truth.ts";

type Kept = (order: Frozen<Order>) => boolean;
const isOpen: Kept = (order) => order.cancelledAt === null && order.closedAt === null;
const TABS: readonly { id: string; label: string; keeps: Kept }[] = [
  { id: "", label: "All", keeps: () => true },
  {
    id: "unfulfilled",
    label: "Unfulfilled",
    keeps: (order) => isOpen(order) && fulfillmentStatus(order) !== "FULFILLED",
  },
  {
    id: "unpaid",
    label: "Unpaid",
    keeps: (order) =>
      isOpen(order) && ["PENDING", "AUTHORIZED", "PARTIALLY_PAID"].includes(financialStatus(order)),
  },
  { id: "open", label: "Open", keeps: isOpen },
  { id: "closed", label: "Closed", keeps: (order) => order.closedAt !== null },
  { id: "cancelled", label: "Cancelled", keeps: (order) => order.cancelledAt !== null },
];

const COLUMNS: readonly Column[] = [
  { label: "Order", kind: "wide" },
  { label: "Date" },
  { label: "Customer" },
  { label: "Total", kind: "number" },
  { label: "Payment" },
  { label: "Fulfilment" },
  { label: "Items", kind: "number" },
];

export function listOrders(visit: Visit): View {
  const { store, base, path, query } = visit;
  const tab = TABS.find((candidate) => candidate.id === query.get("tab")) ?? TABS[0];
  const asked = sought(query);
  const found = store
    .list("orders")
    .filter((order) => tab === undefined || tab.keeps(order))
    .filter((order) => asked === "" || matches(asked, searchedTexts(visit, order)))
    .toReversed();
  const listing = cut(found, path, query);
  return {
    title: "Orders",
    active: "orders",
    actions: html`${act("Place a sample order", `${base}/orders/samples`, { testId: "place-sample-order" })}
    ${linkButton("Create order", `${base}/orders/new`, "primary")}`,
    body: card(
      null,
      html`${tabs(
        "Orders to show",
        TABS.map(({ id, label }) => ({
          href: hrefWith(path, query, { tab: id }),
          label,
          current: id === tab?.id,
        })),
      )}
      ${searchbar("Search name, e-mail, customer, tag, SKU or status", path, query)}
      ${table(
        "Orders",
        COLUMNS,
        listing.rows.map((order) => orderCells(visit, order)),
        "No order matches.",
      )}
      ${listing.pager}`,
      { flush: true },
    ),
  };
}

/** One order as cells for `COLUMNS`. */
function orderCells(visit: Visit, order: Frozen<Order>) {
  const [name, customer, total, payment, fulfilment] = briefCells(visit, order);
  const items = count(totals(order).currentSubtotalLineItemsQuantity);
  return [name, moment(order.processedAt), customer, total, payment, fulfilment, items];
}

/** A short table of orders for pages that are about something else. */
export function briefOrders(
  visit: Visit,
  caption: string,
  orders: readonly Frozen<Order>[],
  empty: string,
): Html {
  const brief = COLUMNS.filter((column) => column.label !== "Date" && column.label !== "Items");
  return table(
    caption,
    brief,
    orders.map((order) => briefCells(visit, order)),
    empty,
  );
}

function briefCells(visit: Visit, order: Frozen<Order>): Part[] {
  const { payment, fulfilment } = orderBadges(order);
  return [
    html`<span class="row"
      ><a class="nowrap" href="${visit.base}/orders/${order.id}">${order.name}</a>${
        order.cancelledAt && badge("Cancelled")
      }${order.test && badge("Test", "info")}</span
    >`,
    customerName(visit, order),
    money(totals(order).currentTotalPrice.shop, order.currency),
    payment,
    fulfilment,
  ];
}

function searchedTexts(visit: Visit, order: Frozen<Order>): (string | null)[] {
  return [
    order.name,
    order.id,
    order.email,
    customerName(visit, order),
    financialStatus(order).replaceAll("_", " "),
    fulfillmentStatus(order).replaceAll("_", " "),
    ...order.tags,
    ...order.lines.map((line) => line.sku),
  ];
}
