// The webhook test's first half: a harmless real change in the store, and the wait for Shopify's own delivery of it, hop by
// hop. What was changed, and why that is harmless, is in shopify/touch.ts.
import { watchArrivals, type Arrival } from "#app/arrivals.server.ts";
import { pool } from "#app/db.server.ts";
import type { Client } from "#app/shopify/client.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { touchFor, type Touched, type Way } from "#app/shopify/touch.ts";

/** Shopify delivers within seconds as a rule. What comes later is found in the log. */
export const ROUND_TRIP_MS_MAX = 25_000;
const LOOK_EVERY_MS = 50;

export interface RoundTripHop {
  readonly name: "changed" | "triggered" | "arrived" | "stored" | "answered" | "settled";
  /** Since the change was sent to Shopify. "triggered" is by Shopify's clock. */
  readonly ms: number;
}

export interface RoundTrip {
  /** Null where the granted scopes allow no change at all. */
  readonly way: Way | null;
  readonly topic: string | null;
  readonly webhookId: string | null;
  /** `warning`: not delivered, or not settled, in time. `unknown`: no change could be made. */
  readonly result: "ok" | "warning" | "failed" | "unknown";
  readonly detail: string | null;
  readonly hops: readonly RoundTripHop[];
}

/** Makes the change and follows Shopify's delivery until it is settled, at most ROUND_TRIP_MS_MAX. */
export async function makeRoundTrip(
  shopDomain: string,
  {
    client,
    scopes,
    signal,
    now,
  }: { client: Client; scopes: readonly string[]; signal: AbortSignal; now: Date },
): Promise<RoundTrip> {
  const touch = touchFor(scopes);
  if (!touch) return { way: null, topic: null, webhookId: null, result: "unknown", detail: null, hops: [] };
  const { way, topic } = touch;
  const end = (
    result: RoundTrip["result"],
    detail: string | null,
    found: Found | null,
    hops: RoundTripHop[],
  ) => {
    return { way, topic, webhookId: found?.webhook_id ?? null, result, detail, hops };
  };
  const watch = watchArrivals(shopDomain, topic);
  try {
    const sentAt = Date.now();
    const touched = await touch.change(client, now);
    const changed: RoundTripHop = { name: "changed", ms: Date.now() - sentAt };
    const found = await follow(shopDomain, topic, touched, new Date(sentAt), signal);
    if (!found) return end("warning", "NOT_DELIVERED", null, [changed]);
    const arrival = watch.arrivals.find(({ webhookId }) => webhookId === found.webhook_id);
    const hops = [changed, ...hopsOf(found, arrival, sentAt)];
    if (!found.settled_at) return end("warning", "NOT_SETTLED", found, hops);
    const isGood = found.state === "applied" || found.state === "superseded" || found.state === "ignored";
    return end(
      isGood ? "ok" : "failed",
      isGood ? null : `${found.state}: ${found.reason ?? ""}`,
      found,
      hops,
    );
  } catch (error) {
    const isExpected = error instanceof Permanent || error instanceof Throttled || error instanceof Transient;
    if (!isExpected) throw error;
    return end("unknown", error instanceof Permanent ? error.code : "SHOPIFY_BUSY", null, []);
  } finally {
    watch.stop();
  }
}

interface Found {
  readonly webhook_id: string;
  readonly triggered_at: Date | null;
  readonly received_at: Date;
  readonly settled_at: Date | null;
  readonly state: string;
  readonly reason: string | null;
}

function hopsOf(found: Found, arrival: Arrival | undefined, sentAt: number): RoundTripHop[] {
  // Shopify's clock and the database's are not this machine's.
  const since = (at: number) => Math.max(0, at - sentAt);
  const hops: RoundTripHop[] = [];
  if (found.triggered_at) hops.push({ name: "triggered", ms: since(found.triggered_at.getTime()) });
  if (arrival) hops.push({ name: "arrived", ms: since(arrival.arrivedAt) });
  hops.push({ name: "stored", ms: since(found.received_at.getTime()) });
  if (arrival) hops.push({ name: "answered", ms: since(arrival.answeredAt) });
  if (found.settled_at) hops.push({ name: "settled", ms: since(found.settled_at.getTime()) });
  return hops;
}

/** The delivery of the change once it is settled, or as it stands when the time is over. */
async function follow(
  shopDomain: string,
  topic: string,
  { type, id }: Touched,
  since: Date,
  signal: AbortSignal,
): Promise<Found | null> {
  const until = performance.now() + ROUND_TRIP_MS_MAX;
  for (;;) {
    const { rows } = await pool.query<Found>(FIND, [shopDomain, topic, since, `%${type}%/${id}"%`]);
    const [found] = rows;
    if (found?.settled_at || performance.now() >= until || signal.aborted) return found ?? null;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

// The change is known by its GraphQL id in the body, whose slashes may be escaped. Of several deliveries the first: a
// second subscription's is another matter.
const FIND = `
  SELECT webhook_id, triggered_at, received_at, settled_at, state, reason FROM sync_deliveries
  WHERE shop_domain = $1 AND topic = $2 AND received_at >= $3::timestamptz - interval '1 second'
    AND coalesce(triggered_at, received_at) >= $3::timestamptz - interval '1 second'
    AND encode(body, 'escape') LIKE $4
  ORDER BY received_at LIMIT 1`;
