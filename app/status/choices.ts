// What the pages' filters offer, and how an address names a cause. Pure: the browser's half reads it too.
import type { RunKind, RunState } from "#app/status/runs.ts";
import type { Cause } from "#app/sync/error-life.ts";

export type { Cause, Mark, RetryAllPlan, RetryPlan } from "#app/sync/error-life.ts";
export type { NoteCode } from "#app/sync/run-notes.ts";
export type { Effect, Plan, Way } from "#app/sync/plan.ts";
export type { WishMode, WishProblem } from "#app/sync/wish.ts";

export const RUN_KINDS: readonly RunKind[] = ["backfill", "targeted", "catch_up"];
export const RUN_STATES: readonly RunState[] = [
  "queued",
  "running",
  "paused",
  "verified",
  "incomplete",
  "failed",
  "cancelled",
];

/** Who asks for runs; a person's own id is not told apart here. */
export const RUN_ASKERS = ["user", "schedule", "install", "api", "watch"] as const;
export type RunAsker = (typeof RUN_ASKERS)[number];

/**
 * open → acknowledged, resolved, ignored   a person said so
 * open → resolved                          all of its records have landed
 * acknowledged, resolved → reopened        it happened again since
 * reopened → as open
 * ignored → open                           a person took it back; that it happens again changes nothing
 */
export type GroupState = "open" | "reopened" | "acknowledged" | "resolved" | "ignored";
/** What the page of errors can be filtered by; `due` is what needs somebody. */
export const GROUP_FILTERS = ["due", "acknowledged", "ignored", "resolved"] as const;
export type GroupFilter = (typeof GROUP_FILTERS)[number];

export function isIn(state: GroupState, filter: GroupFilter): boolean {
  return filter === "due" ? state === "open" || state === "reopened" : state === filter;
}

/** Customers asked for their data (sync/error-life.ts); the files are made on the pages of these webhooks. */
export const DATA_REQUESTS: Cause = {
  ...{ source: "records", subject: "customers", code: "CUSTOMER_DATA_REQUEST" },
};
export const DATA_REQUEST_TOPIC = "customers/data_request";

/** The query of a cause's page. */
export function causeQuery({ source, subject, code }: Cause): string {
  return new URLSearchParams({ source, subject, code }).toString();
}

/** Errors may name what no id is known of. */
export function hasPage(key: string): boolean {
  return /^\d+(:\d+)?$/.test(key);
}

/** Where a record's page is. */
export function recordPath(resource: string, key: string): string {
  return `/app/records/${resource}/${encodeURIComponent(key)}`;
}

/** Filters of the list of errors, as they stand in its address; null where nothing is asked. */
export interface ErrorFilters {
  readonly show: GroupFilter;
  readonly source: Cause["source"] | null;
  /** A resource, or a topic. */
  readonly subject: string | null;
}

export function isAsked(
  group: Pick<Cause, "source" | "subject"> & { readonly state: GroupState },
  { show, source, subject }: ErrorFilters,
): boolean {
  const isHere = (source ?? group.source) === group.source && (subject ?? group.subject) === group.subject;
  return isHere && isIn(group.state, show);
}
