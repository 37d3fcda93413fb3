// @vitest-environment jsdom
// The pages of queues and figures as they are read: by eye, by keyboard, by screen reader, and by axe.
import "./screen.ts";
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import axe from "axe-core";
import type { ReactElement } from "react";
import { MemoryRouter } from "react-router-dom";
import { afterEach, describe, expect, it, vi } from "vitest";
import { InsightsPage } from "#app/components/insights/insights-page.tsx";
import { namedBins, ticksOf } from "#app/components/insights/ticks.ts";
import { axisWords, sizeWords, tickWords } from "#app/components/insights/words.ts";
import { QueuePage } from "#app/components/queue/queue-page.tsx";
import { queueActWords, verdictOf } from "#app/components/queue/words.ts";
import type { Insights, PlotView } from "#app/status/plots.ts";
import type { QueueStatus, QueueView } from "#app/status/queue.ts";
import { AT, before } from "./overviews.ts";
import { plain, reading, renderFor } from "./readers.tsx";

afterEach(cleanup);

const MINUTE_MS = 60_000;
const none = { count: 0, isMore: false };

const queue = (given: Partial<QueueView> = {}): QueueView => ({
  queue: "deliveries",
  waiting: none,
  oldestAt: null,
  inPerMinute: 4.2,
  outPerMinute: 4,
  retrying: none,
  failed: none,
  held: null,
  ...given,
});

const worker = {
  id: "a",
  version: "0.1.0",
  startedAt: before(3_600_000),
  beatenAt: before(2_000),
  isAlive: true,
  where: null,
};

const status = (given: Partial<QueueStatus> = {}): QueueStatus => ({
  at: AT,
  queues: [
    queue(),
    queue({ queue: "confirmations", inPerMinute: null }),
    queue({ queue: "editions", waiting: null }),
  ],
  failedFrom: "2026-11-22",
  runs: [],
  workers: [worker],
  next: [
    { what: "catch_up", resource: "orders", at: new Date(AT.getTime() + 90_000), everyMs: null },
    { what: "prune", resource: null, at: new Date(AT.getTime() + 900_000), everyMs: 3_600_000 },
  ],
  ...given,
});

const page = (shown: QueueStatus, press = vi.fn(), given: object = {}) => (
  <MemoryRouter>
    <QueuePage
      status={shown}
      deadJobs={[]}
      acts={[]}
      isAway={false}
      live="live"
      press={press}
      pressed={null}
      {...given}
    />
  </MemoryRouter>
);

async function sound(element: ReactElement): Promise<void> {
  const { container } = renderFor(element);
  // jsdom draws nothing, so colours are the browser test's to check.
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
}

describe("the first sentence about queues", () => {
  const code = (given: Partial<QueueStatus>) => verdictOf(status(given)).code;

  it("says what matters most", () => {
    expect(code({})).toBe("moving");
    expect(code({ workers: [] })).toBe("none");
    expect(code({ workers: [{ ...worker, isAlive: false }] })).toBe("none");
    const held = { by: "user:7", at: before(MINUTE_MS) };
    expect(code({ queues: [queue({ held, oldestAt: before(MINUTE_MS) })] })).toBe("held");
    expect(
      code({ queues: [queue({ oldestAt: before(MINUTE_MS), waiting: { count: 3, isMore: false } })] }),
    ).toBe("behind");
    expect(code({ queues: [queue({ oldestAt: before(1_000) })] })).toBe("moving");
    const unconfirmed = (ms: number) => queue({ queue: "confirmations", oldestAt: before(ms) });
    expect(code({ queues: [unconfirmed(30_000)] })).toBe("moving");
    expect(code({ queues: [unconfirmed(2 * MINUTE_MS)] })).toBe("behind");
    expect(code({ queues: [queue({ queue: "runs", oldestAt: before(9 * MINUTE_MS) })] })).toBe("moving");
    const late = verdictOf(
      status({ queues: [queue({ oldestAt: before(11_000) }), unconfirmed(61_000)] }),
    ).late;
    expect(late).toEqual({ queue: "confirmations", ageMs: 61_000 });
    expect(code({ queues: [queue({ failed: { count: 2, isMore: false } })] })).toBe("failing");
  });
});

