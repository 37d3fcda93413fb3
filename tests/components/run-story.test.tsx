// @vitest-environment jsdom
// The pieces that tell of a run: its plan beside what it became, its phases, its moments, what it left open, and the
// preview of what syncs will take.
import "./screen.ts";
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { SyncForm, modesOfAll } from "#app/components/sync-form.tsx";
import type { FormAnswer } from "#app/components/sync-form.tsx";
import { PlanPreview, togetherOf } from "#app/components/plan-preview.tsx";
import { rounded, roundedMs } from "#app/components/plan-words.ts";
import { RunPage } from "#app/components/run-page.tsx";
import { wayTaken } from "#app/components/run-plan.tsx";
import { HolesPanel, NotesPanel, PhasesPanel } from "#app/components/run-story.tsx";
import { noteWords } from "#app/components/run-words.ts";
import type { Plan } from "#app/status/choices.ts";
import type { HoleView, NoteView, PhaseView, RunDetail } from "#app/status/run-detail.ts";
import { en } from "#app/texts/en.ts";
import { AT, run } from "./overviews.ts";
import { reading, renderFor } from "./readers.tsx";

afterEach(cleanup);

const plan = (more: Partial<Plan> = {}): Plan => ({
  ...{ at: AT.toISOString(), count: 1_234, reckoned: 1_234, way: "bulk", points: 4_321, durationMs: 61_000 },
  ...{
    phases: {},
    toComplete: 0,
    other: { way: "pages", points: 5_000, durationMs: 90_000 },
    learnedFrom: 2,
  },
  effect: { lane: "backfill", budgetPercent: 40, waits: [], beside: 0, rate: 100, burst: 1_700, full: 1_700 },
  ...more,
});
const note = (code: string, detail: NoteView["detail"] = {}, more: Partial<NoteView> = {}): NoteView => ({
  ...{ seq: 1, at: AT, lastAt: AT, times: 1, code, detail },
  ...more,
});
const phase = (name: PhaseView["phase"], more: Partial<PhaseView> = {}): PhaseView => ({
  ...{
    phase: name,
    startedAt: AT,
    endedAt: new Date(AT.getTime() + 1_000),
    ms: 1_000,
    units: 0,
    cost: 0,
    times: 1,
  },
  ...more,
});

describe("a preview", () => {
  it("names for each resource its number, way, time and points, and for one the other way too", () => {
    renderFor(<PlanPreview plans={[{ resource: "orders", plan: plan() }]} />);
    const row = screen.getByRole("row", { name: /Orders/ });
    for (const text of ["1,234", "In one file that Shopify prepares", "about 1 min", "4,300"]) {
      expect(within(row).getByText(text, { exact: false })).toBeTruthy();
    }
    expect(screen.getByText(/Page by page it would take about/)).toBeTruthy();
    expect(screen.getByText(/Estimated from 2 earlier runs/)).toBeTruthy();
    expect(screen.getByText(/nothing waits for it/)).toBeTruthy();
  });

  it("says what others notice of it: who waits, and who reads at the same time", () => {
    const effect = { ...plan().effect, lane: "targeted", budgetPercent: 60, beside: 2 } as const;
    renderFor(<PlanPreview plans={[{ resource: "orders", plan: plan({ effect }) }]} />);
    for (const words of [
      /about 60\s?%/,
      /confirmations of webhooks, catching up and full syncs wait/,
      /2 other syncs/,
    ]) {
      expect(screen.getByText(words)).toBeTruthy();
    }
  });

  it("says that nothing matches instead of a table of noughts", () => {
    renderFor(<PlanPreview plans={[{ resource: "orders", plan: plan({ count: 0 }) }]} />);
    expect(screen.getByText(en.plans.none)).toBeTruthy();
    expect(screen.queryByRole("table")).toBeNull();
  });

  it("adds up the points of several, and their time where the budget holds them up", () => {
    const one = plan({ points: 20_000, durationMs: 180_000 });
    expect(togetherOf([one, one])).toEqual({ points: 40_000, ms: 383_000 });
    expect(togetherOf([one, plan({ durationMs: null, points: null })])).toBeNull();
  });

  it("adds up the points as they are shown", () => {
    renderFor(
      <PlanPreview
        plans={[
          { resource: "orders", plan: plan({ points: 10_449 }) },
          { resource: "customers", plan: plan({ points: 160 }) },
        ]}
      />,
    );
    expect(screen.getByText(/^Together .* 10,160 API points\.$/)).toBeTruthy();
  });

  it("is no finer than it is sure", () => {
    expect([rounded(7), rounded(1_234), rounded(98_765)]).toEqual([7, 1_200, 99_000]);
    expect([roundedMs(100), roundedMs(8_400), roundedMs(61_000)]).toEqual([1_000, 8_000, 60_000]);
  });
});

