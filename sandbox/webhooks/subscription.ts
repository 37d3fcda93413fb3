// What a webhook subscription is, whoever made it, and what it makes of a body.
import type { AppSubscription } from "../app-config.ts";
import { metafieldsOf } from "../store/lookups.ts";
import type { Store } from "../store/store.ts";
import type { Id, OwnerType } from "../store/truth.ts";
import { gid, integer, time, type Body, type Json } from "./bodies/json.ts";
import { parseFilter } from "./filter.ts";

export interface Subscription {
  readonly id: string;
  /** `app`: from the TOML, survives failures. `api`: made by webhookSubscriptionCreate, removed by them. */
  readonly origin: "app" | "api";
  /** "orders/create" */
  readonly topic: string;
  /** Absolute address, or a Pub/Sub or EventBridge destination. */
  readonly address: string;
  readonly filter: string | null;
  /** Empty = all. Dotted fields reach into objects and lists. */
  readonly includeFields: readonly string[];
  readonly metafieldNamespaces: readonly string[];
  readonly metafields: readonly { readonly namespace: string; readonly key: string }[];
  readonly name: string | null;
}

/** The TOML's subscriptions, with relative and application addresses led to where the app really listens. */
export function subscriptionsOfApp(
  subscriptions: readonly AppSubscription[],
  applicationUrl: string,
  reachedAt: string,
): Subscription[] {
  return subscriptions.map((subscription, index) => {
    const { topic, filter, includeFields, name } = subscription;
    const address = reach(subscription.uri, applicationUrl, reachedAt);
    return {
      id: `app-${index + 1}`,
      origin: "app",
      topic,
      address,
      filter,
      includeFields,
      metafieldNamespaces: [],
      metafields: [],
      name,
    };
  });
}

/** Where `uri` really is when the app, public at `applicationUrl`, listens at `reachedAt`. */
export function reach(uri: string, applicationUrl: string, reachedAt: string): string {
  if (uri.startsWith("/")) return new URL(uri, reachedAt).href;
  if (!/^https?:/.test(uri) || !URL.canParse(applicationUrl)) return uri;
  const url = new URL(uri);
  if (url.origin !== new URL(applicationUrl).origin) return uri;
  return new URL(url.pathname + url.search, reachedAt).href;
}

/** The body as this subscription wants it, or null when its filter holds it back. Throws `FilterError`. */
export function fit(subscription: Subscription, body: Body): Body | null {
  if (subscription.filter && !parseFilter(subscription.filter)(body)) return null;
  const { includeFields } = subscription;
  return includeFields.length === 0
    ? body
    : (pick(
        body,
        includeFields.map((field) => field.split(".")),
      ) as Body);
}

function pick(value: Json, paths: readonly (readonly string[])[]): Json {
  if (Array.isArray(value)) return value.map((member: Json) => pick(member, paths));
  if (typeof value !== "object" || value === null || paths.some((path) => path.length === 0)) return value;
  const kept: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value as Body)) {
    const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    if (below.length > 0) kept.push([key, pick(inner, below)]);
  }
  return Object.fromEntries(kept);
}

/** Adds the owner's metafields that the subscription asks for; a body without an owner stays as it is. */
export function addMetafields(
  store: Store,
  subscription: Subscription,
  owner: { readonly type: OwnerType; readonly id: Id } | null,
  body: Body,
): Body {
  const { metafields, metafieldNamespaces } = subscription;
  if (!owner || metafields.length + metafieldNamespaces.length === 0) return body;
  const wanted = metafieldsOf(store, owner.type, owner.id).filter(
    (field) =>
      metafieldNamespaces.includes(field.namespace) ||
      metafields.some((one) => one.namespace === field.namespace && one.key === field.key),
  );
  const context = { store, shop: store.shop };
  return {
    ...body,
    metafields: wanted.map((field) => ({
      id: integer(field.id),
      namespace: field.namespace,
      key: field.key,
      value: field.value,
      description: null,
      owner_id: integer(field.ownerId),
      created_at: time(context, field.createdAt),
      updated_at: time(context, field.updatedAt),
      owner_resource: field.ownerType.toLowerCase(),
      type: field.type,
      admin_graphql_api_id: gid("Metafield", field.id),
    })),
  };
}
