// The webhooks of one app in one shop: every event of the store, and every event about the app itself, becomes one
// delivery per subscription that wants it. Bodies are made here and now; carrying them is the courier's business.
import type { AppConfig } from "../app-config.ts";
import type { Dials } from "../dials.ts";
import { hashHex, hashUuid } from "../store/chance.ts";
import type { DomainEvent, Subject } from "../store/events.ts";
import { ordersOf } from "../store/lookups.ts";
import type { Store } from "../store/store.ts";
import type { Id, OwnerType, Time } from "../store/truth.ts";
import { bodyOf } from "./bodies/body.ts";
import { print, type Body } from "./bodies/json.ts";
import {
  bulkBody,
  customerRedactBody,
  dataRequestBody,
  scopesBody,
  shopBody,
  shopRedactBody,
  type BulkEnd,
  type ScopesChange,
} from "./bodies/shop.ts";
import { Courier } from "./courier.ts";
import { createDeliveryLog, type DeliveryLog } from "./log.ts";
import { createSender } from "./send.ts";
import { addMetafields, fit, reach, subscriptionsOfApp, type Subscription } from "./subscription.ts";

export interface WebhooksOptions {
  readonly store: Store;
  readonly dials: Dials;
  readonly app: AppConfig;
  /** The app's client secret, which signs. */
  readonly secret: string;
  /** Where the app listens: base of relative addresses. */
  readonly appUrl: string;
  /** Nothing but the last good-bye and the privacy topics is sent while the app is not installed. */
  readonly isInstalled: () => boolean;
  /** Made through the Admin API. */
  readonly apiSubscriptions: () => readonly Subscription[];
  /** Called when Shopify would give up on one of them. */
  readonly removeApiSubscription: (id: string) => void;
}

/** Sent even when the app is gone. */
const SENT_TO_THE_GONE = ["app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"];

/** Who owns the metafields that a body may carry. */
const OWNERS: { readonly [type in Subject["type"]]?: OwnerType } = {
  product: "PRODUCT",
  variant: "PRODUCTVARIANT",
  order: "ORDER",
  customer: "CUSTOMER",
  collection: "COLLECTION",
  location: "LOCATION",
  shop: "SHOP",
};

interface Happening {
  readonly topic: string;
  readonly eventId: string;
  readonly triggeredAt: Time;
  /** Tells apart the deliveries of one event about several records. */
  readonly recordId: string;
  readonly body: Body;
  readonly owner: { readonly type: OwnerType; readonly id: Id } | null;
  readonly extraHeaders: Readonly<Record<string, string>>;
}

export class Webhooks {
  readonly log: DeliveryLog;
  readonly #options: WebhooksOptions;
  readonly #appSubscriptions: readonly Subscription[];
  readonly #courier: Courier;
  readonly #stopListening: () => void;
  #happened = 0;

