// @vitest-environment jsdom
// The page of a cause that only a person can end: it leads to where that is done, and offers no reading instead.
import "./screen.ts";
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { FaultPage } from "#app/components/fault-page.tsx";
import type { RetryPlan } from "#app/status/choices.ts";
import type { ErrorGroup } from "#app/status/error-groups.ts";
import { AT } from "./overviews.ts";
import { renderFor } from "./readers.tsx";

afterEach(cleanup);

function show(code: string, plan: RetryPlan) {
  const group: ErrorGroup = {
    ...{ source: "records", subject: "customers", code, state: "open", open: 1, all: 1, records: 1 },
    ...{ firstAt: AT, lastAt: AT, days: [0, 1], detail: "", markedBy: null, markedAt: null },
  };
  const one = { id: "1", resource: "customers", recordKey: "5", detail: "", runId: null };
  const page = { occurrences: [{ ...one, firstAt: AT, lastAt: AT, isOpen: true }], next: null };
  renderFor(
    <FaultPage
      {...{ at: AT, isAway: false, group, page, isLater: false, dropped: [], acts: null }}
      {...{ plan, press: () => {}, pressed: null }}
    />,
  );
}

it("of customers' requests for their data leads to their webhooks", () => {
  show("CUSTOMER_DATA_REQUEST", { how: "none" });
  const link = screen.getByRole("link", { name: "Open these webhooks" });
  expect(link.getAttribute("href")).toBe("/app/webhooks/deliveries?topic=customers%2Fdata_request");
  expect(screen.queryByRole("button", { name: /^Try again/ })).toBeNull();
  cleanup();
  show("WRONG_TYPE", { how: "fetch", count: 1 });
  expect(screen.queryByRole("link", { name: "Open these webhooks" })).toBeNull();
  expect(screen.getAllByRole("button", { name: /^Try again/ })).toHaveLength(2);
});
