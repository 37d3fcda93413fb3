// The worker whole: a store that answers over HTTP, webhooks that come in, PostgreSQL, the queue. From the installation
// to a mirror that equals the store.
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backfillOrder, scopes } from "#app/resources/index.ts";
import { startSandbox, type Sandbox } from "#sandbox/sandbox.ts";
import { useDatabase } from "#tests/database.ts";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

await useDatabase();
process.env.SHOPIFY_API_KEY = "sandbox-api-key";
process.env.SHOPIFY_API_SECRET = "sandbox-api-secret";

let sandbox: Sandbox;
let door: Server;
let worker: { stop(): Promise<void> } | undefined;
let shopId = 0;
const domain = "worker-test.myshopify.com";

beforeAll(async () => {
  door = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.writeHead(await takeIn(request.headers, Buffer.concat(chunks))).end();
    })();
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  sandbox = await startSandbox({
    port: 0,
    proxyPort: 0,
    appUrl: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    shop: domain,
    orders: 400,
    products: 30,
    plan: "plus",
    // Without read_all_orders a store shows the orders of 60 days only.
    scopes: [...scopes(), "read_all_orders"],
    timeScale: 1_000,
  });
  process.env.SANDBOX_URL = sandbox.urls.sandbox;
  await import("#sandbox/redirect.ts");
});

afterAll(async () => {
  await worker?.stop();
  await sandbox.stop();
  await new Promise((resolve) => door.close(resolve));
});

async function takeIn(headers: NodeJS.Dict<string | string[]>, body: Buffer): Promise<number> {
  const { readWebhook } = await import("#app/shopify/webhook.ts");
  const { receive } = await import("#app/sync/inbox.ts");
  const request = new Request("http://app.test/webhooks", {
    method: "POST",
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
    body: new Uint8Array(body),
  });
  const reading = await readWebhook(request, ["sandbox-api-secret"]);
  if ("refusal" in reading) return reading.refusal.status;
  return (await receive(reading.envelope)) === "unavailable" ? 503 : 200;
}

/** As Shopify's library does when a merchant opens the app for the first time. */
async function open(): Promise<void> {
  const { Session } = await import("@shopify/shopify-api");
  const { sessionStorage } = await import("#app/shops/sessions.server.ts");
  const { install } = await import("#app/shops/install.ts");
  const { token } = (await (
    await fetch(`${sandbox.urls.sandbox}/_sandbox/app/${sandbox.app.handle}/session-token`)
  ).json()) as { token: string };
  const response = await fetch(`https://${domain}/admin/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_id: "sandbox-api-key",
      client_secret: "sandbox-api-secret",
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
      expiring: "1",
    }),
  });
  expect(response.status).toBe(200);
  const grant = (await response.json()) as { access_token: string; scope: string; refresh_token: string };
  await sessionStorage.storeSession(
    new Session({
      id: `offline_${domain}`,
      shop: domain,
      state: "",
      isOnline: false,
      scope: grant.scope,
      accessToken: grant.access_token,
      refreshToken: grant.refresh_token,
      // Almost over, so that the worker has to refresh it.
      expires: new Date(Date.now() + 60_000),
    }),
  );
  shopId = await install({ domain, scopes: grant.scope.split(",") }, new Date());
}

async function rows<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
  const { pool } = await import("#app/db.server.ts");
  return (await pool.query<T>(sql, values)).rows;
}

describe("the worker", () => {
  it("starts while the database has nothing to do, and mirrors a store that installs", async () => {
    const { startWorker } = await import("#app/worker.server.ts");
    worker = await startWorker();
    await open();
    const states = () =>
      rows<{ resource: string; state: string; error_code: string | null; error_detail: string | null }>(
        "SELECT resource, state, error_code, error_detail FROM sync_runs ORDER BY id",
      );
    await expect
      .poll(async () => (await states()).every(({ state }) => !["queued", "running"].includes(state)))
      .toBe(true);
    expect(await states()).toEqual(
      backfillOrder().map((resource) => ({
        resource,
        state: "verified",
        error_code: null,
        error_detail: null,
      })),
    );
    expect(await differences()).toEqual([]);
  });

  it("takes a webhook in, applies it and confirms it, in well under a second each", async () => {
    const [name] = await placeOrder();
    await expect.poll(() => rows("SELECT FROM orders WHERE name = $1", [name])).not.toEqual([]);
    await expect
      .poll(
        async () =>
          (await rows("SELECT FROM orders WHERE name = $1 AND confirmed_at IS NOT NULL", [name])).length > 0,
      )
      .toBe(true);
    await sandbox.idle();
    await expect.poll(() => rows("SELECT FROM sync_confirmations")).toHaveLength(0);
    const left = await rows(
      "SELECT topic, state, reason, detail FROM sync_deliveries WHERE state IN ('received', 'parked')",
    );
    expect(left).toEqual([]);
    expect(await rows("SELECT code, detail FROM sync_errors")).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it("makes up for a ring that was lost", async () => {
    const { pool } = await import("#app/db.server.ts");
    // Its bell hangs on a connection that breaks; what came meanwhile is found when it hangs again, or by the sweep.
    await pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'counterfoil bell'",
    );
    const [name] = await placeOrder();
    await expect.poll(() => rows("SELECT FROM orders WHERE name = $1", [name])).not.toEqual([]);
  });

  it("survives PostgreSQL dropping all of its connections", async () => {
    const { pool } = await import("#app/db.server.ts");
    await pool
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      .catch(() => {});
    const [name] = await placeOrder();
    await expect
      .poll(async () => {
        const found = await rows("SELECT FROM orders WHERE name = $1 AND confirmed_at IS NOT NULL", [
          name,
        ]).catch(() => []);
        return found.length > 0;
      })
      .toBe(true);
    const { requestSync } = await import("#app/sync/targeted.ts");
    const { readRun } = await import("#app/sync/runs.ts");
    const { run } = await requestSync(shopId, "products", { mode: "full" }, "test");
    await expect.poll(() => readRun(run.id)).toMatchObject({ state: "verified" });
  });

  it("stops within seconds in the middle of a run, and another one takes it up", async () => {
    const { requestSync } = await import("#app/sync/targeted.ts");
    const { readRun } = await import("#app/sync/runs.ts");
    const { startWorker } = await import("#app/worker.server.ts");
    // A bulk operation is waited for, whatever the machine's speed.
    const { run } = await requestSync(shopId, "orders", { mode: "full", way: "bulk" }, "test");
    await expect.poll(() => readRun(run.id)).toMatchObject({ state: "running" });
    const began = performance.now();
    await worker!.stop();
    worker = undefined;
    expect(performance.now() - began).toBeLessThan(10_000);
    expect((await readRun(run.id))?.state).toBe("running");
    worker = await startWorker();
    await expect.poll(() => readRun(run.id)).toMatchObject({ state: "verified" });
  });
});

/** Between the mirror and the store, in every column of every record. */
async function differences(): Promise<string[]> {
  const { pool } = await import("#app/db.server.ts");
  return (await import("#tests/oracle.ts")).differences(pool, sandbox.store);
}

async function placeOrder(): Promise<string[]> {
  const response = await fetch(`${sandbox.urls.sandbox}/_sandbox/traffic`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ orders: 1 }),
  });
  const answer = (await response.json()) as { orders?: string[]; names?: string[] };
  return answer.names ?? answer.orders ?? [];
}
