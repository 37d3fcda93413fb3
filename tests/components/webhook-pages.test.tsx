// @vitest-environment jsdom
// The pages of webhooks as they are read: by eye, by screen reader, and by axe.
import "./screen.ts";
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import axe from "axe-core";
import { MemoryRouter } from "react-router-dom";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Changes } from "#app/components/webhooks/changes-panel.tsx";
import { CoveragePage } from "#app/components/webhooks/coverage-page.tsx";
import { DeliveriesPage } from "#app/components/webhooks/deliveries-page.tsx";
import { DeliveryPage } from "#app/components/webhooks/delivery-page.tsx";
import { ReplayDialog } from "#app/components/webhooks/replay-dialog.tsx";
import { TestCard, type TestView } from "#app/components/webhooks/test-card.tsx";
import { Clock } from "#app/components/reader.tsx";
import { actWords, reasonWords } from "#app/components/webhooks/words.ts";
import { resources } from "#app/resources/index.ts";
import type { ActView } from "#app/status/acts.ts";
import type { DeliveryLine } from "#app/status/deliveries.ts";
import type { DeliveryDetail } from "#app/status/delivery-detail.ts";
import type { Reason, TopicView, WebhookStatus } from "#app/status/webhooks.ts";
import { en } from "#app/texts/en.ts";
import { AT, before } from "./overviews.ts";
import { plain, reading, renderFor } from "./readers.tsx";

afterEach(cleanup);

const HOUR_MS = 3_600_000;

const topic = (given: Partial<TopicView> = {}): TopicView => ({
  topic: "orders/create",
  code: "arriving",
  needed: true,
  declared: true,
  subscriptions: [],
  lastReceivedAt: before(12_000),
  lastHour: 31,
  lastDay: 412,
  expectedHour: 28.4,
  expectedDay: 430,
  parked: 0,
  failedDay: 0,
  twins: 0,
  delayMs: { p50: 400, p95: 2_100 },
  faults: [],
  silence: null,
  ...given,
});

const silence = { resource: "orders", from: before(2 * HOUR_MS), to: null, missed: 7, runId: "9" };

const status = (given: Partial<WebhookStatus> = {}): WebhookStatus => ({
  at: AT,
  health: "healthy",
  reasons: [],
  past: [],
  topics: [topic()],
  ...given,
});

const troubled = status({
  health: "broken",
  reasons: [
    { code: "silent", topics: ["orders/updated"] },
    { code: "parked", topics: ["products/update"], count: 3 },
  ],
  topics: [
    topic(),
    topic({ topic: "orders/updated", code: "silent", silence, lastHour: 0 }),
    topic({ topic: "products/update", code: "parked", parked: 3, failedDay: 9 }),
    topic({ topic: "shop/redact", code: "never", lastReceivedAt: null, delayMs: null, expectedDay: 0 }),
    topic({
      topic: "products/create",
      code: "missing",
      declared: false,
      faults: [{ code: "missing", found: null, isRepairable: true }],
    }),
  ],
});

const act = (given: Partial<ActView>): ActView => ({
  id: "1",
  at: before(60_000),
  actor: "watch",
  act: "replayed",
  count: 1,
  detail: {},
  ...given,
});

const line = (given: Partial<DeliveryLine> = {}): DeliveryLine => ({
  id: "812",
  topic: "orders/create",
  state: "applied",
  reason: null,
  receivedAt: before(5_000),
  triggeredAt: before(6_000),
  settledAt: before(4_800),
  attempts: 1,
  replays: 0,
  repeats: 0,
  resource: "orders",
  recordKey: "1001",
  webhookId: "w-1",
  eventId: "e-1",
  ...given,
});

const detail = (given: Partial<DeliveryDetail> = {}): DeliveryDetail => ({
  ...line(),
  shopDomain: "x.myshopify.com",
  apiVersion: "2026-10",
  detail: null,
  nextAttemptAt: null,
  bytes: 2_048,
  events: [{ at: before(4_800), act: "applied", reason: null, detail: null, by: null }],
  body: { kind: "json", text: '{\n  "email": "•••"\n}', covered: 1, isCut: false },
  changes: { kind: "first" },
  isSource: true,
  related: [{ ...line({ id: "813" }), isSameEvent: true }],
  ...given,
});

const coverage = (shown: WebhookStatus, acts: readonly ActView[] = []) => (
  <MemoryRouter>
    <CoveragePage
      status={shown}
      acts={acts}
      isAway={false}
      test={<TestCard run={() => {}} isRunning={false} result={null} />}
    />
  </MemoryRouter>
);

