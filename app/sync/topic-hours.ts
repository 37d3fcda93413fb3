// How much came of each topic, how late and how badly, hour by hour: written with the outcome itself, so that a page
// never counts the log. SQL and sums only; what is expected of a topic is judged in status.
import { DELAY_CLASSES, delayClass } from "#app/sync/delays.ts";
import type { Settled } from "#app/sync/inbox-rows.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface TopicHour {
  readonly shop_id: number;
  readonly topic: string;
  readonly hour: string;
  readonly minutes: number[];
  readonly delays: number[];
  arrived: number;
  retried: number;
  parked: number;
  first_at: string;
  last_at: string;
}

/** What a batch came to, as ADD_HOURS and NOTE_TOPICS take it. */
export function tallyValues(settled: readonly Settled[], now: Date): [string, string] {
  const hours = sum(settled, now);
  return [JSON.stringify(hours), JSON.stringify(hours.filter(({ arrived }) => arrived > 0))];
}

function sum(settled: readonly Settled[], now: Date): TopicHour[] {
  const hours = new Map<string, TopicHour>();
  for (const { delivery, settlement } of settled) {
    if (!delivery.shop) continue;
    const hour = hourOf(hours, delivery.shop.id, delivery.topic, delivery.receivedAt);
    const receivedAt = Date.parse(delivery.receivedAt);
    const isFirst = delivery.attempts === 0 && delivery.replays === 0;
    if (isFirst) {
      hour.minutes[Math.floor((receivedAt % HOUR_MS) / MINUTE_MS)]! += 1;
      hour.arrived += 1;
      if (delivery.receivedAt < hour.first_at) hour.first_at = delivery.receivedAt;
      if (delivery.receivedAt > hour.last_at) hour.last_at = delivery.receivedAt;
    }
    if (settlement.state === "received") hour.retried += 1;
    if (settlement.state === "parked") hour.parked += 1;
    // A replay's delay says when a person pressed a button, not how late the mirror was.
    if (settlement.state === "applied" && delivery.replays === 0) {
      const since = Date.parse(delivery.triggeredAt ?? delivery.receivedAt);
      hour.delays[delayClass(now.getTime() - since)]! += 1;
    }
  }
  return [...hours.values()];
}

function hourOf(hours: Map<string, TopicHour>, shopId: number, topic: string, receivedAt: string): TopicHour {
  const hour = new Date(Math.floor(Date.parse(receivedAt) / HOUR_MS) * HOUR_MS).toISOString();
  const key = [shopId, topic, hour].join("\n");
  const known = hours.get(key);
  if (known) return known;
  const fresh: TopicHour = {
    shop_id: shopId,
    topic,
    hour,
    minutes: Array.from({ length: HOUR_MS / MINUTE_MS }, () => 0),
    delays: Array.from({ length: DELAY_CLASSES }, () => 0),
    arrived: 0,
    retried: 0,
    parked: 0,
    first_at: receivedAt,
    last_at: receivedAt,
  };
  hours.set(key, fresh);
  return fresh;
}

const sumOf = (mine: string, theirs: string) =>
  `(SELECT array_agg(a + b ORDER BY n) FROM unnest(${mine}, ${theirs}) WITH ORDINALITY AS u(a, b, n))`;

// Sorted, so that two workers take their row locks in one order. A shop that this very batch erased gets nothing (I8).
export const ADD_HOURS = `
  INSERT INTO sync_topic_hours AS h (shop_id, hour, topic, minutes, arrived, retried, parked, delays)
  SELECT t.shop_id, t.hour, t.topic, t.minutes, t.arrived, t.retried, t.parked, t.delays
  FROM json_to_recordset($3) AS t(shop_id int, hour timestamptz, topic text, minutes int[], arrived int,
                                    retried int, parked int, delays int[])
  JOIN shops s ON s.id = t.shop_id
  ORDER BY t.shop_id, t.hour, t.topic
  ON CONFLICT (shop_id, hour, topic) DO UPDATE
  SET minutes = ${sumOf("h.minutes", "excluded.minutes")}, delays = ${sumOf("h.delays", "excluded.delays")},
      arrived = h.arrived + excluded.arrived, retried = h.retried + excluded.retried, parked = h.parked + excluded.parked`;

export const NOTE_TOPICS = `
  INSERT INTO sync_topics AS k (shop_id, topic, first_arrived_at, last_arrived_at)
  SELECT t.shop_id, t.topic, min(t.first_at), max(t.last_at)
  FROM json_to_recordset($4) AS t(shop_id int, topic text, first_at timestamptz, last_at timestamptz)
  JOIN shops s ON s.id = t.shop_id
  GROUP BY t.shop_id, t.topic
  ORDER BY t.shop_id, t.topic
  ON CONFLICT (shop_id, topic) DO UPDATE
  SET first_arrived_at = least(k.first_arrived_at, excluded.first_arrived_at),
      last_arrived_at = greatest(k.last_arrived_at, excluded.last_arrived_at)`;
