// What the inbox and apply() have done, as figures for the plots. Adds in memory only, after the commit; how they are
// kept is metrics.server.ts's business.
import { note, noteDuration } from "#app/metrics.server.ts";
import type { Outcome } from "#app/sync/change.ts";
import type { Settled } from "#app/sync/inbox-rows.ts";

/** Webhooks worked off, by topic and outcome; how late their changes are here; and why some could not be applied. */
export function noteSettled(settled: readonly Settled[], committedAt = Date.now()): void {
  for (const { delivery, settlement } of settled) {
    if (!delivery.shop) continue;
    const { id } = delivery.shop;
    const { state, reason } = settlement;
    const isOfRecord = state === "applied" && settlement.resource !== undefined;
    note(id, "deliveries", `${delivery.topic} ${state === "received" ? "retried" : state}`, 1, committedAt);
    if (state === "received" || state === "parked") note(id, "errors", reason, 1, committedAt);
    // A replay's delay says when a person pressed a button; what is only queued for a look is not here yet.
    if (!isOfRecord || reason !== undefined || delivery.replays > 0) continue;
    const since = Date.parse(delivery.triggeredAt ?? delivery.receivedAt);
    noteDuration(id, "freshness", "", committedAt - since, committedAt);
  }
}

/** Records written, by the way in which their news came. */
export function noteApplied(shopId: number, outcomes: Iterable<Outcome>): void {
  const byWay = new Map<string, number>();
  for (const { change, result } of outcomes) {
    if (result === "applied") byWay.set(change.origin.kind, (byWay.get(change.origin.kind) ?? 0) + 1);
  }
  for (const [way, count] of byWay) note(shopId, "applied", way, count);
}
