// Activity, the form and a run's page as a merchant walks them: each without a fault that axe knows at both widths, and
// what a sync takes shown before it begins and beside what became of it.
import { readFile } from "node:fs/promises";
import type { FrameLocator, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { appFrame, axeFaults, excessWidth, openComplete, visitPage } from "./walk.ts";

let stack: Stack;
let page: Page;
const app = (): FrameLocator => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 60, products: 20 });
  page = await openComplete(stack);
});

afterAll(async () => {
  await stack.stop();
});

const visit = (path: string) => visitPage(stack, page, path);

async function sound(): Promise<void> {
  expect(await axeFaults(page)).toEqual([]);
  expect(await excessWidth(page)).toBeLessThanOrEqual(0);
}

/** A run with everything that a run can have, and long words in it. */
async function storedRun(): Promise<string> {
  const plan = {
    ...{
      at: "2026-11-20T10:00:00Z",
      count: 48_213,
      reckoned: 48_213,
      way: "bulk",
      points: 61_000,
      durationMs: 640_000,
    },
    ...{
      phases: {},
      toComplete: 40_000,
      learnedFrom: 3,
      other: { way: "pages", points: 190_000, durationMs: 1_900_000 },
    },
    effect: {
      lane: "backfill",
      budgetPercent: 94,
      waits: [],
      beside: 1,
      rate: 100,
      burst: 1_700,
      full: 1_700,
    },
  };
  const time = (from: string, to: string, ms: number, units: number, cost: number, times = 1) => ({
    ...{ startedAt: `2026-11-20T10:${from}Z`, endedAt: `2026-11-20T10:${to}Z`, ms, units, cost, times },
  });
  const ended = {
    planning: time("00:00", "00:01", 600, 0, 20),
    starting: time("00:01", "04:00", 1_800, 0, 30, 3),
    waiting: time("00:02", "06:00", 120_000, 380_000, 40, 3),
    downloading: time("02:00", "06:40", 48_000, 380_000, 0, 3),
    applying: time("03:00", "07:30", 51_000, 48_213, 0, 3),
    completing: time("07:30", "11:40", 250_000, 40_112, 58_000, 3),
  };
  const { rows } = await stack.mirror.query<{ id: string; shop_id: number }>(
    `INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, request, total, done, rejected, cost, plan, phases,
       error_code, error_detail, created_at, started_at, stepped_at, ended_at)
     SELECT id, 'orders', 'backfill', 'incomplete', 'user:7', '{"mode":"full"}', 48213, 48213, 1, 58090, $1, $2,
       'RECORDS_REJECTED', '1', '2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z', '2026-11-20T10:11:40Z', '2026-11-20T10:11:40Z'
     FROM shops LIMIT 1 RETURNING id, shop_id`,
    [JSON.stringify(plan), JSON.stringify({ ended })],
  );
  const { id, shop_id: shopId } = rows[0]!;
  const notes = [
    ["planned", { way: "bulk", count: 48_213, durationMs: 640_000 }],
    ["newest_first", { since: "2026-08-22T00:00:00.000Z" }],
    ["bulk_started", { operation: "7745000032770" }],
    ["bulk_failed", { code: "INTERNAL_SERVER_ERROR" }],
    ["split", { parts: 3 }],
    [
      "waits",
      {
        seconds: 10,
        detail: "A bulk query operation for this app and shop is already in progress: ".repeat(2),
      },
    ],
    ["file_read", { bytes: 214_000_000, lines: 380_000 }],
    ["paused", { by: "user:7" }],
    ["ended", { state: "incomplete", code: "RECORDS_REJECTED" }],
  ] as const;
  for (const [at, [code, detail]] of notes.entries()) {
    await stack.mirror.query(
      `INSERT INTO sync_run_notes (shop_id, run_id, seq, at, last_at, code, detail, times)
       VALUES ($1, $2, $3, '2026-11-20T10:01:00Z', '2026-11-20T10:02:00Z', $4, $5, $6)`,
      [shopId, id, at + 1, code, JSON.stringify(detail), code === "waits" ? 12 : 1],
    );
  }
  await stack.mirror.query(
    `INSERT INTO sync_holes (shop_id, resource, from_at, to_at, reason, run_id, opened_at, next_attempt_at, closed_at, closed_by)
     VALUES ($1, 'orders', '2026-11-19', '2026-11-20', 'COUNT_MISMATCH', $2, now(), now(), now(), $2)`,
    [shopId, id],
  );
  return id;
}

