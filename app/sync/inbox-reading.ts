// What a delivery's body says, as changes for apply() or records to look up. Pure: no database, no clock.
import { topicReaders } from "#app/resources/index.ts";
import type { Body, Notice, Resource, ResourceName } from "#app/resources/define.ts";
import { parseLossless } from "#app/shopify/json.ts";
import { Permanent } from "#app/shopify/errors.ts";
import type { Delivery } from "#app/sync/inbox-rows.ts";
import type { Change, Upsert, Version } from "#app/sync/change.ts";

/** A record to be fetched through the API; `urgent` when the mirror is known to be behind until then. */
export interface Look {
  readonly resource: ResourceName;
  readonly key: string;
  readonly urgent: boolean;
}

export interface Told {
  readonly delivery: Delivery;
  readonly changes: readonly Change[];
  readonly looks: readonly Look[];
}

/** The body is not what its topic promises; `code` goes to the delivery's reason. */
export interface Unreadable {
  readonly delivery: Delivery;
  readonly code: string;
  readonly detail: string;
}

/** @throws whatever is a bug in a descriptor; a body that cannot be mirrored is `Unreadable`. */
export function readDelivery(delivery: Delivery): Told | Unreadable {
  try {
    const body = readBody(delivery.body);
    const told = topicReaders(delivery.topic).map((resource) => {
      return tell(resource, resource.fromWebhook(body, delivery.topic), delivery);
    });
    return {
      delivery,
      changes: told.flatMap(({ change }) => change ?? []),
      looks: told.flatMap(({ look }) => look ?? []),
    };
  } catch (error) {
    if (error instanceof Permanent) return { delivery, code: error.code, detail: error.message };
    throw error;
  }
}

/** @throws Permanent INVALID_JSON when the bytes are no JSON object. */
export function readBody(bytes: Uint8Array): Body {
  let value: unknown;
  try {
    value = parseLossless(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Permanent("INVALID_JSON", "the body is not JSON in UTF-8", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Permanent("INVALID_JSON", "the body is not a JSON object");
  }
  return value as Body;
}

/** Negative when `a` is older news than `b`. A version without `updatedAt` is placed by its observation alone. */
export function compareVersions(a: Version, b: Version): number {
  if (a.updatedAt !== null && b.updatedAt !== null) {
    const difference = Date.parse(a.updatedAt) - Date.parse(b.updatedAt);
    if (difference !== 0) return difference;
  }
  // Both were written by PostgreSQL in one format with six decimals, so text order is time order.
  return a.observedAt < b.observedAt ? -1 : a.observedAt > b.observedAt ? 1 : 0;
}

/** The newest change of each record, and those that need not be written because of it. Input in order of arrival. */
export function coalesce(changes: readonly Change[]): { newest: Change[]; older: Change[] } {
  const newest = new Map<string, Change>();
  const older: Change[] = [];
  for (const change of changes) {
    const record = `${change.resource} ${change.key}`;
    const held = newest.get(record);
    if (!held) newest.set(record, change);
    else if (compareVersions(change.version, held.version) >= 0) {
      newest.set(record, change);
      older.push(held);
    } else older.push(change);
  }
  return { newest: [...newest.values()], older };
}

function tell(resource: Resource, notice: Notice, delivery: Delivery): { change?: Change; look?: Look } {
  const origin = { kind: "webhook", id: delivery.id } as const;
  const observedAt = delivery.triggeredAt ?? delivery.receivedAt;
  switch (notice.says) {
    case "look":
      return { look: { resource: resource.name, key: notice.key, urgent: true } };
    case "deleted": {
      const version = { updatedAt: null, observedAt };
      return {
        change: {
          verb: "delete",
          resource: resource.name,
          key: notice.key,
          version,
          reason: "webhook",
          origin,
        },
      };
    }
    case "changed": {
      const { key, updatedAt, row, children } = notice.reading;
      const version = { updatedAt, observedAt };
      const change: Upsert = { verb: "upsert", resource: resource.name, key, version, row, children, origin };
      return { change, look: { resource: resource.name, key, urgent: !notice.complete } };
    }
  }
}
