// What became of the latest deliveries: a ring of the newest, oldest forgotten first. Read by the log page, the control
// API and tests. Memory only.

export type DeliveryState =
  /** Waiting for its first or its next attempt. */
  | "pending"
  /** The app answered 2xx. */
  | "delivered"
  /** The drop dial swallowed it; it was never sent. */
  | "dropped"
  /** All attempts failed, or the destination is of a kind that is not served here. */
  | "failed";

export interface Attempt {
  readonly at: string;
  /** HTTP status, or null when none came (refused, timed out). */
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
}

export interface DeliveryRecord {
  /** X-Shopify-Webhook-Id. A duplicate is sent under the same id and logged as one more attempt. */
  readonly webhookId: string;
  readonly eventId: string;
  readonly topic: string;
  readonly shop: string;
  readonly triggeredAt: string;
  readonly address: string;
  readonly subscriptionId: string;
  readonly body: string;
  state: DeliveryState;
  readonly attempts: Attempt[];
  /** When the next attempt is due; null once it is decided. */
  nextAttemptAt: string | null;
}

/** Many small bodies, or fewer of the large ones (a product with 2,048 variants makes 250 kB). */
const RECORDS_MAX = 2_000;
const BODY_CHARACTERS_MAX = 48_000_000;

export interface DeliveryLog {
  add(record: DeliveryRecord): void;
  /** Tells listeners that a record got on. */
  changed(record: DeliveryRecord): void;
  /** Newest first. */
  list(options?: {
    readonly topic?: string;
    readonly state?: DeliveryState;
    readonly limit?: number;
  }): readonly DeliveryRecord[];
  find(webhookId: string): DeliveryRecord | null;
  watch(listener: (record: DeliveryRecord) => void): () => void;
}

export function createDeliveryLog(): DeliveryLog {
  const records: DeliveryRecord[] = [];
  let characters = 0;
  const listeners = new Set<(record: DeliveryRecord) => void>();
  const tell = (record: DeliveryRecord): void => {
    for (const listener of listeners) listener(record);
  };
  return {
    add(record) {
      records.push(record);
      characters += record.body.length;
      while (records.length > RECORDS_MAX || characters > BODY_CHARACTERS_MAX) {
        characters -= records.shift()?.body.length ?? characters;
      }
      tell(record);
    },
    changed: tell,
    list({ topic, state, limit = 100 } = {}) {
      const found: DeliveryRecord[] = [];
      for (let i = records.length - 1; i >= 0 && found.length < limit; i--) {
        const record = records[i];
        if (!record || (topic && record.topic !== topic) || (state && record.state !== state)) continue;
        found.push(record);
      }
      return found;
    },
    find: (webhookId) => records.find((record) => record.webhookId === webhookId) ?? null,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
