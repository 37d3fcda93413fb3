// Editing a placed order: new lines, more or fewer units. An edit never moves money; it changes what is owed.

import type { OrderEdit } from "../events.ts";
import type { OrderEditInput } from "../inputs.ts";
import { currentUnits, unfulfilledUnits } from "../line-totals.ts";
import { bagOf } from "../money.ts";
import type { Store } from "../store.ts";
import { totals } from "../totals.ts";
import { freeze } from "../records.ts";
import type { Frozen, Id, LineItem, Order } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { agree } from "./agreements.ts";
import { announceOrder, edit } from "./announce.ts";
import {
  assignLines,
  canGrow,
  commitMoves,
  newLine,
  settleFulfillmentOrders,
  stockMoves,
} from "./order-lines.ts";
import { taxesOfOrder, taxLine } from "./order-prices.ts";
import { moveUnits, type UnitMove } from "./stock.ts";
import { checkQuantity } from "./validate.ts";

type Work = {
  store: Store;
  draft: Order;
  moves: UnitMove[];
  additions: OrderEdit["additions"];
  removals: OrderEdit["removals"];
};

export function editOrder(store: Store, id: Id, input: OrderEditInput): Frozen<Order> {
  return store.act(() => {
    const before = store.need("orders", id);
    if (before.cancelledAt !== null) throw new UserError(["id"], "The order cannot be edited.", "INVALID");
    const work: Omit<Work, "draft"> = { store, moves: [], additions: [], removals: [] };
    const order = store.change("orders", id, (draft) => {
      const inDraft = { ...work, draft };
      (input.quantities ?? []).forEach((change, index) => setUnits(inDraft, change, index));
      (input.add ?? []).forEach((line, index) => addLine(inDraft, newLine(store, draft, line, index, true)));
      if (work.additions.length + work.removals.length === 0) {
        throw new UserError(["id"], "There must be at least one change to be made.", "INVALID");
      }
      // After a refund beyond what its lines were worth, there may be less left than a unit costs.
      if (bagOf(totals(draft).currentTotalPrice, draft).presentment < 0n) {
        throw new UserError(["id"], "The order's total can't be less than 0", "INVALID");
      }
      draft.edited = true;
      agree(store, draft, before, { reason: "ORDER_EDIT", refundId: null, returnId: null });
      settleFulfillmentOrders(store, draft);
    });
    const { additions, removals } = work;
    const editId = store.ids.mint("OrderEdit");
    const note = input.note ?? null;
    store.announce(
      "orders/edited",
      edit(store, freeze({ id: editId, orderId: id, committedAt: store.time(), note, additions, removals })),
    );
    announceOrder(store, order);
    moveUnits(store, work.moves);
    return order;
  });
}

function setUnits(
  work: Work,
  change: NonNullable<OrderEditInput["quantities"]>[number],
  index: number,
): void {
  const { store, draft } = work;
  const path = ["quantities", String(index), "quantity"];
  const line = draft.lines.find((candidate) => candidate.id === change.lineItemId);
  if (!line)
    throw new UserError(["quantities", String(index), "lineItemId"], "Line item does not exist", "NOT_FOUND");
  const wanted = checkQuantity(change.quantity, path, 0);
  const delta = wanted - currentUnits(draft, line);
  if (delta > 0) addUnits(work, line, delta, path);
  if (delta >= 0) return;
  if (-delta > unfulfilledUnits(draft, line)) {
    throw new UserError(path, "Fulfilled units can't be removed; refund them instead", "INVALID");
  }
  line.removedQuantity -= delta;
  work.removals.push({ lineItemId: line.id, delta: -delta });
  work.moves.push(...stockMoves(store, line, "committed", delta));
  if (change.restock ?? true) work.moves.push(...stockMoves(store, line, "available", -delta));
}

/** More units of a line: the line grows, or a new one at the same price stands beside it. */
function addUnits(work: Work, line: LineItem, units: number, path: string[]): void {
  const { store, draft } = work;
  if (line.isGiftCard || line.isTip)
    throw new UserError(path, "Gift cards and tips can't be added to", "INVALID");
  if (!canGrow(draft, line)) {
    const { attributes, discountAllocations: _gone, ...same } = line;
    const id = store.ids.mint("LineItem");
    const beside = {
      ...same,
      id,
      attributes: [...attributes],
      discountAllocations: [],
      quantity: units,
      removedQuantity: 0,
    };
    addLine(work, { ...beside, addedByEdit: true });
    return;
  }
  line.quantity += units;
  taxLine(draft, line, line.taxLines);
  work.additions.push({ lineItemId: line.id, delta: units });
  work.moves.push(...commitMoves(store, line, units));
}

function addLine(work: Work, line: LineItem): void {
  const { store, draft } = work;
  taxLine(draft, line, taxesOfOrder(draft));
  draft.lines.push(line);
  assignLines(store, draft, [line]);
  work.additions.push({ lineItemId: line.id, delta: line.quantity });
  work.moves.push(...commitMoves(store, line, line.quantity));
}
