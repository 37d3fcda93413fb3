/**
 * Webhook subscriptions made through the Admin API (webhookSubscriptionCreate). Those of the TOML are not listed here,
 * as Shopify does not list them either. The sender reads `list()` and calls `remove()` when Shopify would give up.
 */
import type { Clock } from "../store/clock.ts";
import { UserError } from "../store/user-error.ts";
import { parseFilter, FilterError } from "../webhooks/filter.ts";
import type { Subscription as Wanted } from "../webhooks/subscription.ts";
import { keep, type Kept } from "./kept.ts";
import type { SearchSpec } from "./search-match.ts";

export interface Subscription extends Wanted {
  origin: "api";
  /** PRODUCTS_UPDATE */
  topicEnum: string;
  uri: string;
  format: "JSON" | "XML";
  createdAt: string;
  updatedAt: string;
}

export interface SubscriptionInput {
  uri?: string | null;
  callbackUrl?: string | null;
  format?: "JSON" | "XML" | null;
  filter?: string | null;
  includeFields?: string[] | null;
  metafieldNamespaces?: string[] | null;
  metafields?: { namespace: string; key: string }[] | null;
  name?: string | null;
}

const ADDRESS_BYTES_MAX = 65_535;
const FILTER_BYTES_MAX = 65_535;
const FIRST_ID = 2_089_000_000_000;
const ID_STEP = 32_768;

interface State {
  count: number;
  subscriptions: Subscription[];
}

export class Subscriptions {
  readonly #clock: Clock;
  readonly #kept: Kept<State>;
  #state: State;

  constructor(clock: Clock, directory?: string) {
    this.#clock = clock;
    this.#kept = keep<State>(directory, "subscriptions.json");
    this.#state = this.#kept.load() ?? { count: 0, subscriptions: [] };
  }

  list(): readonly Subscription[] {
    return this.#state.subscriptions;
  }

  get(id: string): Subscription | undefined {
    return this.#state.subscriptions.find((each) => each.id === id);
  }

  /** Throws UserError with Shopify's texts. */
  create(topicEnum: string, input: SubscriptionInput): Subscription {
    const now = this.#clock.now().toISOString();
    const uri = (input.uri ?? input.callbackUrl ?? "").trim();
    const fresh: Subscription = {
      id: String(FIRST_ID + (this.#state.count + 1) * ID_STEP),
      origin: "api",
      topicEnum,
      topic: topicOf(topicEnum),
      uri,
      address: uri,
      format: input.format ?? "JSON",
      filter: input.filter ?? null,
      includeFields: input.includeFields ?? [],
      metafieldNamespaces: input.metafieldNamespaces ?? [],
      metafields: input.metafields ?? [],
      name: input.name ?? null,
      createdAt: now,
      updatedAt: now,
    };
    this.#check(fresh);
    this.#save({ count: this.#state.count + 1, subscriptions: [...this.#state.subscriptions, fresh] });
    return fresh;
  }

  update(id: string, input: SubscriptionInput): Subscription {
    const before = this.get(id);
    if (!before) throw new UserError(["id"], "Webhook subscription does not exist");
    const uri =
      input.uri === undefined && input.callbackUrl === undefined
        ? before.uri
        : (input.uri ?? input.callbackUrl ?? "").trim();
    const after: Subscription = {
      ...before,
      uri,
      address: uri,
      format: input.format ?? before.format,
      filter: input.filter === undefined ? before.filter : input.filter,
      includeFields: input.includeFields ?? before.includeFields,
      metafieldNamespaces: input.metafieldNamespaces ?? before.metafieldNamespaces,
      metafields: input.metafields ?? before.metafields,
      name: input.name === undefined ? before.name : input.name,
      updatedAt: this.#clock.now().toISOString(),
    };
    this.#check(after);
    this.#save({
      ...this.#state,
      subscriptions: this.#state.subscriptions.map((each) => (each.id === id ? after : each)),
    });
    return after;
  }

  /** False when there is none. */
  remove(id: string): boolean {
    const left = this.#state.subscriptions.filter((each) => each.id !== id);
    if (left.length === this.#state.subscriptions.length) return false;
    this.#save({ ...this.#state, subscriptions: left });
    return true;
  }

  clear(): void {
    this.#save({ ...this.#state, subscriptions: [] });
  }

  /** The filters of `webhookSubscriptions(topics:, uri:, format:)`. */
  passes(each: Subscription, args: Record<string, unknown>): boolean {
    const uri = args.uri ?? args.callbackUrl;
    return (
      (!Array.isArray(args.topics) || args.topics.length === 0 || args.topics.includes(each.topicEnum)) &&
      (typeof uri !== "string" || uri === each.uri) &&
      (typeof args.format !== "string" || args.format === each.format)
    );
  }

  #check(each: Subscription): void {
    assertAddress(each.uri);
    assertFilter(each.filter);
    if (each.name !== null && !/^[\w-]{1,50}$/.test(each.name)) {
      throw new UserError(
        ["webhookSubscription", "name"],
        "Name name field can only contain alphanumeric characters, underscores, and hyphens",
      );
    }
    const others = this.#state.subscriptions.filter((other) => other.id !== each.id);
    const isSame = (other: Subscription): boolean =>
      other.topic === each.topic &&
      other.uri === each.uri &&
      other.filter === each.filter &&
      other.format === each.format;
    if (others.some(isSame)) {
      throw new UserError(
        ["webhookSubscription", "callbackUrl"],
        "Address for this topic has already been taken",
      );
    }
    if (each.name !== null && others.some((other) => other.name === each.name)) {
      throw new UserError(["webhookSubscription", "name"], "Name already exists, no duplicate allowed");
    }
  }

