// Webhooks whose bodies hold what cannot be mirrored, of each resource: the delivery is set aside with the reason and by whose
// news it is, and what came with it in one batch is applied.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { resources } from "#app/resources/index.ts";
import type { Body, Resource } from "#app/resources/define.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { drain, receive } = await import("#app/sync/inbox.ts");
const { fixtureOf } = await import("./mirror.ts");

/** Resources of which a body tells a record itself. */
const told = resources.filter(({ name, fromWebhook }) => {
  const { body, topic } = fixtureOf(name);
  return fromWebhook(body, topic).says === "changed";
});

const BAD: readonly [string, unknown, string][] = [
  ["a day that does not exist", "2026-02-30T10:00:00Z", "NOT_A_TIME"],
  ["a time without a zone", "2026-02-20T10:00:00", "NOT_A_TIME"],
  ["a number", 7, "WRONG_TYPE"],
  ["a list", [], "WRONG_TYPE"],
];
const GOOD = "locations/update";

let shops = 0;

async function openShop(): Promise<string> {
  shops += 1;
  const domain = `bodies-${shops}.myshopify.com`;
  await pool.query(
    "INSERT INTO shops (domain, installed_at, authorized_at) VALUES ($1, '2026-01-01Z', '2026-01-01Z')",
    [domain],
  );
  return domain;
}

async function push(shopDomain: string, topic: string, text: string): Promise<string> {
  const webhookId = randomUUID();
  const envelope = { shopDomain, webhookId, eventId: null, topic, apiVersion: "2026-10" };
  const triggeredAt = "2026-11-20T10:00:00.000000Z";
  expect(await receive({ ...envelope, triggeredAt, body: Buffer.from(text) })).toBe("stored");
  return webhookId;
}

/** As Shopify writes it, ids past 2^53 as numbers. */
const written = (body: Body) => JSON.stringify(body).replace(/:"(\d{16,19})"/g, ":$1");

async function deliveryOf(webhookId: string) {
  const { rows } = await pool.query<{ state: string; reason: string; resource: string; record_key: string }>(
    "SELECT state, reason, resource, record_key FROM sync_deliveries WHERE webhook_id = $1",
    [webhookId],
  );
  return rows[0]!;
}

/** One that is spoilt between two that are not. */
async function tell({ name }: Resource, spoilt: (body: Body) => string) {
  const shop = await openShop();
  const { body, topic } = fixtureOf(name);
  const other = fixtureOf("locations").body;
  const before = await push(shop, GOOD, written({ ...other, id: 1 }));
  const bad = await push(shop, topic, spoilt(body));
  const after = await push(shop, GOOD, written({ ...other, id: 2 }));
  await drain({});
  expect((await deliveryOf(before)).state).toBe("applied");
  expect((await deliveryOf(after)).state).toBe("applied");
  return deliveryOf(bad);
}

describe.each(told.map((resource) => [resource.name, resource] as const))("%s", (name, resource) => {
  const key = resource.fromNode(fixtureOf(name).node).key;

  it.each(BAD)("with %s for a time", async (_what, value, reason) => {
    const delivery = await tell(resource, (body) => written({ ...body, updated_at: value }));
    expect(delivery).toMatchObject({ state: "parked", reason, resource: name, record_key: key });
  });

  it("with a NUL, and with half of a surrogate pair", async () => {
    const { body } = fixtureOf(name);
    const field = ["title", "name", "first_name", "sku"].find((one) => typeof body[one] === "string");
    // A stock level has no text.
    if (field === undefined) return void expect(name).toBe("inventory_levels");
    for (const text of ["a\0b", "a\ud83d"]) {
      const delivery = await tell(resource, (whole) => written({ ...whole, [field]: text }));
      expect(delivery).toMatchObject({ state: "parked", reason: "UNSTORABLE_TEXT", record_key: key });
    }
  });

  it("with bytes that are no JSON", async () => {
    const delivery = await tell(resource, (body) => written(body).slice(0, -7));
    expect(delivery).toMatchObject({ state: "parked", reason: "INVALID_JSON" });
  });

  it("with nothing that it should have", async () => {
    expect(await tell(resource, () => "{}")).toMatchObject({ state: "parked", reason: "BAD_BODY" });
  });
});
