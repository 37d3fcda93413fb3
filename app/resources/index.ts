// The registry: every mirrored resource, and what follows from the descriptors (topics, scopes, backfill order).
// Adding a resource is one line in `resources`.
import { collections } from "./collections.ts";
import { customers } from "./customers.ts";
import type { Resource, ResourceName } from "./define.ts";
import { fulfillmentOrders } from "./fulfillment-orders.ts";
import { inventoryItems } from "./inventory-items.ts";
import { inventoryLevels } from "./inventory-levels.ts";
import { locations } from "./locations.ts";
import { metafields } from "./metafields.ts";
import { orders } from "./orders.ts";
import { products } from "./products.ts";

export const resources: readonly Resource[] = [
  orders,
  fulfillmentOrders,
  customers,
  products,
  collections,
  inventoryItems,
  inventoryLevels,
  locations,
  ...metafields,
];

/** Topics about the shop and not a record. */
export const SYSTEM_TOPICS: readonly string[] = [
  "app/uninstalled",
  "app/scopes_update",
  "shop/update",
  "bulk_operations/finish",
];

/** Shopify accepts these only as `compliance_topics` in shopify.app.toml. */
export const COMPLIANCE_TOPICS: readonly string[] = [
  "customers/data_request",
  "customers/redact",
  "shop/redact",
];

const byName = new Map(resources.map((resource) => [resource.name, resource]));

const byTopic = new Map<string, Resource[]>();
for (const resource of resources) {
  for (const topic of topicsOf(resource)) byTopic.set(topic, [...(byTopic.get(topic) ?? []), resource]);
}

/** @throws RangeError for a name that is no resource's. */
export function resourceOf(name: string): Resource {
  const resource = byName.get(name as ResourceName);
  if (!resource) throw new RangeError(`there is no resource ${name}`);
  return resource;
}

/** The resource in whose records, or their children, this one's records are, or with which they go; else null. */
export function holderOf({ list: { within }, goesWith }: Resource): Resource | null {
  const held = within?.model ?? goesWith?.model;
  const holds = ({ model, childModels }: Resource) => [model, ...childModels].some((one) => one === held);
  return (held !== undefined && resources.find(holds)) || null;
}

/** Every resource that reads this topic; empty for an unknown or a system topic. */
export function topicReaders(topic: string): readonly Resource[] {
  return byTopic.get(topic) ?? [];
}

/** The first resource that reads this topic, or null. */
export function resourceForTopic(topic: string): Resource | null {
  return topicReaders(topic)[0] ?? null;
}

export function topicsOf({ topics: { changed, partial, deleted } }: Resource): readonly string[] {
  return [...changed, ...partial, ...deleted];
}

/** Every topic that the app must be subscribed to, the privacy topics included, sorted. */
export function topics(): readonly string[] {
  return [...new Set([...byTopic.keys(), ...SYSTEM_TOPICS, ...COMPLIANCE_TOPICS])].sort();
}

/** Every scope that some resource, a part of one, or news of one needs, sorted. */
export function scopes(): readonly string[] {
  const scopesOf = ({ scopes: ofAll, groups = [], topicScopes = {} }: Resource) => [
    ...ofAll,
    ...groups.flatMap(({ scope }) => scope ?? []),
    ...Object.values(topicScopes),
  ];
  return [...new Set(resources.flatMap(scopesOf))].sort();
}

/** Each resource after those that it names in `after`. @throws RangeError on a cycle, naming it. */
export function backfillOrder(among: readonly Resource[] = resources): readonly ResourceName[] {
  const known = new Map(among.map((resource) => [resource.name, resource]));
  const order: ResourceName[] = [];
  const visit = (resource: Resource, path: readonly string[]): void => {
    if (path.includes(resource.name))
      throw new RangeError(`backfill cycle: ${[...path, resource.name].join(" → ")}`);
    if (order.includes(resource.name)) return;
    for (const name of resource.after) {
      const earlier = known.get(name);
      if (earlier) visit(earlier, [...path, resource.name]);
    }
    order.push(resource.name);
  };
  for (const resource of among) visit(resource, []);
  return order;
}

// A cycle is a mistake in the descriptors: found at the first start, not at the first install.
backfillOrder();