const log = (deliveries: readonly DeliveryLine[], given: object = {}) => (
  <MemoryRouter>
    <DeliveriesPage
      at={AT}
      isAway={false}
      page={{ deliveries, next: null }}
      filters={{
        topic: null,
        state: null,
        reason: null,
        resource: null,
        record: null,
        from: null,
        until: null,
      }}
      sort="received-desc"
      onSort={() => {}}
      choices={{
        topics: ["orders/create"],
        reasons: ["BAD_BODY"],
        states: ["parked"],
        resources: ["orders"],
      }}
      dropped={[]}
      isLater={false}
      onFilter={() => {}}
      onClear={() => {}}
      pageUrl={() => "/"}
      saved={null}
      acts={null}
      {...given}
    />
  </MemoryRouter>
);

const replaying = {
  ask: () => {},
  isAsking: false,
  dialog: { counts: null, isReplaying: false, confirm: () => {}, close: () => {} },
};
const one = (delivery: DeliveryDetail, given: object = {}) => (
  <DeliveryPage
    at={AT}
    isAway={false}
    delivery={delivery}
    replaying={replaying}
    revealed={null}
    reveal={() => {}}
    isRevealing={false}
    person={{ start: () => {}, isRunning: false }}
    {...given}
  />
);

describe("every page passes axe", () => {
  it.each([
    ["the matrix, all well", coverage(status())],
    ["the matrix in trouble", coverage(troubled, [act({ count: 3 })])],
    ["the log", log([line(), line({ id: "813", state: "parked", reason: "BAD_BODY" })])],
    ["an empty log", log([], { dropped: ["state"], isLater: true })],
    ["a delivery", one(detail())],
    ["a delivery without a body", one(detail({ body: { kind: "erased" }, related: [] }))],
  ])("%s", async (_name, page) => {
    const { container } = renderFor(page);
    const { violations } = await axe.run(container, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});

describe("the matrix", () => {
  it("says the verdict with its reasons, and leads to what was set aside", () => {
    renderFor(coverage(troubled));
    expect(screen.getByRole("heading", { name: "Changes are being missed" })).toBeTruthy();
    expect(screen.getByText(/^3 deliveries were set aside/)).toBeTruthy();
    const link = screen.getByRole("link", { name: "See what was set aside" });
    expect(link.getAttribute("href")).toBe("/app/webhooks/deliveries?state=parked");
  });

  it("puts first what needs a look, and shows from when a topic is silent", () => {
    renderFor(coverage(troubled));
    const rows = screen.getAllByRole("rowheader").map((each) => each.textContent ?? "");
    expect(rows.map((text) => text.split(/[A-Z]/)[0])).toEqual([
      "products/create",
      "orders/updated",
      "products/update",
      "orders/create",
      "shop/redact",
    ]);
    expect(rows[1]).toContain("Shopify changed orders without announcing it since 7:02 AM.");
    expect(rows[0]).toContain("It is being created through the API.");
  });

  it("sets what came beside what is usual, and says how late it was", () => {
    renderFor(coverage(status()));
    const row = screen.getByRole("row", { name: /orders\/create/ });
    const text = plain(row.textContent ?? "");
    for (const part of [
      "31",
      "usually 28",
      "412",
      "usually 430",
      "0.4 s median",
      "2.1 s for 95%",
      "12 s ago",
    ])
      expect(text).toContain(part);
  });

  it("has a sentence for every act and every reason", () => {
    const codes = Object.keys(en.hooks.reason).map((code) => code.replace(/_(one|other)$/, ""));
    for (const code of new Set(codes)) {
      const words = reasonWords(
        { code: code as Reason["code"], topics: ["a/b"], count: 2, ms: 90_000 },
        reading(),
      );
      expect(words).toMatch(/^[A-Z0-9].{20,}[.]$/);
      expect(words).not.toContain("{{");
    }
    for (const code of [
      "replayed",
      "subscription_updated",
      "repair_refused",
      "silence_found",
      "revealed",
      "rules_changed",
      "new_one",
    ]) {
      const words = actWords(
        act({ act: code, actor: "user:1", detail: { topic: "a/b", resource: "orders" } }),
        reading(),
      );
      expect(words).not.toContain("{{");
      expect(words).toContain("by staff member 1");
      if (code !== "new_one") expect(words).not.toContain("_");
    }
  });

  it("claims a proof by Shopify's counts only of what Shopify counts", () => {
    const counted = resources.filter(({ count, cursor }) => count && cursor).map(({ name }) => name);
    const proof = /Of (.+) Shopify also counts/.exec(en.hooks.matrix.api.proof)?.[1] ?? "";
    expect(proof.split(/, | and /).sort()).toEqual(counted.sort());
  });
});

describe("the log", () => {
  it("says of each delivery what became of it, and leads to it", () => {
    renderFor(log([line({ state: "parked", reason: "BAD_BODY" })]));
    const row = screen.getByRole("row", { name: /^orders\/create/ });
    expect(within(row).getByText("Set aside")).toBeTruthy();
    expect(row.textContent).toContain("A webhook had a form that its topic does not promise.");
    expect(within(row).getByRole("link").getAttribute("href")).toBe("/app/webhooks/deliveries/812");
  });

  it("filters by what is chosen, and takes a filter away", () => {
    const onFilter = vi.fn();
    renderFor(log([line()], { onFilter }));
    fireEvent.change(screen.getByLabelText("Topic"), { target: { value: "orders/create" } });
    fireEvent.change(screen.getByLabelText("Topic"), { target: { value: "" } });
    expect(onFilter.mock.calls).toEqual([
      ["topic", "orders/create"],
      ["topic", null],
    ]);
  });

  it("names the parts of the address that were not understood", () => {
    renderFor(log([], { dropped: ["state", "from"] }));
    expect(screen.getByText(/state and from/)).toBeTruthy();
  });

  it("folds its filters away at phone width behind a button that counts those in use, as every list does", () => {
    const filters = { topic: "orders/create", state: "parked", reason: null, resource: null, record: null };
    renderFor(log([line()], { filters: { ...filters, from: null, until: null } }));
    const button = screen.getByRole("button", { name: "Filters (2 in use)" });
    const folded = document.getElementById(button.getAttribute("aria-controls")!)!;
    expect(folded.className).toBe("cf-fold__shut");
    fireEvent.click(button);
    expect(folded.className).toBe("");
  });
});

describe("a delivery", () => {
  it("keeps personal data covered until it is asked for", () => {
    const reveal = vi.fn();
    renderFor(one(detail(), { reveal }));
    expect(screen.getByText(/1 personal value is covered/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Show personal data" }));
    expect(reveal).toHaveBeenCalledOnce();
    cleanup();
    const whole = { kind: "json", text: '{ "email": "jon@example.com" }', covered: 0, isCut: false } as const;
    renderFor(one(detail(), { revealed: whole }));
    expect(screen.getByText(/jon@example.com/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Show personal data" })).toBeNull();
  });

  it("tells every attempt as a sentence", () => {
    const events = [
      { at: before(3_000), act: "received", reason: "DATABASE_BUSY", detail: "deadlock", by: null },
      { at: before(2_000), act: "parked", reason: "BAD_BODY", detail: "title is null", by: null },
      { at: before(1_000), act: "replayed", reason: null, detail: null, by: "user:42" },
    ];
    renderFor(one(detail({ state: "received", events, nextAttemptAt: AT, isSource: false })));
    const list = screen.getAllByRole("list")[0]!;
    const said = within(list)
      .getAllByRole("listitem")
      .map((each) => each.textContent ?? "");
    expect(said[0]).toContain("The attempt failed; it was put off for another one. The database was busy.");
    expect(said[1]).toContain("Set aside for a person.");
    expect(said[1]).toContain("BAD_BODY: title is null");
    expect(said[2]).toContain("A replay was asked for by staff member 42.");
    expect(said[3]).toBe("It is worked through next.");
  });

  it("leads to its record, and marks what was the same change", () => {
    renderFor(one(detail()));
    expect(screen.getByRole("link", { name: "Orders 1001" }).getAttribute("href")).toBe(
      "/app/records/orders/1001",
    );
    expect(screen.getByText("Same change in Shopify")).toBeTruthy();
  });
});

describe("a replay", () => {
  it("says first what it would do, and cannot be confirmed for nothing", () => {
    const confirm = vi.fn();
    const counts = { count: 1_204, isMore: false, withoutBody: 2, waiting: 0 };
    renderFor(<ReplayDialog counts={counts} isReplaying={false} confirm={confirm} close={() => {}} />);
    expect(screen.getByText("1,204 deliveries will be worked through again.")).toBeTruthy();
    expect(screen.getByText(/^2 cannot be/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Replay" }));
    expect(confirm).toHaveBeenCalledOnce();
    cleanup();
    const none = { count: 0, isMore: false, withoutBody: 0, waiting: 0 };
    renderFor(<ReplayDialog counts={none} isReplaying={false} confirm={confirm} close={() => {}} />);
    expect(screen.getByRole("button", { name: "Replay" }).getAttribute("aria-disabled")).toBe("true");
  });
});

describe("topics that have not come yet", () => {
  const never = Array.from({ length: 9 }, (_, n) =>
    topic({ topic: `returns/kind_${n}`, code: "never", lastReceivedAt: null, lastHour: 0, lastDay: 0 }),
  );

  it("are folded away when they are many, and shown when they are asked for", () => {
    renderFor(coverage(status({ topics: [topic(), ...never] })));
    expect(screen.queryByText("returns/kind_3")).toBeNull();
    screen.getByText("orders/create");
    fireEvent.click(screen.getByRole("button", { name: "Show 9 topics that have not come yet" }));
    screen.getByText("returns/kind_3");
    fireEvent.click(screen.getByRole("button", { name: "Hide the topics that have not come yet" }));
    expect(screen.queryByText("returns/kind_3")).toBeNull();
  });

  it("are all shown when they are few", () => {
    renderFor(coverage(status({ topics: never.slice(0, 8) })));
    expect(screen.getAllByText(/returns\/kind_/)).toHaveLength(8);
  });
});

describe("alerts", () => {
  it("say since when they stand, and what is over", () => {
    const reasons = [
      { code: "parked", topics: ["orders/create"], count: 2, since: before(2 * HOUR_MS) } as const,
    ];
    const past = [
      {
        ...{ id: "1", code: "silent", topics: ["orders/updated"], count: 0 },
        ...{ since: before(9 * HOUR_MS), endedAt: before(8 * HOUR_MS) },
      },
    ];
    renderFor(coverage(status({ health: "attention", reasons, past })));
    screen.getByText("Since");
    screen.getByText("Shopify did not announce changes: orders/updated.");
  });
});

describe("what a delivery changed", () => {
  const shown = (changes: DeliveryDetail["changes"]) =>
    renderFor(<MemoryRouter>{<Changes changes={changes} />}</MemoryRouter>);

  it("is told field by field, and of parts by number", () => {
    shown({
      kind: "compared",
      with: "811",
      fields: [{ field: "financialStatus", before: "PENDING", after: null, isCovered: false }],
      parts: [{ model: "OrderLineItem", added: 1, removed: 0, changed: 2 }],
      isCut: false,
    });
    const row = screen.getByRole("row", { name: /Financial status/ });
    expect(row.textContent).toMatch(/PENDING.*Empty/);
    screen.getByText("Order line item: 1 added and 2 changed");
    expect(screen.getByRole("link", { name: "delivery 811" }).getAttribute("href")).toContain("811");
  });

  it.each(["nothing", "waiting", "shop", "deleted", "looked", "first", "unknown"] as const)(
    "%s is said in words",
    (kind) => {
      shown({ kind });
      expect(screen.getByText(en.hooks.changes[kind])).toBeTruthy();
    },
  );
});

describe("the test", () => {
  it("shows each hop in milliseconds and each check in a sentence", () => {
    const result: TestView = {
      passed: false,
      hops: [{ name: "answered", ms: 12 }],
      roundTrip: {
        way: "bulk_operation",
        topic: "bulk_operations/finish",
        result: "ok",
        hops: [
          { name: "changed", ms: 180 },
          { name: "triggered", ms: 900 },
        ],
      },
      checks: [
        { name: "scopes", result: "failed", detail: "read_orders", at: null },
        {
          name: "api_version",
          result: "ok",
          detail: "2026-10",
          at: new Date("2027-10-01T00:00:00Z"),
        },
        { name: "secrets", result: "ok", detail: "ROTATING", at: AT },
      ],
    };
    renderFor(
      <Clock at={AT}>
        <TestCard run={() => {}} isRunning={false} result={result} />
      </Clock>,
    );
    const said = plain(screen.getByRole("status").textContent ?? "");
    for (const part of [
      "Something on the way",
      "Answered",
      "12 ms",
      "Failed",
      "The store has not granted every scope",
      "read_orders",
      "A bulk operation that finds nothing was started, and Shopify's own delivery of it came in",
      "Shopify accepted the change",
      "180 ms",
      "Shopify triggered the webhook",
      "Supported at least until",
      "SHOPIFY_API_SECRET_PREVIOUS",
    ])
      expect(said).toContain(part);
    expect(said).not.toMatch(/ROTATING|bulk_operations/);
  });
});