describe("the page of queues", () => {
  const busy = status({
    queues: [
      queue({
        waiting: { count: 10_000, isMore: true },
        oldestAt: before(3 * MINUTE_MS),
        failed: { count: 3, isMore: false },
        retrying: { count: 2, isMore: false },
      }),
      queue({ queue: "runs", held: { by: "user:7", at: before(MINUTE_MS) } }),
    ],
  });

  it("has nothing for axe to find, idle or busy", async () => {
    await sound(page(status()));
    cleanup();
    const deadJobs = [{ id: "j", from: "confirm", at: before(MINUTE_MS), said: "boom" }];
    await sound(page(busy, vi.fn(), { deadJobs }));
  });

  it("holds and resumes the queue of the button's row", () => {
    const press = vi.fn();
    renderFor(page(busy, press));
    fireEvent.click(screen.getByRole("button", { name: "Pause: Webhooks" }));
    fireEvent.click(screen.getByRole("button", { name: "Resume: Syncs" }));
    fireEvent.click(screen.getByRole("button", { name: "Try now: Webhooks" }));
    expect(press.mock.calls).toEqual([
      [{ act: "pause", queue: "deliveries" }],
      [{ act: "resume", queue: "runs" }],
      [{ act: "hurry", queue: "deliveries" }],
    ]);
    expect(screen.getByText("10,000 or more")).toBeTruthy();
    expect(screen.getAllByText("Paused", { exact: true }).length).toBeGreaterThan(0);
  });

  it("asks before it throws anything away, and does nothing when the answer is no", () => {
    const press = vi.fn();
    const deadJobs = [{ id: "j", from: "confirm", at: before(MINUTE_MS), said: "boom" }];
    renderFor(page(status(), press, { deadJobs }));
    fireEvent.click(screen.getByRole("button", { name: "Discard" }));
    expect(press).not.toHaveBeenCalled();
    const dialog = screen.getByRole("dialog");
    fireEvent.click(within(dialog).getByRole("button", { name: "Go back" }));
    expect(press).not.toHaveBeenCalled();
    cleanup();
    renderFor(page(status(), press, { deadJobs }));
    fireEvent.click(screen.getByRole("button", { name: "Discard" }));
    fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Discard" }));
    expect(press.mock.calls).toEqual([[{ act: "discard" }]]);
  });

  it("says what was done, by whom", () => {
    const act = {
      id: "1",
      at: AT,
      actor: "user:7",
      act: "queue_paused",
      count: 1,
      detail: { queue: "deliveries" },
    };
    expect(queueActWords(act, reading())).toBe("Webhooks: paused by staff member 7");
    const hurried = { ...act, act: "queue_hurried", count: 3, detail: { queue: "confirmations" } };
    expect(queueActWords(hurried, reading())).toBe("Confirmations: 3 tried at once by staff member 7");
    const retried = { ...act, act: "run_retried", detail: { run: "4", again: "9" } };
    expect(queueActWords(retried, reading())).toBe(
      "What sync 4 left open was tried again with sync 9 by staff member 7",
    );
    const nameless = { ...act, actor: "user" };
    expect(queueActWords(nameless, reading())).toBe("Webhooks: paused by a person in the admin");
    const redriven = { ...act, act: "jobs_redriven", count: 2, detail: {} };
    expect(queueActWords(redriven, reading())).toBe("2 background jobs were tried again by staff member 7");
    expect(queueActWords({ ...act, act: "replayed", count: 2, detail: {} }, reading())).toContain(
      "were replayed",
    );
  });
});

const BINS = [3, 2, 1, 0].map((minutes) => before(minutes * MINUTE_MS));
const plot = (given: Partial<PlotView> = {}): PlotView => ({
  id: "freshness",
  kind: "lines",
  unit: "ms",
  series: [
    { key: "p50", values: [null, 400, 500, 600] },
    { key: "p95", values: [null, 900, 1_500, 61_000] },
  ],
  ...given,
});

const outcomes = plot({
  id: "outcomes",
  kind: "bars",
  unit: "count",
  series: [
    { key: "applied", values: [1, 2, 3, 4_000] },
    { key: "parked", values: [0, 0, 1, 0] },
  ],
});

