// Alerts: what stands is said with its beginning, what is over is kept, and the operator's own address hears of both, signed,
// until it accepts.
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { topics } from "#app/resources/index.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const heard: { headers: IncomingHttpHeaders; body: string }[] = [];
let answer = 204;
let operator: Server;
const SHOP = "test-shop.myshopify.com";
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));
const { signal } = new AbortController();
let shopId: number;

beforeAll(async () => {
  operator = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => operator.listen(0, "127.0.0.1", resolve));
  process.env.ALERT_WEBHOOK_URL = `http://127.0.0.1:${(operator.address() as AddressInfo).port}/alerts`;
  process.env.ALERT_WEBHOOK_SECRET = "operator's secret";
});
afterAll(() => new Promise((resolve) => operator.close(resolve)));

beforeEach(async () => {
  const { pool } = await import("#app/db.server.ts");
  await pool.query("TRUNCATE shops, sync_alerts, sync_deliveries, sync_watches, sync_topics");
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [SHOP]);
  shopId = rows[0].id;
  heard.length = 0;
  answer = 204;
});

const standing = (code: string, count = 1, since: Date | null = null) => ({
  code,
  since,
  topics: ["orders/create"],
  count,
});

async function keep(codes: readonly ReturnType<typeof standing>[], minute: number, unknown: string[] = []) {
  const { keepAlerts } = await import("#app/sync/alerts.ts");
  await keepAlerts(shopId, codes, unknown, at(minute));
}

async function alerts() {
  const { pool } = await import("#app/db.server.ts");
  const { rows } = await pool.query("SELECT code, since, ended_at, detail FROM sync_alerts ORDER BY id");
  return rows;
}

const status = async (minute: number) => {
  const { webhookStatus } = await import("#app/status/webhooks.ts");
  return webhookStatus({ id: shopId, domain: SHOP }, { subscriptions: [] }, "https://x/webhooks", at(minute));
};

it("an alert keeps its beginning while it stands, ends when it is over, and opens anew when it comes back", async () => {
  await keep([standing("missing")], 0);
  await keep([standing("missing", 3), standing("low", 1, at(1))], 5);
  await keep([standing("low")], 10);
  await keep([standing("missing"), standing("low")], 15);
  expect(await alerts()).toMatchObject([
    { code: "missing", since: at(0), ended_at: at(10), detail: { count: 3 } },
    { code: "low", since: at(1), ended_at: null },
    { code: "missing", since: at(15), ended_at: null },
  ]);
});

it("what could not be found out is neither raised nor over", async () => {
  await keep([standing("missing")], 0);
  await keep([], 5, ["missing"]);
  expect(await alerts()).toMatchObject([{ code: "missing", ended_at: null }]);
});

it("two watches at once open one, and none for a shop that is gone", async () => {
  await Promise.all(Array.from({ length: 5 }, () => keep([standing("parked")], 0)));
  expect(await alerts()).toHaveLength(1);
  const { keepAlerts } = await import("#app/sync/alerts.ts");
  await keepAlerts(shopId + 1_000, [standing("parked")], [], at(0));
  expect(await alerts()).toHaveLength(1);
});

it("the status says since when each reason stands: by the thing's own time, else since it was noticed", async () => {
  const { pool } = await import("#app/db.server.ts");
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, settled_at, received_at)
     VALUES ($1, 'a', 'orders/create', '', 'parked', 'BAD_BODY', $2, $2), ($1, 'b', 'orders/create', '', 'parked', 'BAD_BODY', $3, $3)`,
    [SHOP, at(2), at(4)],
  );
  await pool.query(
    "INSERT INTO sync_topics (shop_id, topic, first_arrived_at, last_arrived_at) VALUES ($1, 'orders/create', $2, $2)",
    [shopId, at(2)],
  );
  await pool.query(
    "INSERT INTO sync_watches (shop_id, resource, watched_to, silent_from, missed) VALUES ($1, 'products', $2, $2, 4)",
    [shopId, at(1)],
  );
  await keep([standing("parked"), standing("gone")], 6);
  await keep([standing("parked")], 7);
  const { reasons, past } = await status(8);
  const since = Object.fromEntries(reasons.map(({ code, since }) => [code, since]));
  expect(since).toMatchObject({ parked: at(2), silent: at(1) });
  expect(past).toMatchObject([{ code: "gone", since: at(6), endedAt: at(7) }]);
  expect(topics().length).toBeGreaterThan(40);
});

it("the operator hears of the beginning and of the end, signed, and again until it accepts", async () => {
  const { tellAlerts } = await import("#app/worker-alerts.server.ts");
  await keep([standing("parked", 3)], 0);
  answer = 503;
  await tellAlerts(at(1), signal);
  expect(heard).toHaveLength(1);
  answer = 204;
  await tellAlerts(at(4), signal);
  await tellAlerts(at(7), signal);
  expect(heard).toHaveLength(2);
  const [refused, accepted] = heard;
  expect(accepted!.headers["webhook-id"]).toBe(refused!.headers["webhook-id"]);
  const { headers, body } = accepted!;
  const text = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const wanted = createHmac("sha256", "operator's secret").update(text).digest("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${wanted}`);
  expect(JSON.parse(body)).toMatchObject({
    ...{
      type: "alert.raised",
      shop: SHOP,
      code: "parked",
      count: 3,
      since: at(0).toISOString(),
      endedAt: null,
    },
    message: expect.stringContaining("set aside"),
  });
  await keep([], 10);
  await tellAlerts(at(11), signal);
  await tellAlerts(at(12), signal);
  expect(heard).toHaveLength(3);
  expect(JSON.parse(heard[2]!.body)).toMatchObject({ type: "alert.ended", endedAt: at(10).toISOString() });
});

it("news that nobody took for a day is given up", async () => {
  const { tellAlerts } = await import("#app/worker-alerts.server.ts");
  await keep([standing("parked")], 0);
  await keep([], 1);
  await tellAlerts(new Date(at(1).getTime() + 86_400_001), signal);
  expect(heard).toEqual([]);
});
