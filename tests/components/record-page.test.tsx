// @vitest-environment jsdom
// The page of a record that is gone: what is left of it is its last state, and there is nothing to hold it against.
import "./screen.ts";
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { RecordPage, type LiveAnswer } from "#app/components/record-page.tsx";
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

const ANSWERS: readonly [string, LiveAnswer | null][] = [
  ["is being asked", null],
  ["has nothing of it", { answer: "none", askedAt: AT }],
  ["cannot be asked", { answer: "away", code: "TRANSIENT", askedAt: AT }],
];

afterEach(cleanup);

it.each(ANSWERS)("shows the last state alone while Shopify %s", (_when, live) => {
  const act = () => {};
  renderFor(
    <RecordPage
      {...{ at: AT, isAway: false, record: DELETED, live }}
      {...{ isAsking: live === null, onAsk: act, onSync: act, isSyncing: false }}
    />,
  );
  expect(screen.getByRole("heading", { name: "Its last state" })).toBeTruthy();
  expect(screen.getAllByRole("columnheader")).toHaveLength(2);
  expect(screen.getByRole("cell").textContent).toBe("Vase");
  expect(screen.queryByText("Differs")).toBeNull();
  expect(screen.getByText("Its deletion")).toBeTruthy();
  expect(screen.queryByText("In the mirror")).toBeNull();
});
