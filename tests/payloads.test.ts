// Every webhook-shaped sample, signed, posted to the door and drained: each is applied, or ignored, parked or queued
// for a stated reason; none crashes or vanishes. The samples that are other people's are read where they lie, beside
// the repository; only the synthetic ones are part of it.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { SHOP, webhookRequest } from "#tests/doors/webhook-request.ts";

interface Sample {
  readonly name: string;
  readonly topic: string;
  readonly body: string;
}

const FIXTURES = join(import.meta.dirname, "fixtures/webhooks");
const SHARED = join(import.meta.dirname, "../../shared/payloads");

/** Samples that are rightly parked, though a resource reads their topic: sample → reason. */
const PARKED: Readonly<Record<string, string>> = {
  // Its order_id is null, so it names no order to look at.
  "webhooks/docs-2026-07/orders__risk_assessment_changed.json": "BAD_BODY",
};

const topicOf = (file: string) =>
  basename(file, ".json")
    .split("__")[0]!
    .replace(/^(.+)_(create|updated?|delete)$/, "$1/$2");

function synthetic(): Sample[] {
  const files = readdirSync(FIXTURES).filter((file) => !file.startsWith("signed_request"));
  return files.map((file) => ({
    name: file,
    topic: topicOf(file),
    body: readFileSync(join(FIXTURES, file), "utf8"),
  }));
}

function shared(): Sample[] {
  if (!existsSync(join(SHARED, "manifest.json"))) {
    console.log(`${SHARED} is not there: only the synthetic webhook samples are tested`);
    return [];
  }
  const { files } = JSON.parse(readFileSync(join(SHARED, "manifest.json"), "utf8")) as {
    files: { name: string; topic: string; kind: string }[];
  };
  const bodies = files.filter(({ kind }) => kind === "webhook body");
  if (bodies.length === 0) throw new Error("the manifest names no webhook bodies: has its form changed?");
  return bodies.map(({ name, topic }) => ({ name, topic, body: readFileSync(join(SHARED, name), "utf8") }));
}

/** Records as the API names them are webhook bodies, too: the same shape under another roof. */
function rest(): Sample[] {
  const folder = join(SHARED, "rest/shopify-app-js-2026-07");
  if (!existsSync(folder)) return [];
  const topics: Record<string, string> = {
    order: "orders/updated",
    orders: "orders/updated",
    product: "products/update",
    products: "products/update",
    inventory_item: "inventory_items/update",
    inventory_items: "inventory_items/update",
    inventory_level: "inventory_levels/update",
    inventory_levels: "inventory_levels/update",
    location: "locations/update",
    locations: "locations/update",
    refund: "refunds/create",
    refunds: "refunds/create",
  };
  return readdirSync(folder).flatMap((file) => {
    const body = JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>;
    return Object.entries(body).flatMap(([kind, held]) => {
      const topic = topics[kind];
      if (!topic) return [];
      return [held]
        .flat()
        .map((record, index) => ({ name: `${file} ${kind} ${index}`, topic, body: JSON.stringify(record) }));
    });
  });
}

await useDatabase();
const { action } = await import("#app/routes/webhooks.ts");
const { drain } = await import("#app/sync/inbox.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { topicReaders } = await import("#app/resources/index.ts");
const { pool } = await import("#app/db.server.ts");

const samples = [...synthetic(), ...shared(), ...rest()];
const reasons = new Map<string, number>();

async function settle({ topic, body }: Sample) {
  const id = randomUUID();
  const response = await action({ request: webhookRequest(body, { topic, id }), params: {}, context: {} });
  expect(response.status).toBe(200);
  expect(await drain(systemTopics)).toEqual({ taken: 1 });
  const { rows } = await pool.query(
    "SELECT state, reason, detail, resource, record_key, length(body) AS bytes FROM sync_deliveries WHERE webhook_id = $1",
    [id],
  );
  return rows[0];
}

describe("webhook samples", () => {
  beforeAll(() => {
    expect(samples.length).toBeGreaterThanOrEqual(10);
  });

  it.each(samples)("$name ($topic) comes to a stated end", async (sample) => {
    await pool.query(
      "INSERT INTO shops (domain, installed_at) VALUES ($1, '2026-01-01Z') ON CONFLICT DO NOTHING",
      [SHOP],
    );
    await pool.query("UPDATE shops SET uninstalled_at = NULL");
    const delivery = await settle(sample);
    if (sample.topic === "shop/redact") {
      // Its own row is part of what it erases.
      expect(delivery).toBeUndefined();
      expect((await pool.query("SELECT FROM shops")).rowCount).toBe(0);
      return;
    }
    const { state, reason } = delivery;
    const end = `${sample.topic} → ${state}${reason ? ` (${reason})` : ""}`;
    reasons.set(end, (reasons.get(end) ?? 0) + 1);
    expect(["applied", "superseded", "ignored", "parked"]).toContain(state);
    if (state === "ignored" || state === "parked") expect(reason).toMatch(/^[A-Z][A-Z_]+$/);
    if (state === "parked") expect(delivery.bytes).toBeGreaterThan(0);
    if (sample.name in PARKED)
      expect(delivery).toMatchObject({ state: "parked", reason: PARKED[sample.name] });
    else if (topicReaders(sample.topic).length > 0) {
      expect(delivery).toMatchObject({
        state: expect.stringMatching(/applied|superseded/),
        record_key: expect.any(String),
      });
    }
  });

  it("of a topic that is nobody's are parked for that reason", () => {
    const parked = [...reasons.keys()].filter((end) => end.includes("parked") && !end.includes("BAD_BODY"));
    expect(parked.filter((end) => !end.endsWith("(UNKNOWN_TOPIC)"))).toEqual([]);
  });
});