describe("the form", () => {
  it("offers for several resources what all of them know, and nothing that is of one", () => {
    const choices = [
      { name: "orders", modes: ["full", "since", "created", "ids", "names", "search"] },
      { name: "collections", modes: ["full", "since", "ids", "search"] },
      { name: "locations", modes: ["full", "ids", "search"] },
    ] as const;
    expect(modesOfAll(choices, ["orders"])).toEqual(["full", "since", "created", "ids", "names", "search"]);
    expect(modesOfAll(choices, ["orders", "collections"])).toEqual(["full", "since"]);
    expect(modesOfAll(choices, ["orders", "locations"])).toEqual(["full"]);
    expect(modesOfAll(choices, [])).toEqual(["full"]);
  });

  /** The form with a door that answers so. */
  function Answered({ said }: { readonly said: FormAnswer }) {
    const [answer, setAnswer] = useState<FormAnswer>();
    return (
      <SyncForm
        {...{ at: AT, isAway: false, dropped: [], waits: {}, pressed: null, answer }}
        choices={[
          { name: "orders", modes: ["full", "names"], isOff: false },
          { name: "customers", modes: ["full"], isOff: true },
        ]}
        initial={{ resources: ["orders"], mode: "names" }}
        send={() => setAnswer(said)}
      />
    );
  }

  it("does not offer what the settings leave out, and leads to them where it was asked for all the same", () => {
    renderFor(<Answered said={{ answer: "off", resource: "customers" }} />);
    const box = screen.getByRole("checkbox", { name: "Customers (switched off)" });
    expect((box as HTMLInputElement).disabled).toBe(true);
    fireEvent.click(screen.getByRole("button", { name: "Start" }));
    expect(screen.getByText(/switched off in your settings/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "Open settings" }).getAttribute("href")).toBe("/app/settings");
  });

  it("names what is in the way, and keeps what was typed", () => {
    const request = { mode: "ids", listed: ["7"], count: 1 } as const;
    const other = {
      id: "12",
      resource: "orders",
      kind: "targeted",
      state: "running",
      startedBy: "api",
    } as const;
    renderFor(<Answered said={{ answer: "busy", others: [{ ...other, request }], isSomeStarted: false }} />);
    fireEvent.change(screen.getByLabelText("Names"), { target: { value: "#1001" } });
    fireEvent.click(screen.getByRole("button", { name: "Start" }));
    expect(screen.getByText("Nothing was started for orders: another sync is under way")).toBeTruthy();
    expect(screen.getByText("1 record by id: 7 · Started through the API")).toBeTruthy();
    const link = screen.getByRole("link", { name: "Sync of chosen records of orders" });
    expect(link.getAttribute("href")).toBe("/app/runs/12");
    expect((screen.getByLabelText("Names") as HTMLTextAreaElement).value).toBe("#1001");
    expect(screen.queryByText(/The other syncs/)).toBeNull();
  });
});

describe("notes", () => {
  it("have a sentence for every code, without a gap in it", () => {
    const detail = {
      ...{
        way: "bulk",
        durationMs: 5_000,
        operation: "77",
        objects: 12,
        code: "TIMEOUT",
        bytes: 2_000_000,
        lines: 12,
      },
      ...{
        since: AT.toISOString(),
        parts: 2,
        records: 5,
        left: 1,
        seconds: 10,
        detail: "why",
        by: "user:7",
        run: "3",
      },
      state: "verified",
    };
    for (const code of [...Object.keys(en.runPage.note), "nonsense"]) {
      const words = noteWords(note(code, detail), reading());
      expect(words, code).toMatch(/\w/);
      expect(words, code).not.toMatch(/\{\{|undefined|NaN|Invalid/);
    }
  });

  it("say how often, lead to the run before, and admit that some are not kept", () => {
    const notes = [
      note("waits", { seconds: 10, detail: "all taken" }, { times: 3 }),
      note("goes_on", { run: "12" }, { seq: 90 }),
    ];
    renderFor(<NotesPanel notes={notes} />);
    expect(screen.getByText(/3 times, last at/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "Run 12" }).getAttribute("href")).toBe("/app/runs/12");
    expect(screen.getByText(en.runPage.notes.left)).toBeTruthy();
  });
});

describe("phases", () => {
  it("tell their time, records, points and how often; the present one is still running", () => {
    const phases = [
      phase("waiting", { ms: 8_000, units: 14_000, times: 2 }),
      phase("completing", { endedAt: null, units: 40, cost: 240 }),
    ];
    renderFor(<PhasesPanel phases={phases} partsLeft={3} isOver={false} />);
    expect(screen.getByText(/8\.0.s · 14,000 lines · 2 times/)).toBeTruthy();
    expect(screen.getByText(/still running · 40 records · 240 points/)).toBeTruthy();
    expect(screen.getByText(/3 parts are still to be read/)).toBeTruthy();
    expect(wayTaken({ phases })).toBe("bulk");
    expect(wayTaken({ phases: [...phases, phase("paging")] })).toBe("pages");
    expect(wayTaken({ phases: [] })).toBeNull();
  });
});

describe("holes", () => {
  it("say what is open and since which run it is closed", () => {
    const hole: HoleView = {
      ...{ id: "1", from: null, to: AT, reason: "COUNT_MISMATCH", attempts: 1, nextAttemptAt: AT },
      ...{ closedAt: null, closedBy: null, isOwn: true },
    };
    renderFor(<HolesPanel holes={[hole, { ...hole, id: "2", from: AT, closedAt: AT, closedBy: "9" }]} />);
    expect(screen.getByText(/Everything up to/)).toBeTruthy();
    expect(screen.getByText(/It is read again at/)).toBeTruthy();
    expect(screen.getByText(/by run 9/)).toBeTruthy();
  });
});

describe("a run of which steps failed", () => {
  const shown = (dueAt: Date | null) => {
    const detail: RunDetail = {
      ...{
        run: run.of(),
        request: { mode: "full" },
        cost: 0,
        steppedAt: AT,
        failures: 3,
        dueAt,
        missing: 0,
        errors: [],
      },
      ...{ errorsMore: false, plan: null, phases: [], notes: [], holes: [], partsLeft: 0 },
    };
    renderFor(<RunPage at={AT} isAway={false} detail={detail} press={() => {}} pressed={null} />);
    return screen.getByText(/The last 3 attempts failed/).textContent;
  };

  it("says when the next attempt is, while that is still to come", () => {
    const due = new Date(AT.getTime() + 300_000);
    expect(shown(due)).toContain(`Next attempt: ${reading().formats.second(due, AT)}.`);
    cleanup();
    expect(shown(AT)).not.toContain("Next attempt");
  });
});
