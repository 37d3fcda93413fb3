// @vitest-environment jsdom
// The Overview's cards that say more than figures: what needs a person, access, the API budget, the first-run guide.
import "./screen.ts";
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AccessCard } from "#app/components/access-card.tsx";
import { BudgetCard, availableAt } from "#app/components/budget-card.tsx";
import { GuideCard } from "#app/components/guide-card.tsx";
import { NeedsCard } from "#app/components/needs-card.tsx";
import type { Access } from "#app/status/access.ts";
import type { BudgetView } from "#app/status/api-budget.ts";
import type { Guide } from "#app/status/guide.ts";
import type { Need } from "#app/status/needs.ts";
import { AT, before, overviews } from "./overviews.ts";
import { renderFor } from "./readers.tsx";

afterEach(cleanup);

const whole = overviews.complete();
const budgetOf = (given: Partial<BudgetView> = {}): BudgetView => ({ ...whole.budget!, ...given });

const NEEDS: readonly Need[] = [
  { code: "scopes", resources: ["inventory_items", "inventory_levels"] },
  { code: "unworked" },
  { code: "token" },
  { code: "version", until: new Date("2027-10-01T00:00:00Z") },
  { code: "held", count: 1 },
  { code: "unanswered", since: before(360_000) },
  { code: "parked", count: 10_000, isMore: true },
  { code: "errors", count: 1, isMore: false },
  { code: "requested", count: 1, dueAt: before(-28 * 86_400_000) },
  { code: "silent", resources: ["products"], since: before(3_600_000) },
  { code: "holes", count: 2, resources: ["orders"] },
  { code: "oversold", count: 1 },
  { code: "unreadable", count: 3 },
  { code: "paused", count: 1 },
];

const LACKING: Access = {
  scopes: [
    { resource: "orders", needed: ["read_orders"], missing: [], isOff: false, withheld: [] },
    {
      resource: "inventory_levels",
      needed: ["read_inventory", "read_locations"],
      missing: ["read_inventory"],
      ...{ isOff: false, withheld: [] },
    },
    {
      ...{ resource: "products", needed: ["read_products"], missing: [], isOff: false },
      withheld: [{ part: "publications", scope: "read_publications" }],
    },
    { resource: "customers", needed: ["read_customers"], missing: [], isOff: true, withheld: [] },
  ],
  personal: { state: "warning" },
  history: { isWhole: false, oldestAt: before(59 * 86_400_000), isOff: false },
  token: { state: "critical", until: null },
  version: { state: "critical", name: "2025-10", supportedUntil: new Date("2026-10-01T00:00:00Z") },
};

const STARTED: Guide = {
  isDone: false,
  steps: [
    { code: "access", state: "problem", missing: ["read_inventory"] },
    { code: "copy", state: "running", done: 3, of: 12 },
    { code: "webhooks", state: "todo" },
    { code: "verify", state: "running", done: 2, of: 12 },
  ],
};
const ENDED: Guide = {
  isDone: true,
  steps: [
    { code: "access", state: "done", missing: [] },
    { code: "copy", state: "done", done: 12, of: 12 },
    { code: "webhooks", state: "done" },
    { code: "verify", state: "done", done: 12, of: 12 },
  ],
};