  constructor(options: WebhooksOptions) {
    const { store, dials, app, secret, appUrl } = options;
    this.#options = options;
    this.log = createDeliveryLog();
    this.#appSubscriptions = subscriptionsOfApp(app.subscriptions, app.applicationUrl, appUrl);
    this.#courier = new Courier({
      dials,
      log: this.log,
      sender: createSender(secret),
      seed: store.seed,
      onGivenUp: (id) => this.#giveUp(id),
    });
    this.#stopListening = store.on("event", (event) => this.#tell(event));
  }

  /** All subscriptions in force. */
  subscriptions(): readonly Subscription[] {
    const { app, appUrl, apiSubscriptions } = this.#options;
    const made = apiSubscriptions().map((one) => ({
      ...one,
      address: reach(one.address, app.applicationUrl, appUrl),
    }));
    return [...this.#appSubscriptions, ...made];
  }

  /** bulk_operations/finish */
  tellBulkEnd(end: BulkEnd): void {
    this.#announce("bulk_operations/finish", end.gid, bulkBody(this.#context(), end));
  }

  /** app/uninstalled */
  tellUninstalled(): void {
    this.#announce("app/uninstalled", this.#options.store.shop.id, shopBody(this.#context()));
  }

  /** app/scopes_update */
  tellScopes(change: ScopesChange): void {
    this.#announce("app/scopes_update", change.appId, scopesBody(this.#context(), change));
  }

  /** customers/data_request; `requestId` is Shopify's number of the request. */
  requestData(customerId: Id, requestId: Id): void {
    const customer = this.#options.store.need("customers", customerId);
    const orderIds = ordersOf(this.#options.store, customerId).map((order) => order.id);
    this.#announce(
      "customers/data_request",
      customerId,
      dataRequestBody(this.#context(), customer, orderIds, requestId),
    );
  }

  /** customers/redact */
  redactCustomer(customerId: Id): void {
    const customer = this.#options.store.need("customers", customerId);
    const orderIds = ordersOf(this.#options.store, customerId).map((order) => order.id);
    this.#announce("customers/redact", customerId, customerRedactBody(this.#context(), customer, orderIds));
  }

  /** shop/redact: Shopify sends it 48 hours after the uninstall; here it is sent when asked for. */
  redactShop(): void {
    this.#announce("shop/redact", this.#options.store.shop.id, shopRedactBody(this.#context()));
  }

  /** Tries at once what waits for a retry or a delay. */
  hurry(): void {
    this.#courier.hurry();
  }

  pendingCount(): number {
    return this.#courier.pendingCount();
  }

  idle(): Promise<void> {
    return this.#courier.idle();
  }

  /** What is still pending is lost with the process, as news can get lost: an app must be able to bear it. */
  async stop(): Promise<void> {
    this.#stopListening();
    await this.#courier.stop();
  }

  #context(): { store: Store; shop: Store["shop"] } {
    return { store: this.#options.store, shop: this.#options.store.shop };
  }

  #tell(event: DomainEvent): void {
    const { topic, eventId, triggeredAt, recordId, subject } = event;
    // Most events have no subscriber; their bodies would be made for nothing.
    if (!this.subscriptions().some((subscription) => subscription.topic === topic)) return;
    const ownerType = OWNERS[subject.type];
    this.#deliver({
      ...{ topic, eventId, triggeredAt, recordId },
      body: bodyOf(this.#options.store, event),
      owner: ownerType ? { type: ownerType, id: subject.record.id } : null,
      extraHeaders: extraHeaders(subject),
    });
  }

  #announce(topic: string, recordId: string, body: Body): void {
    const { store } = this.#options;
    const triggeredAt = store.now().toISOString();
    this.#happened += 1;
    const eventId = hashUuid(`${store.seed}/app-event/${topic}/${triggeredAt}/${this.#happened}`);
    this.#deliver({ topic, eventId, triggeredAt, recordId, body, owner: null, extraHeaders: {} });
  }

  #deliver(happening: Happening): void {
    const { store, app, isInstalled } = this.#options;
    const { topic, eventId } = happening;
    if (!isInstalled() && !SENT_TO_THE_GONE.includes(topic)) return;
    for (const subscription of this.subscriptions()) {
      if (subscription.topic !== topic) continue;
      const body = fit(subscription, addMetafields(store, subscription, happening.owner, happening.body));
      if (!body) continue;
      const webhookId = hashUuid(`${eventId}/${topic}/${happening.recordId}/${subscription.id}`);
      this.#courier.post({
        topic,
        eventId,
        webhookId,
        shop: store.shop.domain,
        apiVersion: app.webhookApiVersion,
        triggeredAt: withNanoseconds(happening.triggeredAt, webhookId),
        name: subscription.name,
        address: subscription.address,
        body: print(body),
        extra: happening.extraHeaders,
        subscriptionId: subscription.id,
      });
    }
  }

  #giveUp(subscriptionId: string): void {
    const given = this.subscriptions().find((subscription) => subscription.id === subscriptionId);
    if (given?.origin === "api") this.#options.removeApiSubscription(subscriptionId);
  }
}

function extraHeaders(subject: Subject): Record<string, string> {
  const headers: Record<string, string> = { "X-Shopify-Test": "false" };
  if (subject.type === "product") headers["X-Shopify-Product-Id"] = subject.record.id;
  if (subject.type === "order") headers["X-Shopify-Order-Id"] = subject.record.id;
  return headers;
}

/** Shopify's times end in nanoseconds; ours know milliseconds, the rest is made up but stays the same on retries. */
function withNanoseconds(time: Time, seed: string): string {
  const digits = String(Number.parseInt(hashHex(seed, 8), 16) % 1_000_000).padStart(6, "0");
  return time.replace(/(\.\d{3})Z$/, `$1${digits}Z`);
}
