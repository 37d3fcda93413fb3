// @vitest-environment jsdom
// The page of a record: what is left of one that is gone is its last state, with nothing to hold it against; and what is
// said of one that is not as Shopify shows it.
import "./screen.ts";
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { RecordPage, type LiveAnswer } from "#app/components/record-page.tsx";
import type { Comparison } from "#app/status/record-compare.ts";
import type { RecordDetail } from "#app/status/record-detail.ts";
import { renderFor } from "./readers.tsx";

const AT = new Date("2026-11-23T12:00:00Z");
const DELETED: RecordDetail = {
  resource: "products",
  key: "17",
  title: "Vase",
  mirrored: null,
  tombstone: {
    deletedAt: AT,
    reason: "webhook",
    cells: { title: "Vase" },
    fields: [{ column: "title", mirror: "Vase", shopify: null, differs: false, currency: null }],
  },
  ...{ isQueued: false, deliveries: [], timeline: [], errors: [] },
};

const MIRRORED: RecordDetail = {
  ...DELETED,
  tombstone: null,
  mirrored: {
    ...{ cells: { title: "Vase" }, fields: DELETED.tombstone!.fields, children: [], originKind: "webhook" },
    ...{ updatedAt: AT, observedAt: AT, appliedAt: AT, confirmedAt: null, originId: "1" },
  },
};
const DIFFERENT: Comparison = {
  fields: [{ column: "title", mirror: "Vase", shopify: "Bowl", differs: true, currency: null }],
  children: [
    {
      ...{ table: "product_media", inMirror: 0, inShopify: 1, differing: 1 },
      differences: [{ key: "5", side: "shopify_only", fields: [] }],
    },
  ],
  ...{ isEqual: false, isMoving: false },
};

const ANSWERS: readonly [string, LiveAnswer | null][] = [
  ["is being asked", null],
  ["has nothing of it", { answer: "none", askedAt: AT }],
  ["cannot be asked", { answer: "away", code: "TRANSIENT", askedAt: AT }],
];

afterEach(cleanup);

function show(record: RecordDetail, live: LiveAnswer | null) {
  const act = () => {};
  renderFor(
    <RecordPage
      {...{ at: AT, isAway: false, record, live }}
      {...{ isAsking: live === null, onAsk: act, onSync: act, isSyncing: false }}
    />,
  );
}

it.each(ANSWERS)("shows the last state alone while Shopify %s", (_when, live) => {
  show(DELETED, live);
  expect(screen.getByRole("heading", { name: "Its last state" })).toBeTruthy();
  expect(screen.getAllByRole("columnheader")).toHaveLength(2);
  expect(screen.getByRole("cell").textContent).toBe("Vase");
  expect(screen.queryByText("Differs")).toBeNull();
  expect(screen.getByText("Its deletion")).toBeTruthy();
  expect(screen.queryByText("In the mirror")).toBeNull();
});

it("claims that it differs from Shopify, but not while it is changing just now", () => {
  const answer = (comparison: Comparison) => show(MIRRORED, { answer: "shown", comparison, askedAt: AT });
  answer(DIFFERENT);
  expect(screen.getByRole("heading", { name: "1 field differs from Shopify" })).toBeTruthy();
  expect(screen.getByText("Differs")).toBeTruthy();
  expect(screen.getByText("Only in Shopify")).toBeTruthy();
  cleanup();
  answer({ ...DIFFERENT, isMoving: true });
  expect(screen.getByRole("heading", { name: "It is changing just now" })).toBeTruthy();
  expect(screen.getAllByText("Changing")).toHaveLength(2);
  expect(document.body.textContent).not.toMatch(/Differs|differs|Only in/);
});
