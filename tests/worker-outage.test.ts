// The worker while the database is away: at its start, and later. A door in front of PostgreSQL is shut and opened.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDoor } from "#scripts/door.ts";
import { createDatabase, useDatabase } from "#tests/database.ts";

await useDatabase();
const database = await createDatabase();

const door = await openDoor(database.url);
door.shut();
process.env.DATABASE_URL = door.url;

/** Goes past the door. */
const direct = new pg.Pool({ connectionString: database.url, max: 2 });
// As in browser/stack.ts.
direct.on("error", () => {});
let worker: { stop(): Promise<void> };

beforeAll(async () => {
  const { startWorker } = await import("#app/worker.server.ts");
  // The door opens long after: a worker that waited for its database would not get here.
  worker = await startWorker();
});

afterAll(async () => {
  await worker.stop();
  const { pool } = await import("#app/db.server.ts");
  await pool.end();
  await direct.end();
  await door.close();
  await database.drop();
});

/** A delivery of the app's own test topic, which needs no shop. */
async function deliver(): Promise<string> {
  const id = randomUUID();
  await direct.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body) VALUES ('a.myshopify.com', $1, 'counterfoil/test', '{}')`,
    [id],
  );
  await direct.query("NOTIFY counterfoil_inbox");
  return id;
}

const isSettled = async (id: string) => {
  const { rows } = await direct.query(
    "SELECT FROM sync_deliveries WHERE webhook_id = $1 AND state = 'ignored'",
    [id],
  );
  return rows.length === 1;
};

/** A run that can only fail, since its shop has granted no token: that it does shows that the queue is at work. */
async function order(domain: string): Promise<string> {
  const { rows } = await direct.query<{ id: string }>(
    `WITH shop AS (INSERT INTO shops (domain, name) VALUES ($1, 'x') RETURNING id)
     INSERT INTO sync_runs (shop_id, resource, kind, started_by, request)
     SELECT id, 'orders', 'targeted', 'test', '{"mode":"ids","ids":["1"]}' FROM shop RETURNING id`,
    [domain],
  );
  return rows[0]!.id;
}

const codeOf = async (id: string) =>
  (await direct.query<{ error_code: string | null }>("SELECT error_code FROM sync_runs WHERE id = $1", [id]))
    .rows[0]?.error_code;

it("starts without a database and goes to work when there is one", async () => {
  const id = await deliver();
  const run = await order("first.myshopify.com");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await isSettled(id)).toBe(false);
  door.open();
  await expect.poll(() => isSettled(id)).toBe(true);
  await expect.poll(() => codeOf(run)).toBe("NO_TOKEN");
});

it("lives through an outage and picks up what came meanwhile", async () => {
  door.shut();
  const id = await deliver();
  const run = await order("second.myshopify.com");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await isSettled(id)).toBe(false);
  door.open();
  await expect.poll(() => isSettled(id)).toBe(true);
  await expect.poll(() => codeOf(run)).toBe("NO_TOKEN");
});
