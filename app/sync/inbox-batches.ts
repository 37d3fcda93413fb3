// Deliveries that arrive together are stored together: one statement, one commit, one bell for up to 256 of them.
// Nothing waits for company: while at most two statements are under way, whatever arrives meanwhile is the next batch.
// Each caller hears of its own commit, and one that cannot be stored fails alone.
import { isPassing } from "#app/db.server.ts";
import type { Envelope } from "#app/shopify/webhook.ts";
import { insertDeliveries, type Stored } from "#app/sync/inbox-rows.ts";

const BATCH_MAX = 256;
/** A body above it goes alone. The statement holds its bodies some three times over while it is sent. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** One is being written to disk while the next is being sent. More would compete for the commit and share it less. */
const UNDER_WAY_MAX = 2;

interface Entry {
  readonly envelope: Envelope;
  readonly resolve: (result: Stored) => void;
  readonly reject: (error: unknown) => void;
}

/** In order of arrival. Bounded by the door, which lets in only so many requests and bytes at a time. */
const waiting = new Set<Entry>();
let underWay = 0;
let isScheduled = false;

/**
 * Stores one delivery, in company or alone. Resolves when its row is committed.
 * @throws Error after `msMax`, when it may yet be stored if its statement was under way; what the database said.
 */
export function storeDelivery(envelope: Envelope, msMax: number): Promise<Stored> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // Gone from the queue at once: while the database hangs, nobody's body is kept for nobody.
      waiting.delete(entry);
      reject(new Error(`not stored within ${msMax} ms`));
    }, msMax);
    const entry: Entry = {
      envelope,
      resolve(result) {
        clearTimeout(timer);
        resolve(result);
      },
      reject(error) {
        clearTimeout(timer);
        reject(error as Error);
      },
    };
    waiting.add(entry);
    schedule();
  });
}

/** After the requests that the event loop has at hand, so that they share the first statement. */
function schedule(): void {
  if (isScheduled || underWay >= UNDER_WAY_MAX) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    while (underWay < UNDER_WAY_MAX && waiting.size > 0) void begin(takeBatch());
  });
}

function takeBatch(): Entry[] {
  const batch: Entry[] = [];
  let bytes = 0;
  for (const entry of waiting) {
    bytes += entry.envelope.body.length;
    if (batch.length === BATCH_MAX || (batch.length > 0 && bytes > BATCH_BYTES_MAX)) break;
    batch.push(entry);
    waiting.delete(entry);
  }
  return batch;
}

async function begin(batch: readonly Entry[]): Promise<void> {
  underWay += 1;
  await store(batch);
  underWay -= 1;
  if (waiting.size > 0) schedule();
}

/** Halves a batch that fails until the culprit stands alone; a database that is away fails all of it at once. */
async function store(batch: readonly Entry[]): Promise<void> {
  try {
    const results = await insertDeliveries(batch.map(({ envelope }) => envelope));
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
  } catch (error) {
    if (batch.length === 1 || (isPassing(error) && !isDeadlock(error))) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await store(batch.slice(0, middle));
    await store(batch.slice(middle));
  }
}

/** Two processes that store the same two repeated deliveries in opposite order; the database is well. */
function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "40P01";
}
