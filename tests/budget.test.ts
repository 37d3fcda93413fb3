// The budget that processes share, against a bucket as Shopify keeps it, in real time: several budgets with queues of their
// own stand for several processes.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { Budget, Lane } from "#app/shopify/budget.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { openBudget } = await import("#app/budget.server.ts");

/** Takes what is asked for when a query arrives, and gives back what it did not use before the answer leaves. */
class Bucket {
  throttled = 0;
  spent = 0;
  readonly #maximum: number;
  readonly #rate: number;
  #level: number;
  #at = performance.now();

  constructor(maximum: number, rate: number, level = maximum) {
    this.#maximum = maximum;
    this.#rate = rate;
    this.#level = level;
  }

  #now(): number {
    const now = performance.now();
    this.#level = Math.min(this.#maximum, this.#level + ((now - this.#at) / 1_000) * this.#rate);
    this.#at = now;
    return this.#level;
  }

  async query(requested: number, actual: number) {
    await pause(Math.random() * 15);
    if (this.#now() < requested) {
      this.throttled += 1;
      return { status: this.#status(), actual: null };
    }
    this.#level -= requested;
    await pause(Math.random() * 15);
    this.#now();
    this.#level = Math.min(this.#maximum, this.#level + requested - actual);
    this.spent += actual;
    const status = this.#status();
    await pause(Math.random() * 30);
    return { status, actual };
  }

  #status() {
    return {
      maximumAvailable: this.#maximum,
      currentlyAvailable: Math.floor(this.#now()),
      restoreRate: this.#rate,
    };
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

let number = 0;
let domain = "";

beforeEach(async () => {
  number += 1;
  domain = `budget-${number}.myshopify.com`;
  await pool.query("INSERT INTO shops (domain) VALUES ($1)", [domain]);
});

async function send(budget: Budget, bucket: Bucket, lane: Lane, requested: number, actual = requested) {
  const reservation = await budget.reserve(requested, lane);
  const answer = await bucket.query(requested, actual);
  reservation.settle(answer.status, answer.actual);
}

/** Sends queries of one lane until told to stop. */
async function work(budget: Budget, bucket: Bucket, lane: Lane, isOver: () => boolean) {
  while (!isOver()) {
    const requested = 50 + Math.floor(Math.random() * 450);
    await send(budget, bucket, lane, requested, Math.ceil(requested * (0.3 + Math.random() * 0.7)));
  }
}

describe("a budget shared by processes", () => {
  for (const [plan, maximum, rate] of [
    ["a small bucket", 2_000, 2_000],
    ["a large bucket", 20_000, 6_000],
  ] as const) {
    it(`uses ${plan} up and never asks for more than is there`, async () => {
      const bucket = new Bucket(maximum, rate);
      const processes = [openBudget(domain), openBudget(domain), openBudget(domain)];
      const lanes: Lane[] = ["catch-up", "backfill", "confirm"];
      const seconds = 5;
      const emptiedMs = 1_500 + (1_000 * maximum) / rate;
      const until = performance.now() + emptiedMs + seconds * 1_000;
      const isOver = () => performance.now() > until;
      const isEmptied = pause(emptiedMs).then(() => (bucket.spent = 0));
      await Promise.all(
        processes.flatMap((budget) =>
          lanes.flatMap((lane) => [work(budget, bucket, lane, isOver), work(budget, bucket, lane, isOver)]),
        ),
      );
      await isEmptied;
      expect(bucket.throttled).toBe(0);
      expect(bucket.spent).toBeGreaterThan(0.95 * rate * seconds);
    });
  }

  it("lets the urgent of one process go before the patient of another", async () => {
    const bucket = new Bucket(2_000, 1_000);
    const [ours, theirs] = [openBudget(domain), openBudget(domain)];
    const until = performance.now() + 5_000;
    const isOver = () => performance.now() > until;
    const patient = Promise.all(Array.from({ length: 8 }, () => work(theirs, bucket, "backfill", isOver)));
    await pause(2_500);
    const waits: number[] = [];
    while (!isOver()) {
      const begun = performance.now();
      const reservation = await ours.reserve(900, "targeted");
      waits.push(performance.now() - begun);
      const answer = await bucket.query(900, 900);
      reservation.settle(answer.status, answer.actual);
    }
    await patient;
    expect(bucket.throttled).toBe(0);
    // 900 points flow in within 900 ms, whatever the others want.
    expect(Math.max(...waits)).toBeLessThan(1_400);
    expect(waits.length).toBeGreaterThan(1);
  });

  it("sends one query at a time until the bucket is known, whoever asks", async () => {
    const [one, other] = [openBudget(domain), openBudget(domain)];
    const first = await one.reserve(10, "targeted");
    let isAdmitted = false;
    const second = other.reserve(10, "targeted").then((reservation) => {
      isAdmitted = true;
      return reservation;
    });
    await pause(200);
    expect(isAdmitted).toBe(false);
    first.settle({ maximumAvailable: 2_000, currentlyAvailable: 1_990, restoreRate: 100 }, 10);
    (await second).settle(null, 0);
  });

  it("gets back what a process took that died", async () => {
    const [dead, alive] = [openBudget(domain), openBudget(domain)];
    await send(dead, new Bucket(2_000, 100), "targeted", 10);
    await dead.reserve(1_000, "targeted");
    await dead.reserve(800, "targeted");
    let isAdmitted = false;
    const waiting = alive.reserve(1_000, "targeted").then((reservation) => {
      isAdmitted = true;
      reservation.settle(null, 0);
    });
    await pause(300);
    expect(isAdmitted).toBe(false);
    // Two minutes later.
    await pool.query(
      "UPDATE sync_budgets SET minute = minute - 2, level_at = level_at - interval '2 minutes' WHERE shop_id = (SELECT id FROM shops WHERE domain = $1)",
      [domain],
    );
    await waiting;
    expect(isAdmitted).toBe(true);
  });

  it("learns of what others spent, and of another plan", async () => {
    const budget = openBudget(domain);
    await send(budget, new Bucket(2_000, 100), "targeted", 10);
    // Somebody who does not share the ledger has emptied the bucket.
    await send(budget, new Bucket(4_000, 200, 300), "targeted", 10);
    const ledger = async () => {
      const { rows } = await pool.query<{ maximum: number; rate: number; level: number }>(
        "SELECT maximum, rate, level FROM sync_budgets b JOIN shops s ON s.id = b.shop_id WHERE domain = $1",
        [domain],
      );
      return rows[0];
    };
    await expect.poll(ledger).toMatchObject({ maximum: 4_000, rate: 200 });
    expect((await ledger())!.level).toBeLessThan(350);
  });

  it("gives a place up when its signal says so", async () => {
    const budget = openBudget(domain);
    const first = await budget.reserve(10, "targeted");
    const abort = new AbortController();
    const second = budget.reserve(10, "targeted", abort.signal);
    abort.abort(new Error("enough"));
    await expect(second).rejects.toThrow("enough");
    first.settle({ maximumAvailable: 2_000, currentlyAvailable: 1_990, restoreRate: 100 }, 10);
    (await budget.reserve(10, "targeted")).settle(null, 0);
  });
});