  #save(state: State): void {
    this.#state = state;
    this.#kept.save(state);
  }
}

const FIELD = ["webhookSubscription", "callbackUrl"];

function assertAddress(uri: string): void {
  if (uri === "") throw new UserError(FIELD, "Address can't be blank");
  if (Buffer.byteLength(uri) > ADDRESS_BYTES_MAX)
    throw new UserError(FIELD, "Address is too big (maximum is 64 KB)");
  if (/^arn:aws:events:|^pubsub:\/\/[^:]+:[^:]+$/.test(uri)) return;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(uri)?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== "https") {
    throw new UserError(FIELD, `Address protocol ${scheme}:// is not supported`);
  }
  if (!URL.canParse(uri)) throw new UserError(FIELD, "Address is invalid");
  if (/(^|\.)(myshopify\.com|shopify\.com)$/.test(new URL(uri).hostname)) {
    throw new UserError(FIELD, "Address cannot be a Shopify or an internal domain");
  }
}

function assertFilter(filter: string | null): void {
  if (filter === null || filter === "") return;
  if (Buffer.byteLength(filter) > FILTER_BYTES_MAX) {
    throw new UserError(["webhookSubscription"], "The specified filter exceeds the maximum allowed size.");
  }
  try {
    parseFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new UserError(
      ["webhookSubscription"],
      "The specified filter is invalid, please ensure you specify the field(s) you wish to filter on.",
    );
  }
}

/** Enum names that do not split at their first underscore. The longer resource names come first. */
const RESOURCES = [
  "APP_PURCHASES",
  "APP_SUBSCRIPTIONS",
  "BULK_OPERATIONS",
  "CUSTOMER_ACCOUNT_SETTINGS",
  "CUSTOMER_GROUPS",
  "CUSTOMER_PAYMENT_METHODS",
  "CUSTOMERS_EMAIL_MARKETING_CONSENT",
  "CUSTOMERS_MARKETING_CONSENT",
  "CUSTOMERS_WHATS_APP_MARKETING_CONSENT",
  "DELIVERY_PROMISE_SETTINGS",
  "DRAFT_ORDERS",
  "FULFILLMENT_EVENTS",
  "FULFILLMENT_HOLDS",
  "FULFILLMENT_ORDERS",
  "INVENTORY_ITEMS",
  "INVENTORY_LEVELS",
  "INVENTORY_SHIPMENTS",
  "INVENTORY_TRANSFERS",
  "METAFIELD_DEFINITIONS",
  "ORDER_TRANSACTIONS",
  "PAYMENT_SCHEDULES",
  "PAYMENT_TERMS",
  "PRODUCT_FEEDS",
  "PRODUCT_LISTINGS",
  "PRODUCT_PUBLICATIONS",
  "SCHEDULED_PRODUCT_LISTINGS",
  "SELLING_PLAN_GROUPS",
  "SUBSCRIPTION_BILLING_ATTEMPTS",
  "SUBSCRIPTION_CONTRACTS",
  "TENDER_TRANSACTIONS",
] as const;

/** Topics that are spelled with a dot. */
const DOTTED: Readonly<Record<string, string>> = {
  CUSTOMER_JOINED_SEGMENT: "customer.joined_segment",
  CUSTOMER_LEFT_SEGMENT: "customer.left_segment",
  CUSTOMER_TAGS_ADDED: "customer.tags_added",
  CUSTOMER_TAGS_REMOVED: "customer.tags_removed",
};

/** PRODUCTS_UPDATE → products/update, INVENTORY_LEVELS_UPDATE → inventory_levels/update. */
export function topicOf(topicEnum: string): string {
  const dotted = DOTTED[topicEnum];
  if (dotted !== undefined) return dotted;
  const known = RESOURCES.find((each) => topicEnum.startsWith(`${each}_`));
  const resource = known ?? topicEnum.slice(0, topicEnum.indexOf("_"));
  return `${resource}/${topicEnum.slice(resource.length + 1)}`.toLowerCase();
}

export const SUBSCRIPTION_SEARCH: SearchSpec<Subscription> = {
  fields: {
    id: { kind: "id", of: (each) => each.id },
    created_at: { kind: "time", of: (each) => each.createdAt },
    updated_at: { kind: "time", of: (each) => each.updatedAt },
    topic: { kind: "keyword", of: (each) => [each.topic, each.topicEnum] },
    uri: { kind: "keyword", of: (each) => each.uri },
    endpoint: { kind: "keyword", of: (each) => each.uri },
    format: { kind: "keyword", of: (each) => each.format },
  },
};
