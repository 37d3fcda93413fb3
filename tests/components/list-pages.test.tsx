// @vitest-environment jsdom
// The list pages of activity, errors, records and editions, and the pieces that they share: what they show, what they ask
// for when a person acts, and what they say when there is nothing.
import "./screen.ts";
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import type { ComponentProps, ReactNode } from "react";
import { RouterProvider, createMemoryRouter } from "react-router-dom";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ActivityPage } from "#app/components/activity-page.tsx";
import { EditionsPage } from "#app/components/editions/editions-page.tsx";
import { FaultsPage } from "#app/components/faults-page.tsx";
import { RecordsPage } from "#app/components/records-page.tsx";
import { RetryAllCard } from "#app/components/retry-all.tsx";
import { SavedViews, ViewForm } from "#app/components/saved-views.tsx";
import { SortChoices } from "#app/components/sort-button.tsx";
import { Trend } from "#app/components/trend.tsx";
import type { ErrorGroup } from "#app/status/error-groups.ts";
import type { EditionView } from "#app/status/editions.ts";
import type { Found } from "#app/status/record-search.ts";
import type { SavedView } from "#app/status/view-lists.ts";
import { AT, before, run } from "./overviews.ts";
import { plain, renderFor } from "./readers.tsx";

// App Bridge, which pieces hold and do not speak to here.
beforeEach(() => vi.stubGlobal("shopify", {}));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (node: ReactNode) =>
  renderFor(<RouterProvider router={createMemoryRouter([{ path: "/", element: node }])} />);

const never = () => {};

function activity(given: Partial<ComponentProps<typeof ActivityPage>> = {}) {
  return (
    <ActivityPage
      at={AT}
      isAway={false}
      page={{ runs: [run.verified({ id: "9" }), run.of({ id: "8" })], next: "n" }}
      filters={{ resource: null, kind: null, state: null, from: null, until: null, who: null }}
      sort="asked-desc"
      onSort={never}
      dropped={[]}
      resources={["orders", "products"]}
      isLater={false}
      saved={null}
      onFilter={never}
      onClear={never}
      pageUrl={(after) => `/app/activity?after=${after}`}
      {...given}
    />
  );
}

const group = (given: Partial<ErrorGroup> = {}): ErrorGroup => ({
  source: "records",
  subject: "orders",
  code: "WRONG_TYPE",
  state: "open",
  open: 12,
  all: 14,
  records: 11,
  firstAt: before(3 * 86_400_000),
  lastAt: before(60_000),
  days: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 8],
  detail: "x",
  markedBy: null,
  markedAt: null,
  ...given,
});

function faults(given: Partial<ComponentProps<typeof FaultsPage>> = {}) {
  return (
    <FaultsPage
      at={AT}
      isAway={false}
      list={{
        groups: [
          group(),
          group({ source: "deliveries", subject: "orders/create", code: "BAD_BODY", open: 1, records: 0 }),
          group({
            code: "A_NEW_CODE_WITHOUT_WORDS",
            state: "ignored",
            markedAt: before(1_000),
            markedBy: "user:42",
          }),
        ],
        isMore: false,
      }}
      filters={{ show: "due", source: null, subject: null }}
      sort="last-desc"
      onSort={never}
      dropped={[]}
      saved={null}
      acts={null}
      retryAll={<p>all again</p>}
      pageUrl={({ show: wanted }) => `/app/errors?show=${wanted}`}
      onFilter={never}
      {...given}
    />
  );
}

function records(given: Partial<ComponentProps<typeof RecordsPage>> = {}) {
  return (
    <RecordsPage
      at={AT}
      isAway={false}
      term={null}
      found={null}
      dropped={[]}
      saved={null}
      isSearching={false}
      onSearch={never}
      {...given}
    />
  );
}

const edition = (given: Partial<EditionView> = {}): EditionView => ({
  id: "3",
  ownerType: "PRODUCT",
  ownerId: "77",
  title: "Print, signed",
  text: "50 + 5 AP",
  size: 50,
  proofs: 5,
  problem: null,
  sold: 52,
  returned: 1,
  remaining: 0,
  oversold: 2,
  state: "oversold",
  lastSoldAt: before(120_000),
  ...given,
});

function editions(given: Partial<ComponentProps<typeof EditionsPage>> = {}) {
  return (
    <EditionsPage
      at={AT}
      isAway={false}
      page={{ editions: [edition()], next: null }}
      filters={{ state: null, find: null }}
      sort="added-desc"
      onSort={never}
      dropped={[]}
      lacking={{ waiting: [], off: [] }}
      metafield="custom.edition_size"
      isLater={false}
      saved={null}
      onFilter={never}
      onClear={never}
      pageUrl={() => "/app/editions"}
      acts={null}
      {...given}
    />
  );
}