describe.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("at %s width", (width, viewport) => {
  it("the list, a long run and a short one have no fault and fit", async () => {
    await page.setViewportSize(viewport);
    const long = await storedRun();
    for (const path of ["/app/activity", "/app/activity?who=api", "/app/runs/1", `/app/runs/${long}`]) {
      await visit(path);
      await sound();
    }
    await app().getByText("The file was cut in two", { exact: false }).waitFor();
    await app().getByText("12 times, last at", { exact: false }).waitFor();
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/run-${width}.png` });
    if (process.env.SHOTS) {
      await app().getByRole("heading", { name: "What happened" }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${process.env.SHOTS}/run-below-${width}.png` });
      await visit("/app/activity");
      await page.screenshot({ path: `${process.env.SHOTS}/activity-${width}.png` });
    }
  });

  it("the form shows what several syncs take before they begin, in a form that fits", async () => {
    await page.setViewportSize(viewport);
    await visit("/app/runs/new?resource=orders&resource=customers");
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByRole("heading", { name: "What it will take" }).waitFor();
    await app().getByText("Together about", { exact: false }).waitFor();
    expect(await app().getByRole("row").count()).toBe(3);
    await sound();
    if (process.env.SHOTS) {
      await page.screenshot({ path: `${process.env.SHOTS}/form-${width}.png` });
      await app().getByRole("heading", { name: "What it will take" }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${process.env.SHOTS}/form-below-${width}.png` });
    }
  });
});

describe("a sync of some days", () => {
  it("is previewed, started once by two clicks, and shows its plan beside what became of it", async () => {
    await page.setViewportSize(DESKTOP);
    await visit("/app/runs/new?resource=orders");
    await app().getByText("What was created in a period", { exact: true }).click();
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByText("Choose a first day, a last day or both.").waitFor();
    await app().getByLabel("From day").fill("2026-02-01");
    await app().getByLabel("Until day").fill("2026-01-01");
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByText("The last day is before the first one.").waitFor();
    await app().getByLabel("From day").fill("2020-01-01");
    await app().getByLabel("Until day").fill("");
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByRole("cell", { name: "60", exact: true }).waitFor();
    // The slow case: the page refreshes itself after the press before it knows where the run's page is.
    const refreshed = page.waitForResponse((answer) => {
      const { pathname } = new URL(answer.url());
      return pathname === "/app/runs/new.data" && answer.request().method() === "GET";
    });
    const isOfRun = /__manifest\?p=%2Fapp%2Fruns%2F\d/;
    const afterRefresh = async (route: Route) => {
      await (await refreshed).finished();
      await appFrame(page).evaluate(() => new Promise((seen) => requestIdleCallback(seen)));
      await route.continue();
    };
    await page.route(isOfRun, afterRefresh, { times: 1 });
    await app().getByRole("button", { name: "Start" }).dblclick();
    await app().getByText("Done: everything that was asked for is in the mirror.").first().waitFor();
    await app().getByRole("heading", { name: "Plan and outcome" }).waitFor();
    await app().getByText("What was created since", { exact: false }).waitFor();
    const { rows } = await stack.mirror.query<{ done: number; plan: { count: number }; started_by: string }>(
      "SELECT done, plan, started_by FROM sync_runs WHERE request->>'mode' = 'created'",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ done: 60, plan: { count: 60 } });
    await sound();
  });

  it("names the run that is in its way, keeps what was chosen, and starts when that one has ended", async () => {
    await stack.mirror.query(
      `INSERT INTO sync_runs (shop_id, resource, kind, request, started_by, state)
       SELECT id, 'orders', 'targeted', '{"mode":"ids","ids":["1"]}', 'api', 'paused' FROM shops`,
    );
    await visit("/app/runs/new?resource=orders");
    await app().getByText("Orders by name", { exact: true }).click();
    await app().getByLabel("Names").fill("#1001");
    await app().getByRole("button", { name: "Start" }).click();
    await app().getByText("Nothing was started for orders: another sync is under way").waitFor();
    await app().getByText("1 record by id: 1", { exact: false }).waitFor();
    const { rows } = await stack.mirror.query<{ id: string }>(
      "SELECT id FROM sync_runs WHERE state = 'paused'",
    );
    const link = app().getByRole("link", { name: "Sync of chosen records of orders" });
    expect(await link.getAttribute("href")).toBe(`/app/runs/${rows[0]!.id}`);
    expect(await app().getByLabel("Names").inputValue()).toBe("#1001");
    await sound();
    await stack.mirror.query(
      "UPDATE sync_runs SET state = 'cancelled', ended_at = now() WHERE state = 'paused'",
    );
    await app().getByRole("button", { name: "Start" }).click();
    await app().getByText("1 order by name: #1001", { exact: false }).waitFor();
    const asked = await stack.mirror.query("SELECT FROM sync_runs WHERE request->>'mode' = 'names'");
    expect(asked.rowCount).toBe(1);
  });

  it("is found by who asked for it, and given out as filtered", async () => {
    await visit("/app/activity?who=user");
    await app().getByText("Sync of chosen records of orders").first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      app().getByRole("button", { name: "Export CSV" }).click(),
    ]);
    const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
    expect(lines[0]).toMatch(/^id,resource,kind,state,startedBy,/);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.slice(1).every((line) => line.includes(",user"))).toBe(true);
  });
});

it("leaves nothing gone wrong on the pages", () => {
  expect(stack.failures).toEqual([]);
});