const figures = (given: Partial<Insights> = {}): Insights => ({
  at: AT,
  window: "hour",
  bins: BINS,
  until: new Date(AT.getTime() + MINUTE_MS),
  since: BINS[1]!,
  plots: [plot(), outcomes],
  topics: [{ topic: "orders/create", byOutcome: { applied: 3, parked: 1 }, total: 4 }],
  tables: [{ table: "orders", rows: 1_200, bytes: 3_400_000, grown: 20_000 }],
  isAlone: true,
  throttles: 0,
  changes: 31,
  ...given,
});

const insightsPage = (shown: Insights) => (
  <MemoryRouter>
    <InsightsPage insights={shown} isAway={false} dropped={[]} />
  </MemoryRouter>
);

describe("a plot", () => {
  it("has nothing for axe to find, as a plot and as a table", async () => {
    await sound(insightsPage(figures()));
    await screen.findAllByRole("slider");
    fireEvent.click(screen.getByRole("button", { name: "Show table: Freshness" }));
    const { violations } = await axe.run(document.body, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it("gives way to its table, with the same figures, exact, and comes back", async () => {
    renderFor(insightsPage(figures()));
    await screen.findAllByRole("slider");
    fireEvent.click(screen.getByRole("button", { name: "Show table: Webhooks by outcome" }));
    const table = within(screen.getByRole("table", { name: "Webhooks by outcome" }));
    expect(table.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual([
      "Time",
      "Applied",
      "Set aside",
    ]);
    // The newest first, and not over yet.
    const cells = table
      .getAllByRole("row")
      .slice(1)
      .map((row) => row.textContent);
    expect(cells[0]).toContain("(so far)4,0000");
    expect(cells).toHaveLength(4);
    fireEvent.click(screen.getByRole("button", { name: "Show plot: Webhooks by outcome" }));
    expect(screen.queryByRole("table")).toBeNull();
  });

  it("is walked through by keyboard, and says each point with its exact values", async () => {
    renderFor(insightsPage(figures()));
    const slider = await screen.findByRole("slider", { name: /^Freshness/ });
    const said = () => plain(slider.getAttribute("aria-valuetext") ?? "");
    fireEvent.keyDown(slider, { key: "End" });
    expect(said()).toContain("(so far): Median 0.6 s, 95 of 100 within 1 min 1 s");
    fireEvent.keyDown(slider, { key: "ArrowLeft" });
    expect(said()).toContain("Median 0.5 s, 95 of 100 within 1.5 s");
    fireEvent.keyDown(slider, { key: "Home" });
    // Before the first figure nothing is known, which is not nothing.
    expect(said()).toContain("Median not known");
    fireEvent.keyDown(slider, { key: "ArrowLeft" });
    expect(slider.getAttribute("aria-valuenow")).toBe("0");
  });

  it("draws a bar for each value, as high as it is", async () => {
    const { container } = renderFor(insightsPage(figures({ plots: [outcomes] })));
    await screen.findByRole("slider");
    const heightsOf = (fill: string) => {
      const outline = container.querySelector(`path[fill="${fill}"]`)?.getAttribute("d") ?? "";
      return [...outline.matchAll(/v([\d.]+)/g)].map(([, height]) => Number(height));
    };
    const heights = heightsOf("var(--cf-outcome-applied)");
    expect([heights.length, heightsOf("var(--cf-outcome-parked)").length]).toEqual([4, 1]);
    expect(heights[1]! / heights[0]!).toBeCloseTo(2, 3);
    expect(heights[3]! / heights[2]!).toBeCloseTo(4_000 / 3, 0);
  });

  it("says that there is nothing, and that nothing is known yet", () => {
    const empty = plot({ series: [{ key: "p50", values: [null, null, null, null] }] });
    renderFor(insightsPage(figures({ plots: [empty] })));
    expect(screen.getByText("Nothing in this time")).toBeTruthy();
    expect(screen.getByText(/Figures have been kept since/)).toBeTruthy();
    cleanup();
    renderFor(insightsPage(figures({ since: null })));
    expect(screen.getByText("No figures have been kept yet")).toBeTruthy();
  });

  it("has every topic and every table behind it", async () => {
    const topics = plot({
      id: "topics",
      kind: "bars",
      unit: "count",
      series: [{ key: "orders/create", values: [1, 1, 1, 1] }],
    });
    const storage = plot({
      id: "storage",
      kind: "bars",
      unit: "bytes",
      series: [{ key: "orders", values: [1, 1, 1, 1] }],
    });
    renderFor(insightsPage(figures({ plots: [topics, storage] })));
    fireEvent.click(screen.getByRole("button", { name: "Show table: Webhooks by topic" }));
    fireEvent.click(screen.getByRole("button", { name: "Show table: Storage by table" }));
    const [first, second] = screen
      .getAllByRole("table")
      .map((table) => plain(within(table).getAllByRole("row")[1]!.textContent ?? ""));
    expect(first).toBe("orders/create430001");
    expect(second).toBe("orders1,2003.4 MB+20 kB");
  });
});

describe("sizes", () => {
  it("are in the unit that fits", () => {
    const sizes = [0, 999, 1_000, 1_250_000, 12_500_000, 4_200_000_000].map((bytes) =>
      plain(sizeWords(bytes, reading())),
    );
    expect(sizes).toEqual(["0 B", "999 B", "1 kB", "1.3 MB", "13 MB", "4.2 GB"]);
  });
});

describe("the values beside a plot", () => {
  const S = 1_000;
  const H = 60 * MINUTE_MS;
  it.each([
    [0, "ms", "0, 1 ms"],
    [130, "ms", "0, 50 ms, 100 ms, 150 ms"],
    [1_800, "ms", "0, 500 ms, 1 s, 1.5 s, 2 s"],
    [31 * S, "ms", "0, 10 s, 20 s, 30 s, 40 s"],
    [55 * S, "ms", "0, 15 s, 30 s, 45 s, 1 min"],
    [100 * S, "ms", "0, 1 min, 2 min"],
    [6 * MINUTE_MS, "ms", "0, 2 min, 4 min, 6 min"],
    [50 * MINUTE_MS, "ms", "0, 15 min, 30 min, 45 min, 1 h"],
    [5 * H, "ms", "0, 2 h, 4 h, 6 h"],
    [30 * H, "ms", "0, 1 day, 2 days"],
    [400 * 24 * H, "ms", "0, 100 days, 200 days, 300 days, 400 days"],
    [3, "count", "0, 1, 2, 3"],
    [7_300, "points", "0, 2K, 4K, 6K, 8K"],
    [1_900_000, "bytes", "0, 500 kB, 1 MB, 1.5 MB, 2 MB"],
    [34_000_000_000, "bytes", "0, 10 GB, 20 GB, 30 GB, 40 GB"],
  ] as const)("are round in the unit that they are written in: up to %d %s", (max, unit, written) => {
    const ticks = ticksOf(max, unit);
    expect(plain(ticks.map((tick) => tickWords(tick, unit, reading())).join(", "))).toBe(written);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
  });

  const bins = (first: string, minutes: number, count: number) =>
    Array.from({ length: count }, (_, bin) => new Date(Date.parse(first) + bin * minutes * 60_000));
  const named = (given: readonly Date[], namesMax: number, timeZone: string) =>
    namedBins(given, namesMax, timeZone).map((bin) => clockIn(timeZone).format(given[bin]));
  const clockIn = (timeZone: string) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });

  it.each([
    ["an hour", bins("2026-11-26T09:07:00Z", 1, 60), "UTC", "09:15, 09:30, 09:45, 10:00"],
    ["a day", bins("2026-11-26T11:20:00Z", 10, 144), "America/New_York", "12:00, 18:00, 00:00, 06:00"],
    [
      "a day off by half an hour",
      bins("2026-11-26T00:00:00Z", 10, 144),
      "Asia/Kolkata",
      "06:00, 12:00, 18:00, 00:00",
    ],
  ])("names round moments of the shop: %s", (_window, given, timeZone, names) => {
    expect(
      named(given, 5, timeZone)
        .map((at) => at.slice(11))
        .join(", "),
    ).toBe(names);
  });

  it("names midnights of a week, also over the change of the clocks", () => {
    const week = bins("2026-10-30T15:00:00Z", 60, 168);
    expect(named(week, 5, "America/New_York")).toEqual([
      "2026-11-01 00:00",
      "2026-11-03 00:00",
      "2026-11-05 00:00",
    ]);
    expect(axisWords(week[namedBins(week, 5, "America/New_York")[0]!]!, "week", reading().formats)).toBe(
      "Nov 1",
    );
  });
});
