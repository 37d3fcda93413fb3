// Whose news a delivery is that was not worked through: as much as can be told of a body that may be broken. For the log,
// for erasing a person's data, and for the watch, which must know that it came. Pure; never throws.
import { resourceForTopic } from "#app/resources/index.ts";
import { isObject } from "#app/resources/rest.ts";
import { int8 } from "#app/resources/values.ts";
import { readBody } from "#app/sync/inbox-reading.ts";
import type { Body, Resource, ResourceName } from "#app/resources/define.ts";

export interface Subject {
  readonly resource?: ResourceName;
  readonly recordKey?: string;
}

/** The record by the topic's first reader; only the resource where no key can be told. */
export function subjectOf(topic: string, bytes: Uint8Array): Subject {
  const resource = resourceForTopic(topic);
  if (!resource) return {};
  const recordKey = keyIn(resource, topic, bytes);
  return recordKey === undefined ? { resource: resource.name } : { resource: resource.name, recordKey };
}

function keyIn(resource: Resource, topic: string, bytes: Uint8Array): string | undefined {
  try {
    const body = readBody(bytes);
    return toldKey(resource, topic, body) ?? statedKey(resource, topic, body) ?? gidIn(resource, bytes);
  } catch {
    return gidIn(resource, bytes);
  }
}

function toldKey(resource: Resource, topic: string, body: Body): string | undefined {
  try {
    const notice = resource.fromWebhook(body, topic);
    if (notice.says === "changed") return notice.reading.key;
    if (notice.says === "looks") return notice.keys[0];
    return notice.says === "lookWith" ? undefined : notice.key;
  } catch {
    return undefined;
  }
}

/** Where Shopify's bodies have the id, whatever else is wrong with this one. A part's own id is none of the record's. */
function statedKey({ topics, keyInBody }: Resource, topic: string, body: Body): string | undefined {
  if (topics.partial.includes(topic)) {
    const places = [body.order_id, inside(body.order, "id"), inside(body.order_edit, "order_id")];
    return places.map(idIn).find((id) => id !== undefined);
  }
  if (!keyInBody) return idIn(body.id);
  try {
    return keyInBody(body);
  } catch {
    return undefined;
  }
}

function idIn(value: unknown): string | undefined {
  try {
    return int8(value, "id");
  } catch {
    return undefined;
  }
}

const inside = (value: unknown, field: string) => (isObject(value) ? value[field] : undefined);

/** A body that is cut off or is no JSON may still name the record by its global id. */
function gidIn({ type, gid }: Resource, bytes: Uint8Array): string | undefined {
  if (gid("1") !== `gid://shopify/${type}/1`) return undefined;
  const text = new TextDecoder().decode(bytes);
  return idIn(new RegExp(`gid:(?:\\\\?/){2}shopify\\\\?/${type}\\\\?/(\\d{1,19})\\b`).exec(text)?.[1]);
}