const VIEWS: readonly SavedView[] = [
  { id: "1", name: "Failed orders", query: "resource=orders&state=failed", isShared: true },
  { id: "2", name: "Mine", query: "state=paused", isShared: false },
];
const views = (query: string, list = VIEWS) => (
  <SavedViews list="activity" path="/app/activity" query={query} views={list} />
);

describe("every list passes axe", () => {
  it.each([
    ["activity", activity()],
    ["activity without anything", activity({ page: { runs: [], next: null } })],
    ["activity away, with nonsense", activity({ isAway: true, dropped: ["state", "from"] })],
    ["errors", faults()],
    ["errors without any", faults({ list: { groups: [], isMore: false } })],
    ["records", records()],
    [
      "records found",
      records({ term: "x", found: { records: [], named: { resource: "orders", key: "5" } } }),
    ],
    ["editions", editions()],
    [
      "editions without any",
      editions({ page: { editions: [], next: null }, lacking: { waiting: ["orders"], off: [] } }),
    ],
    ["editions, sorted", editions({ sort: "sold-desc" })],
    [
      "what a list can be sorted by",
      <SortChoices
        key="sorts"
        choices={[
          { key: "last", label: "Last seen", kind: "time" },
          { key: "records", label: "Records", kind: "number", hint: "Open ones." },
        ]}
        sort="last-asc"
        onSort={never}
      />,
    ],
    ["saved views", views("state=paused")],
  ])("%s", async (_, page) => {
    const { container } = show(page);
    const { violations } = await axe.run(container, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});

describe("activity", () => {
  it("lists runs with their outcome, and asks for what a filter says", async () => {
    const onFilter = vi.fn();
    show(activity({ onFilter }));
    expect(screen.getByText(/2,148 copied and verified in/)).toBeTruthy();
    expect(screen.getByRole("progressbar", { name: "Progress of orders" })).toBeTruthy();
    expect(screen.getAllByText(/^Asked .* ago$/)).toHaveLength(2);
    await userEvent.selectOptions(screen.getByLabelText("State"), "failed");
    expect(onFilter.mock.calls).toEqual([["state", "failed"]]);
  });

  it("tells an empty history from filters that nothing matches", () => {
    show(activity({ page: { runs: [], next: null } }));
    expect(screen.queryByText("No run matches these filters.")).toBeNull();
    cleanup();
    const filters = {
      resource: null,
      kind: null,
      state: "failed",
      from: null,
      until: null,
      who: null,
    } as const;
    show(activity({ page: { runs: [], next: null }, filters }));
    expect(screen.getByText("No run matches these filters.")).toBeTruthy();
  });

  it("goes on only where there is more", () => {
    show(activity());
    expect(screen.getByRole("link", { name: "Next page" }).getAttribute("href")).toBe(
      "/app/activity?after=n",
    );
    cleanup();
    show(activity({ page: { runs: [run.verified()], next: null } }));
    expect(screen.queryByRole("link", { name: "Next page" })).toBeNull();
  });
});

describe("errors", () => {
  it("say what happened and what to do, never a code alone", () => {
    show(faults());
    expect(screen.getByText("A value was of another kind than Shopify promises.")).toBeTruthy();
    expect(screen.getAllByText(/^What to do: /)).toHaveLength(2);
    expect(document.body.textContent).not.toMatch(/WRONG_TYPE|BAD_BODY|undefined|\{\{/);
  });

  it("are counted by what was said of them and filtered by where they are", async () => {
    const onFilter = vi.fn();
    show(faults({ onFilter }));
    expect(screen.getByRole("link", { name: "To do (2)" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "Ignored (1)" })).toBeTruthy();
    await userEvent.selectOptions(screen.getByLabelText("Where"), "deliveries orders/create");
    expect(onFilter).toHaveBeenCalledWith({ show: "due", source: "deliveries", subject: "orders/create" });
    cleanup();
    show(faults({ filters: { show: "due", source: "records", subject: "orders" } }));
    expect(screen.getByRole("link", { name: "To do (1)" })).toBeTruthy();
    expect(screen.queryByText("A webhook had a form that its topic does not promise.")).toBeNull();
  });

  it("offer to try again only where something is open", () => {
    show(faults());
    expect(screen.getByText("all again")).toBeTruthy();
    cleanup();
    show(faults({ list: { groups: [group({ state: "resolved", open: 0 })], isMore: false } }));
    expect(screen.queryByText("all again")).toBeNull();
  });

  it("draw their days, and say them to those who do not see them", () => {
    show(faults());
    const trend = screen.getAllByRole("img", { name: /^Last 14 days: / })[0]!;
    expect(trend.getAttribute("aria-label")).toBe("Last 14 days: 4 on Nov 21, 2026 and 8 on Nov 23, 2026");
    cleanup();
    show(<Trend days={[0, 0, 0]} />);
    expect(screen.getByRole("img", { name: "None in the last 3 days" })).toBeTruthy();
  });
});

describe("trying all again", () => {
  const plan = { causes: 3, records: 1_200, deliveries: 1, resources: ["locations"] };
  const card = (given: Partial<ComponentProps<typeof RetryAllCard>> = {}) => (
    <RetryAllCard plan={plan} isBusy={false} onAsk={never} onConfirm={never} onCancel={never} {...given} />
  );

  it("is asked for first", async () => {
    const [onAsk, onConfirm] = [vi.fn(), vi.fn()];
    show(card({ plan: null, onAsk, onConfirm }));
    await userEvent.click(screen.getByRole("button"));
    expect([onAsk.mock.calls.length, onConfirm.mock.calls.length]).toEqual([1, 0]);
  });

  it("says what it does before it is done", async () => {
    const onConfirm = vi.fn();
    show(card({ onConfirm }));
    expect(screen.getByText("1,200 records are read from Shopify again.")).toBeTruthy();
    expect(screen.getByText("1 stored webhook is worked off again.")).toBeTruthy();
    expect(screen.getByText(/^All locations are read/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Try all again" }));
    expect(onConfirm).toHaveBeenCalledOnce();
  });

  it("cannot be confirmed where it would do nothing", () => {
    show(card({ plan: { causes: 0, records: 0, deliveries: 0, resources: [] } }));
    expect(screen.queryByRole("button", { name: "Try all again" })).toBeNull();
    expect(screen.getByRole("button", { name: "Cancel" })).toBeTruthy();
  });
});

describe("records", () => {
  it("are looked for by what was typed, without spaces around it", async () => {
    const onSearch = vi.fn();
    show(records({ onSearch }));
    await userEvent.type(screen.getByLabelText("Find a record"), "  #1001 {Enter}");
    expect(onSearch).toHaveBeenCalledWith("#1001");
  });

  it("that are not here can be looked at in Shopify when the term names one", () => {
    show(records({ term: "gid://x", found: { records: [], named: { resource: "orders", key: "5" } } }));
    expect(screen.getByRole("link", { name: "Look at orders 5 in Shopify" }).getAttribute("href")).toBe(
      "/app/records/orders/5",
    );
  });

  it("lead to their pages, a variant to its product's", () => {
    const found: Found = {
      named: null,
      records: [
        {
          ...{ kind: "product_variants", resource: "products", key: "7", id: "70", title: "Mug - blue" },
          ...{ sku: "M-B", updatedAt: before(120_000) },
        },
      ],
    };
    show(records({ term: "M-B", found }));
    expect(screen.getByRole("link", { name: "Mug - blue" }).getAttribute("href")).toBe(
      "/app/records/products/7",
    );
    expect(plain(screen.getByText(/^Variant/).textContent ?? "")).toBe(
      "Variant · 70 · SKU M-B · Changed 2 min ago",
    );
  });
});

describe("editions", () => {
  it("show their numbers, and say by how many they are oversold", () => {
    show(editions());
    const row = screen.getByRole("row", { name: /^Print, signed/ });
    expect(within(row).getByText("50")).toBeTruthy();
    expect(within(row).getByText("Oversold")).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/sold_out|PRODUCT|undefined|\{\{/);
  });

  it("say of a size that goes on that its change is not understood", () => {
    const misread = edition({ text: "a dozen", proofs: 0, problem: "NOT_A_SIZE", state: "selling" });
    show(editions({ page: { editions: [misread], next: null } }));
    expect(screen.getAllByRole("cell")[0]?.textContent).toBe("Size50its change is not understood");
  });

  it("without any say which metafield makes one, and what the numbers still wait for", () => {
    show(editions({ page: { editions: [], next: null }, lacking: { waiting: ["orders"], off: [] } }));
    expect(screen.getByText(/custom\.edition_size/)).toBeTruthy();
    expect(screen.getByRole("heading", { name: /orders/ })).toBeTruthy();
  });

  it("say what is switched off, and wait for nothing of it", () => {
    show(editions({ lacking: { waiting: [], off: ["product_metafields"] } }));
    expect(screen.getByRole("heading", { name: /^Switched off in the settings: .*metafields/ })).toBeTruthy();
    expect(screen.getByText(/New sizes and new editions are not seen/)).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/as soon as/);
  });
});

describe("what a list is sorted by", () => {
  const choices = [
    { key: "title", label: "Title", kind: "text" },
    { key: "sold", label: "Sold", kind: "number", hint: "As of now." },
  ] as const;
  const chooser = (given: Partial<ComponentProps<typeof SortChoices<"title" | "sold">>> = {}) => (
    <SortChoices choices={choices} sort="sold-desc" onSort={never} {...given} />
  );

  it("is said by its button, and by its heading for those who do not see the arrow", () => {
    show(editions({ sort: "remaining-asc" }));
    expect(screen.getByRole("button", { name: "Sort: Remaining · Lowest first" })).toBeTruthy();
    const sorted = screen.getAllByRole("columnheader").map((each) => each.getAttribute("aria-sort"));
    expect(sorted).toEqual([null, null, null, "ascending", null, null]);
    cleanup();
    // Newest first is no column.
    show(editions());
    expect(screen.getByRole("button", { name: "Sort: Added · Newest first" })).toBeTruthy();
    expect(document.querySelector("[aria-sort]")).toBeNull();
    cleanup();
    show(activity({ sort: "asked-asc" }));
    expect(screen.getByRole("button", { name: "Sort: Asked · Oldest first" })).toBeTruthy();
  });

  it("is changed by its heading: what is looked for most comes first, a second press turns it round", async () => {
    const onSort = vi.fn();
    show(editions({ onSort, sort: "sold-desc" }));
    for (const name of ["Edition", "Size", "Sold"])
      await userEvent.click(screen.getByRole("button", { name }));
    expect(onSort.mock.calls).toEqual([["title-asc"], ["size-desc"], ["sold-asc"]]);
  });

  it("is chosen with the way kept, and the way with it kept", async () => {
    const onSort = vi.fn();
    show(chooser({ onSort }));
    expect(screen.getByLabelText<HTMLInputElement>("Sold").checked).toBe(true);
    const ways = within(screen.getByRole("group", { name: "Order" })).getAllByRole("button");
    expect(ways.map((each) => [each.textContent, each.getAttribute("aria-pressed")])).toEqual([
      ["Lowest first", "false"],
      ["Highest first", "true"],
    ]);
    await userEvent.click(screen.getByLabelText("Title"));
    await userEvent.click(screen.getByRole("button", { name: "Lowest first" }));
    expect(onSort.mock.calls).toEqual([["title-desc"], ["sold-asc"]]);
  });

  it("needs no choice where there is one thing only", () => {
    show(chooser({ choices: [{ key: "title", label: "Title", kind: "text" }], sort: "title-asc" }));
    expect(screen.queryByRole("radio")).toBeNull();
    expect(screen.getByRole("button", { name: "Z to A" })).toBeTruthy();
  });
});

describe("saved views", () => {
  it("are links with their filters; the shown one is the current page, however its filters are ordered", () => {
    show(views("state=failed&resource=orders&after=2026-01-01T00:00:00Z_1"));
    const tabs = within(screen.getByRole("navigation", { name: "Saved views" })).getAllByRole("link");
    expect(tabs.map((tab) => tab.getAttribute("href"))).toEqual([
      "/app/activity",
      "/app/activity?resource=orders&state=failed",
      "/app/activity?state=paused",
    ]);
    expect(tabs.map((tab) => tab.getAttribute("aria-current"))).toEqual([null, "page", null]);
    expect(screen.getByRole("button", { name: "Edit view" })).toBeTruthy();
  });

  it("have nothing to save where nothing is filtered", () => {
    show(views(""));
    expect(screen.queryByRole("button")).toBeNull();
  });

  // The form opens in a layer that needs a screen; the browser's tests walk it there.
  const form = (given: Partial<ComponentProps<typeof ViewForm>> = {}) => (
    <ViewForm view={null} error={null} isBusy={false} onKeep={never} onDelete={null} {...given} />
  );

  it("are saved under a name, for everybody or for oneself", async () => {
    const onKeep = vi.fn();
    show(form({ onKeep }));
    const save = screen.getByRole<HTMLButtonElement>("button", { name: "Save" });
    expect(save.getAttribute("aria-disabled") ?? String(save.disabled)).toBe("true");
    await userEvent.type(screen.getByLabelText("Name"), "By hand");
    await userEvent.click(screen.getByLabelText("Share with everybody in this store"));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(onKeep.mock.calls).toEqual([["By hand", false]]);
    expect(screen.queryByRole("button", { name: "Delete view" })).toBeNull();
  });

  it("are changed with what they had, and deleted", async () => {
    const [onKeep, onDelete] = [vi.fn(), vi.fn()];
    show(form({ view: VIEWS[1]!, onKeep, onDelete }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(onKeep.mock.calls).toEqual([["Mine", false]]);
    await userEvent.click(screen.getByRole("button", { name: "Delete view" }));
    expect(onDelete).toHaveBeenCalledOnce();
  });

  it("say why a name was not taken", () => {
    show(form({ error: "Another view of this list has this name." }));
    expect(screen.getByRole("alert").textContent).toContain("Another view of this list has this name.");
  });
});