describe("every card passes axe", () => {
  it.each([
    ["needs", <NeedsCard key="a" needs={NEEDS} />],
    ["no needs", <NeedsCard key="b" needs={[]} />],
    ["access", <AccessCard key="c" access={whole.access} />],
    ["access that lacks", <AccessCard key="d" access={LACKING} />],
    ["the budget", <BudgetCard key="e" budget={budgetOf()} />],
    ["an unknown budget", <BudgetCard key="f" budget={null} />],
    ["the guide", <GuideCard key="g" guide={STARTED} onClose={() => {}} isClosing={false} />],
    ["the ended guide", <GuideCard key="h" guide={ENDED} onClose={() => {}} isClosing={false} />],
  ])("%s", async (_, card) => {
    const { container } = renderFor(card);
    const { violations } = await axe.run(container, {
      rules: {
        "color-contrast": { enabled: false },
        region: { enabled: false },
        "heading-order": { enabled: false },
      },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});

describe("what needs a person", () => {
  it("is said in words, each with the way to where it is mended", () => {
    renderFor(<NeedsCard needs={NEEDS} />);
    const links = screen.getAllByRole("link").map((link) => link.getAttribute("href"));
    expect(links).toEqual([
      "/app#access",
      "/app/queue",
      "/app#access",
      "/app#access",
      "/app/queue",
      "/app/queue",
      "/app/webhooks/deliveries?state=parked",
      "/app/errors",
      "/app/errors/group?source=records&subject=customers&code=CUSTOMER_DATA_REQUEST",
      "/app/webhooks",
      "/app/activity?state=incomplete",
      "/app/editions?state=oversold",
      "/app/editions?state=unreadable",
      "/app/activity?state=paused",
    ]);
    expect(
      screen.getByText(/^The store has not granted what inventory items and inventory levels need/),
    ).toBeTruthy();
    expect(screen.getByText(/^10,000 or more webhooks could not be understood/)).toBeTruthy();
    expect(screen.getByText("1 open error that nobody has acknowledged.")).toBeTruthy();
    expect(screen.getByText(/until Sep 30, 2027 only/)).toBeTruthy();
    expect(screen.getByText("1 customer data request waits, due Dec 21, 2026.")).toBeTruthy();
    expect(screen.getByText(/^Shopify's API has given no count since \d/)).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/[a-z]+_[a-z]+|undefined|NaN|\{\{/);
  });

  it("says of a day that has passed that it has", () => {
    renderFor(<NeedsCard needs={[{ code: "requested", count: 3, dueAt: before(86_400_000) }]} />);
    expect(screen.getByText("3 customer data requests wait; the first was due Nov 22, 2026.")).toBeTruthy();
  });

  it("is nothing, and says so", () => {
    renderFor(<NeedsCard needs={[]} />);
    expect(screen.getByText("Nothing needs you today.")).toBeTruthy();
    expect(screen.queryByRole("link")).toBeNull();
  });
});

describe("access", () => {
  it("in order says so of each check and gives nothing to do", () => {
    renderFor(<AccessCard access={whole.access} />);
    expect(screen.getAllByText("In order")).toHaveLength(5);
    expect(screen.queryByText(/What to do/)).toBeNull();
    expect(screen.getByText(/The oldest order here is of Mar 2, 2019/)).toBeTruthy();
  });

  it("that lacks something names it, each with its fix", () => {
    renderFor(<AccessCard access={LACKING} />);
    expect(screen.getByText("Inventory levels also need read_inventory.")).toBeTruthy();
    expect(screen.getAllByText(/^What to do: /)).toHaveLength(5);
    expect(
      screen.getByText("Products come without “Where they are published”: that needs read_publications."),
    ).toBeTruthy();
    expect(screen.getByText("There is none that works.")).toBeTruthy();
    expect(screen.getByText(/Shopify shows only orders of the last 60 days/)).toBeTruthy();
  });
});

describe("access of what is switched off", () => {
  it("is asked for by nobody, and said to be off", () => {
    const { scopes, ...others } = whole.access;
    const off: Access = {
      ...others,
      scopes: scopes.map((check) => (check.resource === "products" ? { ...check, isOff: true } : check)),
      personal: { state: "off" },
      history: { isWhole: false, oldestAt: null, isOff: true },
    };
    renderFor(<AccessCard access={off} />);
    expect(screen.getByText("Products are switched off in your settings and need none.")).toBeTruthy();
    expect(screen.getByText(/leave out personal data/)).toBeTruthy();
    expect(screen.getByText("Orders are switched off in your settings.")).toBeTruthy();
    expect(screen.queryByText(/What to do/)).toBeNull();
  });
});

describe("the API budget", () => {
  it("is a meter with its figures in words", () => {
    renderFor(<BudgetCard budget={budgetOf()} />);
    const meter = screen.getByRole("meter", { name: "Points that Shopify would accept now" });
    expect(meter.getAttribute("aria-valuenow")).toBe("1480");
    expect(meter.getAttribute("aria-valuetext")).toBe("1,480 of 2,000 points");
    expect(screen.getAllByRole("listitem")).toHaveLength(5);
    expect(screen.queryByText("Waits")).toBeNull();
  });

  it("marks the lane that waits", () => {
    renderFor(<BudgetCard budget={budgetOf({ waiting: "backfill" })} />);
    const lane = screen.getByText("Full syncs").closest("li")!;
    expect(within(lane).getByText("Waits")).toBeTruthy();
  });

  it("fills between two loads, never beyond what is not in flight", () => {
    const after = (ms: number) => new Date(AT.getTime() + ms);
    expect(availableAt(budgetOf(), after(0))).toBe(1_480);
    expect(availableAt(budgetOf(), after(2_000))).toBe(1_680);
    expect(availableAt(budgetOf(), after(60_000))).toBe(1_880);
    expect(availableAt(budgetOf(), after(-5_000))).toBe(1_480);
  });
});

describe("the guide", () => {
  it("says of each step how it stands, and where to go on", () => {
    renderFor(<GuideCard guide={STARTED} onClose={() => {}} isClosing={false} />);
    expect(screen.getByText(/0 of 4 done/)).toBeTruthy();
    expect(screen.getByText(/3 of 12 resources are here. It runs in the background/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "Test the webhooks" }).getAttribute("href")).toBe(
      "/app/webhooks",
    );
    expect(screen.getByRole("link", { name: /^Missing: read_inventory/ })).toBeTruthy();
    expect(screen.getByRole("button", { name: "Hide this guide" })).toBeTruthy();
  });

  it("that is done says that the first sync is verified, and goes when a person is done with it", async () => {
    const onClose = vi.fn();
    renderFor(<GuideCard guide={ENDED} onClose={onClose} isClosing={false} />);
    expect(screen.getByRole("heading", { name: "Your first sync is verified" })).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});
