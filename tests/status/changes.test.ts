// News from PostgreSQL to an open page: fan-out per shop, one event per burst, and recovery of a lost connection.
import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it, vi } from "vitest";
import { eventsIn } from "#app/components/live.ts";
import { useDatabase } from "#tests/database.ts";

const { url, name } = await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { CHANGES_CHANNEL, hearChanges } = await import("#app/status/changes.server.ts");
const { eventStream } = await import("#app/status/event-stream.ts");

const changes = hearChanges(url);
afterAll(() => changes.stop());

const TIMES = { intervalMs: 250, heartbeatMs: 20, lifeMs: 60_000 };
const notify = (shopId: number) => pool.query("SELECT pg_notify($1, $2)", [CHANGES_CHANNEL, String(shopId)]);

/** Resolves when the shop's next news is heard. */
function heard(shopId: number): Promise<void> {
  return new Promise((resolve) => {
    const changed = () => {
      stop();
      resolve();
    };
    const stop = changes.watch(shopId, { changed, lost: () => {} });
  });
}

function breakConnection() {
  return pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'counterfoil changes' AND datname = $1",
    [name],
  );
}

/** The first watcher connects, and hears once when that is done. */
const connected = heard(1);

function open(shopId: number, times = TIMES) {
  const gone = new AbortController();
  const response = eventStream((watcher) => changes.watch(shopId, watcher), gone.signal, times);
  if (!response.body) throw new Error("a stream has a body");
  return { response, gone, events: eventsIn(response.body) };
}

describe("changes", () => {
  it("reach the watchers of their shop and nobody else", async () => {
    await connected;
    let others = 0;
    const stop = changes.watch(3, { changed: () => (others += 1), lost: () => {} });
    const news = heard(2);
    await notify(2);
    await news;
    expect(others).toBe(0);
    stop();
  });

  it("share one connection, however many watch", async () => {
    const stops = [1, 2, 3, 4].map((shopId) => changes.watch(shopId, { changed: () => {}, lost: () => {} }));
    const { rows } = await pool.query<{ count: string }>(
      "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = $1 AND application_name = 'counterfoil changes'",
      [name],
    );
    expect(Number(rows[0]?.count)).toBe(1);
    for (const stop of stops) stop();
  });

  it("count a reconnect as news, since some may have been lost", async () => {
    const news = heard(5);
    await breakConnection();
    await news;
    const again = heard(6);
    await notify(6);
    await again;
  });
});

describe("workers", () => {
  const beat = (ago: string) =>
    pool.query(
      `INSERT INTO sync_workers (id, host, pid, version, started_at, beaten_at)
       VALUES ('00000000-0000-4000-8000-000000000001', 'here', 1, '1', now(), now() - $1::interval)
       ON CONFLICT (id) DO UPDATE SET beaten_at = excluded.beaten_at`,
      [ago],
    );

  it("that die and come back are news for everybody who watches, though none of them says so", async () => {
    await beat("0 s");
    const watched = hearChanges(url, 20);
    const asked = vi.spyOn(pool, "query");
    let rung = 0;
    const stop = watched.watch(12, { changed: () => (rung += 1), lost: () => {} });
    // The first look, and that the connection stands, which is news, too.
    await asked.mock.results[0]!.value;
    asked.mockRestore();
    await expect.poll(() => rung).toBe(1);
    await beat("30 s");
    await expect.poll(() => rung).toBe(2);
    await beat("0 s");
    await expect.poll(() => rung).toBe(3);
    stop();
    await watched.stop();
  });

  it("are told of once for each death, though a database that is busy answers the one look later than the next", async () => {
    await beat("0 s");
    const watched = hearChanges(url, 10);
    const ask = pool.query.bind(pool) as (...query: unknown[]) => Promise<unknown>;
    let looks = 0;
    const late = vi.spyOn(pool, "query").mockImplementation((async (...query: unknown[]) => {
      const answer = await ask(...query);
      looks += 1;
      if (looks % 2 === 0) await setTimeout(50);
      return answer;
    }) as never);
    let rung = 0;
    const stop = watched.watch(13, { changed: () => (rung += 1), lost: () => {} });
    await expect.poll(() => rung).toBe(1);
    await expect.poll(() => looks).toBeGreaterThan(4);
    await beat("30 s");
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 10);
    expect(rung).toBe(2);
    stop();
    late.mockRestore();
    await watched.stop();
  });
});

describe("the stream", () => {
  it("is one that neither caches nor compression hold back", () => {
    const { response, gone } = open(1);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toContain("no-transform");
    gone.abort();
  });

  it("opens, and tells of a change that PostgreSQL told of", async () => {
    const { gone, events } = open(7);
    expect((await events.next()).value).toBe("open");
    await notify(7);
    for await (const event of events) if (event === "changed") break;
    gone.abort();
  });

  it("tells of a burst at once, and of all the rest of it together when its interval is over", async () => {
    let ring = (): void => {};
    const watch = ({ changed }: { changed: () => void }) => {
      ring = changed;
      return () => {};
    };
    const times = { intervalMs: 50, heartbeatMs: 60_000, lifeMs: 400 };
    const { body } = eventStream(watch, new AbortController().signal, times);
    if (!body) throw new Error("a stream has a body");
    for (let index = 0; index < 20; index += 1) ring();
    const seen: string[] = [];
    for await (const event of eventsIn(body)) seen.push(event);
    expect(seen).toEqual(["open", "changed", "changed"]);
  });

  it("shows signs of life while nothing changes", async () => {
    const { gone, events } = open(8);
    expect((await events.next()).value).toBe("open");
    expect((await events.next()).value).toBe("");
    gone.abort();
  });

  it("ends by itself, so that a session token's word is not taken for ever", async () => {
    const { events } = open(9, { ...TIMES, lifeMs: 30, heartbeatMs: 1_000 });
    expect((await events.next()).value).toBe("open");
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it("ends when nothing can be heard any more, so that the page does not call itself live", async () => {
    const { events } = open(10, { ...TIMES, heartbeatMs: 60_000 });
    expect((await events.next()).value).toBe("open");
    await breakConnection();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await heard(10);
  });

  it("stops watching when the page is gone", async () => {
    let isWatched = true;
    const gone = new AbortController();
    const response = eventStream(() => () => (isWatched = false), gone.signal, TIMES);
    gone.abort();
    expect(isWatched).toBe(false);
    expect(await response.text()).toContain("event: open");
  });
});
