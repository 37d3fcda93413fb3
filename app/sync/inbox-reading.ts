// What a delivery's body says, as changes for apply() or records to look up, by the shop's rules. Pure: no database, no clock.
import { topicReaders } from "#app/resources/index.ts";
import type { Body, Notice, Part, Resource, ResourceName } from "#app/resources/define.ts";
import { DEFAULT_RULES, isOn, resourceUnder } from "#app/sync/rules.ts";
import { parseLossless } from "#app/shopify/json.ts";
import { Permanent } from "#app/shopify/errors.ts";
import type { Delivery } from "#app/sync/inbox-rows.ts";
import type { Change, Upsert } from "#app/sync/change.ts";

/** A record to be fetched through the API; `urgent` when the mirror is known to be behind until then. */
export interface Look {
  readonly resource: ResourceName;
  readonly key: string;
  readonly urgent: boolean;
}

/** Records to be fetched that only the mirror can name: those that hold this part. */
export interface PartLook {
  readonly resource: ResourceName;
  readonly part: Part;
}

export interface Told {
  readonly delivery: Delivery;
  readonly changes: readonly Change[];
  readonly looks: readonly Look[];
  readonly partLooks: readonly PartLook[];
}

/** The body is not what its topic promises; `code` goes to the delivery's reason. */
export interface Unreadable {
  readonly delivery: Delivery;
  readonly code: string;
  readonly detail: string;
}

/** The resources that a delivery is news of, as the shop's rules leave them. None when all of them are switched off. */
export function readersOf({ topic, shop }: Delivery, now: Date): Resource[] {
  const rules = shop?.rules ?? DEFAULT_RULES;
  return topicReaders(topic)
    .filter(({ name }) => isOn(rules, name))
    .map(({ name }) => resourceUnder(rules, name, now));
}

/** @throws whatever is a bug in a descriptor; a body that cannot be mirrored is `Unreadable`. */
export function readDelivery(delivery: Delivery, now: Date): Told | Unreadable {
  try {
    const body = readBody(delivery.body);
    const told = readersOf(delivery, now).map((resource) => {
      return tell(resource, resource.fromWebhook(body, delivery.topic), delivery);
    });
    return {
      delivery,
      changes: told.flatMap(({ change }) => change ?? []),
      looks: told.flatMap(({ looks }) => looks ?? []),
      partLooks: told.flatMap(({ partLook }) => partLook ?? []),
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

interface Tale {
  readonly change?: Change;
  readonly looks?: readonly Look[];
  readonly partLook?: PartLook;
}

function tell(resource: Resource, notice: Notice, delivery: Delivery): Tale {
  const origin = { kind: "webhook", id: delivery.id } as const;
  const observedAt = delivery.triggeredAt ?? delivery.receivedAt;
  switch (notice.says) {
    case "look":
      return { looks: [{ resource: resource.name, key: notice.key, urgent: true }] };
    case "looks":
      return { looks: notice.keys.map((key) => ({ resource: resource.name, key, urgent: false })) };
    case "lookWith":
      return { partLook: { resource: resource.name, part: notice.part } };
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
      return { change, looks: [{ resource: resource.name, key, urgent: !notice.complete }] };
    }
  }
}
