// Carries deliveries: when each is sent, how the dials spoil it, when it is tried again and when Shopify gives up on a
// subscription. A body is fixed when its event happens; every attempt sends the same bytes to the same address.
import type { Dials } from "../dials.ts";
import { Chance } from "../store/chance.ts";
import type { Attempt, DeliveryLog, DeliveryRecord } from "./log.ts";
import { retryDelayMs } from "./schedule.ts";
import type { Message, Sender } from "./send.ts";

/** Attempts under way at once. The sender holds as many connections: no attempt waits inside its own 5 s. */
const PARALLEL_MAX = 32;
/** A held-back delivery goes out after this many later ones, or after this long when none follow. */
const OVERTAKERS_MAX = 3;
const HELD_MS_MAX = 1_000;

export interface Parcel extends Message {
  readonly subscriptionId: string;
}

export interface CourierOptions {
  readonly dials: Dials;
  readonly log: DeliveryLog;
  readonly sender: Sender;
  /** Seeds the dials' dice. */
  readonly seed: string;
  /** All attempts of a delivery failed and nothing got through to this subscription since the first of them. */
  readonly onGivenUp: (subscriptionId: string) => void;
}

interface Journey {
  readonly parcel: Parcel;
  readonly record: DeliveryRecord;
  readonly startedAtMs: number;
  failures: number;
  timer: NodeJS.Timeout | null;
  /** Later deliveries still to let pass while it is held back. */
  overtakers: number;
  /** A copy sent by the duplicate dial: one attempt, whatever comes of it. */
  readonly isCopy: boolean;
}

export class Courier {
  readonly #options: CourierOptions;
  readonly #chance: Chance;
  readonly #unwatch: () => void;
  /** All that is not decided. */
  readonly #journeys = new Set<Journey>();
  /** Held back by the reorder dial. */
  readonly #held = new Set<Journey>();
  /** Due now, in order, waiting for a free place. */
  readonly #due = new Set<Journey>();
  readonly #underWay = new Map<Journey, Promise<void>>();
  readonly #lastSuccessAtMs = new Map<string, number>();
  #idleWaiters: (() => void)[] = [];
  #stopped = false;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#chance = new Chance(`courier ${options.seed}`);
    this.#unwatch = options.dials.watch(() => this.#depart());
  }

  /** Takes a delivery; it is on its way when this returns, or the dials have it. */
  post(parcel: Parcel): void {
    const { webhookId, eventId, topic, shop, triggeredAt, address, subscriptionId, body } = parcel;
    const dials = this.#options.dials.read();
    const isServed = /^https?:/.test(address);
    const record: DeliveryRecord = {
      ...{ webhookId, eventId, topic, shop, triggeredAt, address, subscriptionId, body },
      state: !isServed ? "failed" : this.#luck(dials.dropPercent) ? "dropped" : "pending",
      attempts: [],
      nextAttemptAt: null,
    };
    this.#options.log.add(record);
    if (record.state !== "pending") return;

    const journey = this.#begin(parcel, record, false);
    const delayMs = dials.delayMsMin + this.#chance.next() * (dials.delayMsMax - dials.delayMsMin);
    if (this.#luck(dials.reorderPercent)) {
      journey.overtakers = this.#chance.whole(1, OVERTAKERS_MAX);
      this.#held.add(journey);
      this.#wait(journey, Math.max(delayMs, HELD_MS_MAX));
    } else if (delayMs >= 1) {
      this.#wait(journey, delayMs);
    } else {
      this.#makeDue(journey);
    }
    if (this.#luck(dials.duplicatePercent)) this.#makeDue(this.#begin(parcel, record, true));
    this.#letPass(journey);
  }

  /** Tries at once everything that waits for a retry or a delay. */
  hurry(): void {
    for (const journey of this.#journeys) if (journey.timer) this.#makeDue(journey);
  }

  pendingCount(): number {
    return this.#journeys.size;
  }

  /** Resolves when nothing is pending, retries included. */
  async idle(): Promise<void> {
    if (this.#journeys.size === 0) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Stops the timers and waits for attempts under way. Gives back what is pending, to be posted after a restart. */
  async stop(): Promise<readonly Parcel[]> {
    this.#stopped = true;
    this.#unwatch();
    for (const journey of this.#journeys) if (journey.timer) clearTimeout(journey.timer);
    await Promise.allSettled(this.#underWay.values());
    await this.#options.sender.close();
    return [...this.#journeys].filter((journey) => !journey.isCopy).map((journey) => journey.parcel);
  }

  #begin(parcel: Parcel, record: DeliveryRecord, isCopy: boolean): Journey {
    const journey: Journey = {
      parcel,
      record,
      startedAtMs: Date.now(),
      failures: 0,
      timer: null,
      overtakers: 0,
      isCopy,
    };
    this.#journeys.add(journey);
    return journey;
  }

  #luck(percent: number): boolean {
    return percent > 0 && this.#chance.happens(percent / 100);
  }

  /** One more delivery has come after those that are held back; of those it sets free, the newest leaves first. */
  #letPass(latest: Journey): void {
    for (const journey of [...this.#held].reverse()) {
      if (journey === latest) continue;
      journey.overtakers -= 1;
      if (journey.overtakers === 0) this.#makeDue(journey);
    }
  }

  #wait(journey: Journey, ms: number): void {
    if (this.#stopped) return;
    journey.record.nextAttemptAt = new Date(Date.now() + ms).toISOString();
    journey.timer = setTimeout(() => this.#makeDue(journey), ms);
  }

  #makeDue(journey: Journey): void {
    if (journey.timer) clearTimeout(journey.timer);
    journey.timer = null;
    this.#held.delete(journey);
    this.#due.add(journey);
    this.#depart();
  }

  /** Sends what is due while there are free places. In an outage nothing leaves. */
  #depart(): void {
    for (const journey of this.#due) {
      if (this.#stopped || this.#options.dials.read().outage || this.#underWay.size >= PARALLEL_MAX) return;
      this.#due.delete(journey);
      this.#underWay.set(
        journey,
        this.#attempt(journey).finally(() => {
          this.#underWay.delete(journey);
          this.#depart();
        }),
      );
    }
  }

  async #attempt(journey: Journey): Promise<void> {
    const { dials, sender } = this.#options;
    journey.record.nextAttemptAt = null;
    const answer = await sender.send(journey.parcel);
    const isLost = answer.status !== null && !journey.isCopy && this.#luck(dials.read().failPercent);
    const attempt: Attempt = isLost
      ? { ...answer, status: 503, error: "Answer lost by the fail dial" }
      : answer;
    journey.record.attempts.push(attempt);
    if (journey.isCopy) this.#end(journey);
    else if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) this.#succeed(journey);
    else this.#fail(journey);
    this.#options.log.changed(journey.record);
  }

  #succeed(journey: Journey): void {
    this.#lastSuccessAtMs.set(journey.parcel.subscriptionId, Date.now());
    journey.record.state = "delivered";
    this.#end(journey);
  }

  #fail(journey: Journey): void {
    journey.failures += 1;
    const delayMs = retryDelayMs(journey.failures, this.#options.dials.read().timeScale);
    if (delayMs !== null) {
      this.#wait(journey, delayMs);
      return;
    }
    journey.record.state = "failed";
    const { subscriptionId } = journey.parcel;
    const gotThrough = (this.#lastSuccessAtMs.get(subscriptionId) ?? 0) >= journey.startedAtMs;
    if (!gotThrough) this.#options.onGivenUp(subscriptionId);
    this.#end(journey);
  }

  #end(journey: Journey): void {
    this.#journeys.delete(journey);
    if (this.#journeys.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
