// What became of a delivery, and what is still to be asked of Shopify, by what apply() answered to its changes. Pure.
import type { Change, Outcome } from "#app/sync/change.ts";
import type { Look, Told } from "#app/sync/inbox-reading.ts";
import type { Settlement } from "#app/sync/inbox-rows.ts";
import type { Subject } from "#app/sync/inbox-subject.ts";

/**
 * A delivery that tells of several records ends as its worst part does. One that changes nothing by itself `names` the
 * record that is fetched, or means nothing: the part that it speaks of is of no record here.
 */
export function settlementOf(results: readonly Outcome[], names: Subject): Settlement {
  for (const outcome of results) {
    if (outcome.result === "rejected")
      return { state: "parked", reason: outcome.code, detail: outcome.detail };
  }
  if (results.length === 0) {
    return names.recordKey === undefined
      ? { state: "ignored", reason: "PART_OF_NOTHING" }
      : { state: "applied", reason: "QUEUED_FOR_FETCH" };
  }
  return { state: results.some(({ result }) => result === "applied") ? "applied" : "superseded" };
}

export function recordOf(changes: Told["changes"], looks: Told["looks"]): Subject {
  const record = changes[0] ?? looks[0];
  return record ? { resource: record.resource, recordKey: record.key } : {};
}

/** A body that cannot be read still tells that its record changed: Shopify is asked what it is now. */
export function lookAt({ resource, recordKey: key }: Subject): Look[] {
  return resource === undefined || key === undefined ? [] : [{ resource, key, urgent: true }];
}

/**
 * Whatever was applied is confirmed through the API; a body that was not the whole story, urgently. So is a record
 * that the database refused in the webhook's shape: the API may state it in one that fits. Old news of a record does not
 * ask for that record again, but for what else it speaks of: whatever brought the newer state need not have shown that.
 */
export function confirmations(told: readonly Told[], outcomes: readonly Outcome[]): Look[] {
  const refused: Look[] = [];
  const outdated = new Set<Change>();
  for (const { change, result } of outcomes) {
    const { resource, key } = change;
    if (result === "rejected") refused.push({ resource, key, urgent: true });
    if (result !== "applied") outdated.add(change);
  }
  const looks = told.flatMap(({ changes, looks: asked }) => {
    const old = changes.filter((change) => outdated.has(change));
    return asked.filter(({ resource, key }) => {
      return !old.some((change) => change.resource === resource && change.key === key);
    });
  });
  return [...looks, ...refused];
}
