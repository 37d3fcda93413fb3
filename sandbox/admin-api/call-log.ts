/**
 * What was asked of the API and what it cost, for the store's log page.
 */
export interface CallRecord {
  /** ISO 8601 */
  readonly at: string;
  /** Name of the operation, or its first root field; "oauth" for tokens. */
  readonly operation: string;
  readonly status: number;
  readonly durationMs: number;
  /** Points; null where the request never came to be costed. */
  readonly requestedCost: number | null;
  readonly actualCost: number | null;
  /** Points left in the bucket after the answer. */
  readonly bucketLeft: number | null;
  /** Codes of the errors in the answer. */
  readonly errors: readonly string[];
}

/** Older calls are forgotten. */
const CALLS_MAX = 2_000;

export class CallLog {
  readonly #calls: CallRecord[] = [];
  readonly #listeners = new Set<(call: CallRecord) => void>();

  add(call: CallRecord): void {
    this.#calls.push(call);
    if (this.#calls.length > CALLS_MAX) this.#calls.splice(0, this.#calls.length - CALLS_MAX);
    for (const listener of this.#listeners) listener(call);
  }

  /** Newest first. */
  list(options: { readonly limit?: number } = {}): readonly CallRecord[] {
    return this.#calls.toReversed().slice(0, options.limit ?? CALLS_MAX);
  }

  /** Calls back after every request; returns the way to stop. */
  watch(listener: (call: CallRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
