// @vitest-environment jsdom
// The Overview as it is read: by eye, by screen reader, and by axe, in each of its main states.
import "./screen.ts";
import { cleanup, screen, within } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, describe, expect, it } from "vitest";
import { OverviewPage } from "#app/components/overview-page.tsx";
import { healthOf } from "#app/components/webhooks-card.tsx";
import type { Overview } from "#app/status/overview.ts";
import { AT, before, error, overviews, resource, run } from "./overviews.ts";
import { renderFor } from "./readers.tsx";

afterEach(cleanup);

const show = (overview: Overview, live: "live" | "polling" | "away" = "live") =>
  renderFor(
    <OverviewPage
      overview={overview}
      live={live}
      guide={null}
      act={(view) => <button type="button">Sync {view.resource}</button>}
    />,
  );

describe("the page", () => {
  it.each(Object.keys(overviews) as (keyof typeof overviews)[])("passes axe when it is %s", async (name) => {
    const { container } = show(overviews[name]());
    const { violations } = await axe.run(container, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  it("says the headline once as a heading, and politely to a screen reader", () => {
    show(overviews.firstSync());
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Your first sync is running: 37%");
    expect(screen.getByRole("status").textContent).toBe("Your first sync is running");
  });

  it("gives each resource a row with its state, its counts and its act", () => {
    show(overviews.complete());
    const row = screen.getByRole("row", { name: /^Orders/ });
    expect(within(row).getByText("Up to date")).toBeTruthy();
    expect(within(row).getAllByText("2,148")).toHaveLength(2);
    expect(within(row).getByText("0.4 s after Shopify")).toBeTruthy();
    expect(within(row).getByRole("button", { name: "Sync orders" })).toBeTruthy();
    expect(screen.getAllByRole("row")).toHaveLength(6);
  });

  it("says of what Shopify does not count when all of it was read", () => {
    const [first, ...others] = overviews.complete().resources;
    show({ ...overviews.complete(), resources: [{ ...first!, isCounted: false }, ...others] });
    expect(screen.getAllByText(/^All read /)).toHaveLength(1);
    expect(screen.getAllByText(/^Counted /).length).toBeGreaterThan(0);
  });

  it("shows how far a run is in words and as a bar, and no figure that is not known", () => {
    show(overviews.firstSync());
    const bar = screen.getByRole("progressbar", { name: "Progress of orders" });
    expect(bar.getAttribute("aria-valuenow")).toBe("43");
    expect(screen.getByText("Copying · 924 of 2,148 · 312 a second · about 3 s left")).toBeTruthy();
    expect(
      screen.getByRole("progressbar", { name: "Progress of inventory items" }).hasAttribute("aria-valuenow"),
    ).toBe(false);
  });

  it("has words for having nothing", () => {
    show(overviews.neverSynced());
    expect(screen.getByText("Nothing has run yet")).toBeTruthy();
    expect(screen.getByText("No open errors")).toBeTruthy();
    expect(screen.getAllByText("Never synced")).toHaveLength(5);
  });

  it("says of an error what to do, and keeps the technical part folded", () => {
    show(
      overviews.complete({
        errors: [error({ code: "ACCESS_DENIED" })],
        errorCount: { count: 1, isMore: false },
      }),
    );
    expect(screen.getByText(/^What to do: Grant the missing access/)).toBeTruthy();
    expect(screen.getByText("Details").closest("details")?.open).toBe(false);
    expect(screen.getByText("1 error")).toBeTruthy();
  });

  it("says of each last change how it came here, and of none that none is known", () => {
    const at = before(180_000);
    show(
      overviews.complete({
        resources: [
          resource("orders"),
          resource("products", { lastChange: { at, by: "read" } }),
          resource("inventory_items", { lastChange: { at, by: "moved" } }),
          resource("locations", { lastChange: null }),
        ],
      }),
    );
    const said = screen
      .getAllByRole("row")
      .map((row) => within(row).queryAllByRole("cell")[2]?.textContent?.replaceAll("\u00a0", " "));
    expect(said.slice(1)).toEqual([
      "Last change12 s ago0.4 s after Shopify",
      "Last change3 min agoFound by a sync",
      "Last change3 min agoSome came or went",
      "Last changeNone known",
    ]);
  });

  it("shows the exact time of each moment on hover", () => {
    show(overviews.complete());
    const [moment] = screen.getAllByText("12 s ago");
    expect(moment?.closest("time")?.title).toBe("Nov 23, 2026, 9:02:18 AM EST");
  });

  it.each([
    ["live", "Live"],
    ["polling", "Reconnecting…"],
    ["away", "Not reachable"],
  ] as const)("says when it is %s", (state, word) => {
    show(overviews.complete(), state);
    expect(screen.getByText(word)).toBeTruthy();
  });

  it("renders a paused run as behind and not as progress", () => {
    const paused = resource("orders", {
      state: { code: "behind", because: { code: "paused", percent: 43 } },
      run: run.of({ state: "paused" }),
    });
    show(overviews.complete({ resources: [paused] }));
    expect(screen.queryByRole("progressbar")).toBeNull();
    expect(screen.getByText("The sync is paused at 43%.")).toBeTruthy();
  });
});

describe("the page while the server is away", () => {
  it("claims nothing of now: its headline is the last known one, with its age", () => {
    show(overviews.complete(), "away");
    const heading = screen.getByRole("heading", { level: 1 });
    expect(heading.textContent).toMatch(/^Last known .*: Your mirror is complete/);
    expect(heading.closest(".cf-headline--away")).not.toBeNull();
    expect(screen.getByText(/^The server cannot be reached\. What you see was true/)).toBeTruthy();
    expect(screen.getByText("What has changed since then is not known.")).toBeTruthy();
    expect(screen.getByRole("status").textContent).toBe("The server cannot be reached");
  });
});

describe("a complete mirror with open errors", () => {
  it("is no clean success: it says that something is not here, how much, and leads to it", () => {
    show(overviews.complete({ headline: { code: "flawed" }, errorCount: { count: 1_000, isMore: true } }));
    const heading = screen.getByRole("heading", { level: 1 });
    expect(heading.closest(".cf-headline--warning")).not.toBeNull();
    expect(screen.getByText(/what could not be copied exactly is not here/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "See the errors" }).getAttribute("href")).toBe("/app/errors");
    expect(screen.getByText("1,000 or more errors")).toBeTruthy();
    cleanup();
    show(overviews.complete());
    expect(document.querySelector(".cf-headline--success")).not.toBeNull();
  });
});

describe("a headline whose remedy is elsewhere", () => {
  it.each([
    [{ code: "parked", count: 2 }, "Look at them", "/app/webhooks/deliveries?state=parked"],
    [{ code: "held_deliveries", lagMs: 90_000 }, "Open the queue", "/app/queue"],
    [{ code: "unworked", seenAt: null }, "See the workers", "/app/queue"],
  ] as const)("%o leads there", (headline, name, url) => {
    show(overviews.complete({ headline }));
    expect(screen.getByRole("link", { name }).getAttribute("href")).toBe(url);
  });
});

describe("the webhooks' health", () => {
  const { standstill } = overviews.complete();
  const on = (given: Overview["webhooks"]) => healthOf(given, standstill, AT);
  const webhooks = overviews.complete().webhooks;
  const none = { count: 0, isMore: false, oldestAt: null };

  it("calls a quiet hour quiet and not a fault", () => {
    expect(on(webhooks)).toBe("healthy");
    expect(on({ ...webhooks, received: none })).toBe("quiet");
    expect(on({ ...webhooks, lastReceivedAt: null, received: none })).toBe("none");
  });

  it("names a backlog only once it is old, and first what needs a person", () => {
    const waiting = (ms: number) => ({ count: 2, isMore: false, oldestAt: before(ms) });
    expect(on({ ...webhooks, waiting: waiting(10_000) })).toBe("healthy");
    expect(on({ ...webhooks, waiting: waiting(10_001) })).toBe("backlog");
    expect(on({ ...webhooks, waiting: waiting(10_001), parked: waiting(1) })).toBe("attention");
    const old = { ...webhooks, waiting: waiting(10_001) };
    expect(healthOf(old, { ...standstill, held: ["deliveries"] }, AT)).toBe("held");
    const dead = { ...standstill, workers: { isAlive: false, seenAt: before(60_000) } };
    expect(healthOf(old, dead, AT)).toBe("unworked");
  });
});
