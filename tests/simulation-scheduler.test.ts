// The simulated world's thread of time (simulation/scheduler.ts) when a task branches, and its one connection when branches
// and tasks have transactions at the same time.
import { readFile } from "node:fs/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Chance } from "#sandbox/store/chance.ts";
import { execute, interfere, openDatabase, PglitePool, rollBack } from "../simulation/postgres.ts";
import { Scheduler } from "../simulation/scheduler.ts";

const HOUR_MS = 3_600_000;

function world(seed = "branches") {
  const scheduler = new Scheduler(new Chance(seed), 0);
  const log: string[] = [];
  const note = (line: string) => void log.push(`${scheduler.nowMs} ${line}`);
  /** As a request: on its way, answered, on its way back. */
  const ask = async (name: string, ms: number) => {
    await scheduler.sleep(ms / 2);
    note(`${name} asked`);
    await scheduler.sleep(ms / 2);
    note(`${name} answered`);
  };
  return { scheduler, log, note, ask };
}

describe("a task with several waits under way", () => {
  async function readPages(crashAtMs: number | null = null): Promise<string[]> {
    const { scheduler, log, note, ask } = world();
    scheduler.spawn("worker", "reader", async () => {
      await Promise.all([
        ask("a", 100),
        ask("b", 20).then(() => Promise.all([ask("b1", 40), ask("b2", 10)])),
        ask("c", 20),
      ]);
      note("all read");
      await scheduler.sleep(5);
      note("reader goes on");
    });
    scheduler.spawn("web", "other", async () => {
      for (let turn = 1; turn <= 4; turn += 1) {
        await scheduler.sleep(30);
        note(`other ${turn}`);
      }
    });
    if (crashAtMs !== null) scheduler.later(crashAtMs, () => scheduler.crash("worker"));
    await scheduler.run(HOUR_MS);
    return log;
  }

  const WHOLE = [
    ...["10 b asked", "10 c asked", "20 b answered", "20 c answered", "25 b2 asked", "30 other 1"],
    ...["30 b2 answered", "40 b1 asked", "50 a asked", "60 other 2", "60 b1 answered", "90 other 3"],
    ...["100 a answered", "100 all read", "105 reader goes on", "120 other 4"],
  ];

  it("wakes its branches and other tasks by time, then by who began to wait first", async () => {
    expect(await readPages()).toEqual(WHOLE);
    expect(await readPages()).toEqual(WHOLE);
  });

  it("loses all branches in a crash, and others go on", async () => {
    expect(await readPages(45)).toEqual([
      ...WHOLE.slice(0, WHOLE.indexOf("50 a asked")),
      ...["60 other 2", "90 other 3", "120 other 4"],
    ]);
  });

  it("waits for whichever branch comes first, and leaves the others behind", async () => {
    const { scheduler, log, note, ask } = world();
    scheduler.spawn("worker", "reader", async () => {
      await Promise.race([ask("slow", 50), ask("quick", 10)]);
      note("over");
    });
    await scheduler.run(HOUR_MS);
    expect(log).toEqual([
      ...["5 quick asked", "10 quick answered", "10 over", "25 slow asked", "50 slow answered"],
    ]);
  });

  it("takes exactly the time of its longest branch, whatever its shape", async () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const { scheduler, log, note } = world(`tree-${seed}`);
      const { chance } = scheduler;
      /** Branches at random. @returns when it must be over. */
      const grow = async (name: string, depth: number): Promise<number> => {
        const ms = chance.whole(0, 50);
        const due = scheduler.nowMs + ms;
        await scheduler.sleep(ms);
        note(name);
        expect(scheduler.nowMs, name).toBe(due);
        if (depth === 0) return due;
        const branches = Array.from({ length: chance.whole(0, 3) }, (_, at) =>
          grow(`${name}.${at}`, depth - 1),
        );
        const latest = Math.max(due, ...(await Promise.all(branches)));
        expect(scheduler.nowMs, name).toBe(latest);
        return latest;
      };
      const over: string[] = [];
      for (const name of ["one", "two"]) {
        scheduler.spawn(name, name, async () => {
          await grow(name, 4);
          over.push(name);
        });
      }
      await scheduler.run(HOUR_MS);
      expect(over.toSorted()).toEqual(["one", "two"]);
      const times = log.map((line) => Number.parseInt(line, 10));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  it("stops time while a branch has to do with the real world", async () => {
    const { scheduler, log, note, ask } = world();
    scheduler.spawn("worker", "reader", async () => {
      await Promise.all([
        ask("a", 40),
        scheduler.sleep(10).then(async () => {
          const text = await scheduler.stopFor(readFile(import.meta.filename, "utf8"));
          note(`read ${text.length > 0}`);
        }),
      ]);
    });
    await scheduler.run(HOUR_MS);
    expect(log).toEqual(["10 read true", "20 a asked", "40 a answered"]);
  });

  it("is found out when it waits for nothing that will ever come", async () => {
    const scheduler = new Scheduler(new Chance("stuck"), 0, 100);
    scheduler.spawn("worker", "reader", async () => {
      await Promise.all([scheduler.sleep(10), scheduler.sleep(30), new Promise(() => {})]);
    });
    await expect(scheduler.run(HOUR_MS)).rejects.toThrow("reader hangs");
    expect(scheduler.nowMs).toBe(30);
  });
});

describe("the one connection", () => {
  const pool = new PglitePool();
  let { scheduler, note, log } = world();

  beforeAll(async () => {
    await openDatabase();
    await execute("CREATE TABLE said (at serial, word text)");
  });

  beforeEach(async () => {
    await rollBack();
    await execute("TRUNCATE said");
    ({ scheduler, note, log } = world());
    interfere({
      // Each statement that is in no transaction is a while on its way.
      before: (_text, isInside) => (isInside ? undefined : scheduler.sleep(2)),
      rewrite: (text) => text,
      after: () => {},
      process: () => scheduler.current()?.process ?? null,
      wait: (end) => scheduler.waitFor(end),
      isDead: () => scheduler.current()?.isDead === true,
    });
    return () => interfere(null);
  });

  const say = (word: string) => ({ text: "INSERT INTO said (word) VALUES ($1)", values: [word] });

  async function said(): Promise<string[]> {
    const { rows } = await execute<{ word: string }>("SELECT word FROM said ORDER BY at");
    return rows.map(({ word }) => word);
  }

  /** A transaction that waits in virtual time between its two words, on a connection of its own. */
  async function talk(name: string, end: "COMMIT" | "ROLLBACK"): Promise<void> {
    const client = await pool.connect();
    await client.query("BEGIN");
    note(`${name} begins`);
    await client.query(say(`${name} first`));
    await scheduler.sleep(20);
    await client.query(say(`${name} second`));
    await client.query(end);
    note(`${name} ends`);
  }

  it("is one transaction's at a time, of two branches and of two tasks", async () => {
    scheduler.spawn("worker-1", "branches", async () => {
      await Promise.all([talk("a", "COMMIT"), talk("b", "ROLLBACK")]);
    });
    scheduler.spawn("worker-2", "task", () => talk("c", "COMMIT"));
    scheduler.spawn("people", "alone", async () => void (await pool.query(say("alone"))));
    await scheduler.run(HOUR_MS);
    // The one who spoke alone was there two milliseconds before anybody had begun.
    expect(await said()).toEqual(["alone", "a first", "a second", "c first", "c second"]);
    expect(log).toEqual([
      ...["4 a begins", "24 a ends", "24 b begins", "44 b ends", "44 c begins", "64 c ends"],
    ]);
  });

  it("lets a statement by itself wait for the end of another's transaction", async () => {
    scheduler.spawn("worker-1", "talk", () => talk("a", "ROLLBACK"));
    scheduler.spawn("people", "alone", async () => {
      await scheduler.sleep(10);
      await pool.query(say("alone"));
      note("alone");
    });
    await scheduler.run(HOUR_MS);
    expect(await said()).toEqual(["alone"]);
    expect(log).toEqual(["4 a begins", "24 a ends", "24 alone"]);
  });

  it("is free again when the process dies whose branch was inside", async () => {
    scheduler.spawn("worker-1", "branches", async () => {
      await Promise.all([talk("a", "COMMIT"), talk("b", "COMMIT")]);
    });
    scheduler.spawn("worker-2", "task", () => talk("c", "COMMIT"));
    scheduler.later(14, async () => {
      scheduler.crash("worker-1");
      await rollBack("worker-1");
    });
    await scheduler.run(HOUR_MS);
    expect(await said()).toEqual(["c first", "c second"]);
    expect(log).toEqual(["4 a begins", "14 c begins", "34 c ends"]);
  });

  it("stays with the one who is inside when another process dies", async () => {
    scheduler.spawn("worker-1", "talk", () => talk("a", "COMMIT"));
    scheduler.spawn("worker-2", "talk", () => talk("b", "COMMIT"));
    scheduler.later(14, async () => {
      scheduler.crash("worker-2");
      await rollBack("worker-2");
    });
    await scheduler.run(HOUR_MS);
    expect(await said()).toEqual(["a first", "a second"]);
  });

  it("takes nothing more from a branch whose sibling's statement was the end of the process", async () => {
    scheduler.spawn("worker-1", "branches", async () => {
      await scheduler.sleep(1);
      interfere({
        before: async (text) => {
          if (text !== "deadly") return;
          scheduler.crash("worker-1");
          await rollBack("worker-1");
          await new Promise(() => {});
        },
        rewrite: (text) => text,
        after: () => {},
        process: () => scheduler.current()?.process ?? null,
        wait: (end) => scheduler.waitFor(end),
        isDead: () => scheduler.current()?.isDead === true,
      });
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query(say("before"));
      await Promise.all([client.query(say("with it")), pool.query("deadly")]);
    });
    await scheduler.run(HOUR_MS);
    expect(await said()).toEqual([]);
  });
});
