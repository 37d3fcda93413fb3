// What operators see: the structured log, and counts of things that have no row of their own. Counts are gathered in
// memory and written by the minute, so that a flood of refused webhooks costs no write each; a crash loses at most
// the last FLUSH_MS of them.
import { pino } from "pino";
import { pool } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";

export const log = pino({
  level: env.LOG_LEVEL,
  redact: ["accessToken", "refreshToken", "*.accessToken", "*.refreshToken", "headers.authorization"],
});

// The pool hangs the whole connection on its error: pages of the log, and the key by which its queries can be cancelled.
pool.on("error", ({ message }) => log.warn({ reason: message }, "an idle database connection broke"));

const FLUSH_MS = 2_000;
/** Distinct (name, shop, minute) held between two flushes; forged shop names beyond it are counted without the shop. */
const PENDING_MAX = 5_000;

interface Tally {
  readonly name: string;
  readonly shop_domain: string;
  readonly minute: string;
  count: number;
}

let pending = new Map<string, Tally>();
let timer: NodeJS.Timeout | undefined;

/** Adds one to `name` in the present minute. Never throws and never waits. */
export function count(name: string, shopDomain = "", now = new Date()): void {
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000).toISOString();
  const key = [name, minute, shopDomain].join("\n");
  const known = pending.get(key);
  if (known) known.count += 1;
  else if (pending.size >= PENDING_MAX && shopDomain !== "") count(name, "", now);
  else pending.set(key, { name, minute, shop_domain: shopDomain, count: 1 });
  timer ??= setTimeout(() => void flushCounts(), FLUSH_MS).unref();
}

/** Writes what has been counted. Call it at shutdown; while the database is away the counts are kept for later. */
export async function flushCounts(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  if (pending.size === 0) return;
  const tallies = [...pending.values()];
  pending = new Map();
  try {
    await pool.query(ADD_COUNTS, [JSON.stringify(tallies)]);
  } catch (error) {
    log.warn({ err: error }, "counts could not be written; keeping them");
    for (const tally of tallies) restore(tally);
    timer ??= setTimeout(() => void flushCounts(), FLUSH_MS).unref();
  }
}

function restore(tally: Tally): void {
  const key = [tally.name, tally.minute, tally.shop_domain].join("\n");
  const known = pending.get(key);
  if (known) known.count += tally.count;
  else pending.set(key, tally);
}

// Sorted, so that two processes that flush at once take their row locks in one order.
const ADD_COUNTS = `
  INSERT INTO sync_counters AS c (name, shop_domain, minute, count)
  SELECT name, shop_domain, minute, count
  FROM json_to_recordset($1) AS t(name text, shop_domain text, minute timestamptz, count int8)
  ORDER BY name, shop_domain, minute
  ON CONFLICT (name, shop_domain, minute) DO UPDATE SET count = c.count + excluded.count`;
