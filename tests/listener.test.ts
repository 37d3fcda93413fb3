// The one connection that listens: what it hears, that it comes back when it breaks or was never there, and says so.
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

const { url, name } = await useDatabase();
const { listen } = await import("#app/listener.server.ts");
const { hang } = await import("#app/bell.server.ts");
const { pool } = await import("#app/db.server.ts");

/** A way to the database that can be shut. */
const behind = new URL(url);
const sockets = new Set<Socket>();
let isOpen = true;
let door: Server;
let front = "";

beforeAll(async () => {
  door = createServer((near) => {
    if (!isOpen) return void near.destroy();
    const far = connect(Number(behind.port), behind.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const way = new URL(url);
  way.hostname = "127.0.0.1";
  way.port = String((door.address() as AddressInfo).port);
  front = way.href;
});
afterAll(() => new Promise((resolve) => door.close(resolve)));

it("starts without a database, hears when there is one, says when it is gone, and hears again", async () => {
  isOpen = false;
  const said: string[] = [];
  const listener = listen({
    ...{ connectionString: front, name: "counterfoil test", channels: ["one", "two"] },
    heard: (channel, payload) => said.push(`${channel} ${payload}`),
    up: () => said.push("up"),
    lost: () => said.push("lost"),
  });
  await expect.poll(() => said).toContain("lost");
  isOpen = true;
  await expect.poll(() => said).toContain("up");
  await pool.query("SELECT pg_notify('one', 'a'), pg_notify('two', ''), pg_notify('three', 'c')");
  await expect.poll(() => said).toContain("two ");
  said.length = 0;
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => said).toContain("up");
  await pool.query("SELECT pg_notify('one', 'b')");
  await expect.poll(() => said).toContain("one b");
  expect(said).toEqual(["lost", "up", "one b"]);
  await listener.stop();
});

it("once stopped, connects no more", async () => {
  isOpen = false;
  let lost = 0;
  const listener = listen({
    ...{
      connectionString: front,
      name: "counterfoil stopped",
      channels: ["one"],
      heard: () => {},
      up: () => {},
    },
    lost: () => (lost += 1),
  });
  await expect.poll(() => lost).toBeGreaterThan(0);
  await listener.stop();
  isOpen = true;
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { rowCount } = await pool.query(
    "SELECT FROM pg_stat_activity WHERE application_name = 'counterfoil stopped' AND datname = $1",
    [name],
  );
  expect(rowCount).toBe(0);
});

it("the worker's bell rings all of its rings when it is hung and when its connection comes back", async () => {
  const rung: string[] = [];
  const bell = hang({
    one: (payload) => rung.push(`one:${payload}`),
    two: (payload) => rung.push(`two:${payload}`),
  });
  await expect.poll(() => rung).toHaveLength(2);
  await pool.query("SELECT pg_notify('two', 'x')");
  await expect.poll(() => rung).toHaveLength(3);
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'counterfoil bell' AND datname = $1",
    [name],
  );
  await expect.poll(() => rung).toHaveLength(5);
  expect(rung).toEqual(["one:", "two:", "two:x", "one:", "two:"]);
  await bell.stop();
});
