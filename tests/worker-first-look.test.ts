// A worker settles what waits before its queue is started: what a dead worker had in hand waits for nothing else.
import { afterAll, expect, it, vi } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();

let giveQueue: (error: Error) => void = () => {};
const asked = vi.fn(() => new Promise<never>((_, reject) => (giveQueue = reject)));
vi.doMock("#app/queue.server.ts", () => ({ queue: asked, stopQueue: async () => {} }));

const { pool } = await import("#app/db.server.ts");
const { startWorker } = await import("#app/worker.server.ts");
const SHOP = "test-shop.myshopify.com";

afterAll(() => void vi.doUnmock("#app/queue.server.ts"));

it("a delivery that waits is settled while the queue has not come yet, and the queue is asked for after it", async () => {
  await pool.query("INSERT INTO shops (domain) VALUES ($1)", [SHOP]);
  await pool.query(
    "INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body) VALUES ($1, 'left', 'counterfoil/test', '{}')",
    [SHOP],
  );
  // The queue waits no longer than a second for the first look, in which a busy machine may not get that far.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const worker = await startWorker();
  expect(asked).not.toHaveBeenCalled();
  await expect.poll(() => asked.mock.calls.length).toBe(1);
  const { rows } = await pool.query("SELECT state, reason FROM sync_deliveries");
  expect(rows).toEqual([{ state: "ignored", reason: "TEST" }]);
  vi.useRealTimers();
  giveQueue(new Error("the worker stops"));
  await worker.stop();
});
