// Carries the shop's webhooks to the app's receive(): late, in any order, twice, or never. What the app did not answer
// is sent again, as Shopify does. News of deletions is never lost: nothing in this version would find out (README).
import { hashHex, hashUuid } from "#sandbox/store/chance.ts";
import { Chance } from "#sandbox/store/chance.ts";
import type { AppConfig } from "#sandbox/app-config.ts";
import type { BulkOperation } from "#sandbox/bulk/operations.ts";
import type { DomainEvent } from "#sandbox/store/events.ts";
import type { Store } from "#sandbox/store/store.ts";
import { gid } from "#sandbox/store/truth.ts";
import { bodyOf } from "#sandbox/webhooks/bodies/body.ts";
import { print, type Body } from "#sandbox/webhooks/bodies/json.ts";
import { bulkBody, shopBody, shopRedactBody } from "#sandbox/webhooks/bodies/shop.ts";
import { truncateTriggeredAt, type Envelope } from "#app/shopify/webhook.ts";
import type { Profile, Weather } from "./weather.ts";
import type { Scheduler } from "./scheduler.ts";

const RETRY_MS = 60_000;

export type Receive = (envelope: Envelope) => Promise<string>;

export interface CourierOptions {
  readonly seed: string;
  readonly store: Store;
  readonly app: AppConfig;
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly profile: Profile;
  readonly receive: Receive;
  readonly trace: (line: string) => void;
}

export class Courier {
  /** Webhook ids that the app has answered with 2xx (I5). */
  readonly answered = new Set<string>();
  lost = 0;
  pending = 0;
  readonly #options: CourierOptions;
  readonly #chance: Chance;
  #happened = 0;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#chance = new Chance(`${options.seed}/courier`);
    const topics = new Set(options.app.subscriptions.map(({ topic }) => topic));
    options.store.on("event", (event) => {
      if (topics.has(event.topic)) this.#tell(event);
    });
  }

  tellBulkEnd({ id, createdAt, completedAt, status, errorCode }: BulkOperation): void {
    const end = {
      gid: gid("BulkOperation", id),
      createdAt,
      completedAt,
      status,
      errorCode,
      type: "query",
    } as const;
    this.#announce("bulk_operations/finish", bulkBody(this.#context(), end));
  }

  tellUninstalled(): void {
    this.#announce("app/uninstalled", shopBody(this.#context()));
  }

  tellErasure(): void {
    this.#announce("shop/redact", shopRedactBody(this.#context()));
  }

  #context() {
    const { store } = this.#options;
    return { store, shop: store.shop };
  }

  #tell(event: DomainEvent): void {
    const { topic, eventId, triggeredAt, recordId } = event;
    this.#post(
      topic,
      hashUuid(`${eventId}/${topic}/${recordId}`),
      eventId,
      triggeredAt,
      bodyOf(this.#options.store, event),
    );
  }

  #announce(topic: string, body: Body): void {
    this.#happened += 1;
    const id = hashUuid(`${this.#options.seed}/${topic}/${this.#happened}`);
    this.#post(topic, id, id, this.#options.store.now().toISOString(), body);
  }

  #post(topic: string, webhookId: string, eventId: string, triggeredAt: string, body: Body): void {
    const { store, app, weather, trace } = this.#options;
    const isDeletion = topic.endsWith("/delete");
    const isAboutShop = topic.startsWith("app/") || topic.startsWith("shop/");
    if (!isDeletion && !isAboutShop && this.#chance.happens(weather.share("lose"))) {
      // The end of a bulk operation is found by polling: nothing of a record is lost with it.
      if (topic !== "bulk_operations/finish") this.lost += 1;
      trace(`courier: ${topic} ${webhookId} is lost`);
      return;
    }
    const nanoseconds = String(Number.parseInt(hashHex(webhookId, 8), 16) % 1_000_000).padStart(6, "0");
    const envelope: Envelope = {
      shopDomain: store.shop.domain,
      webhookId,
      eventId,
      topic,
      apiVersion: app.webhookApiVersion,
      triggeredAt: truncateTriggeredAt(triggeredAt.replace(/(\.\d{3})Z$/, `$1${nanoseconds}Z`)),
      body: Buffer.from(print(body)),
    };
    trace(`courier: ${topic} ${webhookId} ${envelope.triggeredAt} ${hashHex(print(body), 8)}`);
    this.#send(envelope, this.#delay());
    if (this.#chance.happens(weather.share("double"))) this.#send(envelope, this.#delay());
  }

  #delay(): number {
    const most = this.#options.profile.delayMsMax;
    // Most are prompt; the late ones are overtaken by many.
    return this.#chance.happens(0.7) ? this.#chance.whole(1, 200) : this.#chance.whole(1, most);
  }

  #send(envelope: Envelope, delayMs: number): void {
    const { scheduler, weather, receive, trace } = this.#options;
    this.pending += 1;
    scheduler.later(delayMs, () => {
      const name = `web-${envelope.webhookId}`;
      let isHeard = false;
      scheduler.spawn(name, name, async () => {
        const answer = await receive(envelope);
        trace(`web: ${envelope.topic} ${envelope.webhookId} ${answer}`);
        if (answer === "unavailable") return;
        this.answered.add(envelope.webhookId);
        isHeard = !this.#chance.happens(weather.share("unheard"));
      });
      // Shopify waits 5 s for an answer; a process that died gives none.
      scheduler.later(5_000, () => {
        this.pending -= 1;
        if (!isHeard) this.#send(envelope, RETRY_MS);
      });
    });
  }
}
