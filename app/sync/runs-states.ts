// What a run is: its kinds, its states and which may follow which, what was asked for, and where the next step takes up.
// Types and the table of arrows; the rows are runs.ts's.
import type { ResourceName } from "#app/resources/define.ts";
import type { Plan, Way } from "#app/sync/plan.ts";
import type { Phases } from "#app/sync/run-phases.ts";

export type RunKind = "backfill" | "targeted" | "catch_up";
export type RunState = "queued" | "running" | "paused" | "verified" | "incomplete" | "failed" | "cancelled";
export type EndState = "verified" | "incomplete" | "failed" | "cancelled";

/**
 * Which state may follow which; the states without an arrow are ends.
 * queued → running: its first step begins.            queued → paused: a person holds it before it begins.
 * queued → cancelled: a person calls it off.          queued → failed: it cannot even begin (no token, no shop).
 * running → paused: a person holds it; its cursor stays. paused → queued: a person lets it go on from its cursor.
 * running → verified: all that Shopify said there was has landed.
 * running → incomplete: it got to its end with records short or refused, and says why.
 * running → failed: it could not get to its end.      running, paused → cancelled: a person calls it off.
 */
export const ARROWS: Readonly<Record<RunState, readonly RunState[]>> = {
  /** Waits for its first step. */
  queued: ["running", "paused", "cancelled", "failed"],
  /** Steps follow each other, or one is waited for. */
  running: ["paused", "verified", "incomplete", "failed", "cancelled"],
  /** Keeps its cursor and does nothing. */
  paused: ["queued", "cancelled"],
  /** Ended with proof that nothing is missing. */
  verified: [],
  /** Ended; something is missing, and it is known what or how much. */
  incomplete: [],
  /** Ended early; what it had applied stays. */
  failed: [],
  /** Ended by a person; what it had applied stays. */
  cancelled: [],
};

/**
 * What was asked for. `full` goes with the kind backfill, `since` with catch_up, the others with targeted: how they end
 * says nothing of the resource as a whole.
 */
export type RunRequest =
  /** `way` where somebody knows better than the planner. */
  | { readonly mode: "full"; readonly way?: Exclude<Way, "ids"> }
  /** Changed at or after `since` and before `until`, ISO 8601; without `until`, before the run began. */
  | { readonly mode: "since"; readonly since: string; readonly until?: string }
  /** Created at or after `from` and before `until`, ISO 8601; either may be left out. Read as a backfill is. */
  | { readonly mode: "created"; readonly from?: string; readonly until?: string }
  /** Record keys or GraphQL ids. */
  | { readonly mode: "ids"; readonly ids: readonly string[] }
  /** Order names, such as "#1001". */
  | { readonly mode: "names"; readonly names: readonly string[] }
  /** Shopify's search language. */
  | { readonly mode: "search"; readonly search: string };

/** What a running run is doing, for people and for the step that takes it up. */
export type Phase =
  | "planning"
  | "starting"
  | "waiting"
  | "downloading"
  | "applying"
  | "completing"
  | "paging"
  | "fetching"
  | "counting";

export interface BulkProgress {
  readonly id: string;
  /** ISO 8601: observedAt of everything in the file. */
  readonly createdAt: string;
  readonly url: string | null;
  /** Shopify's own numbers, once it has ended. */
  readonly objectCount: number;
  readonly rootObjectCount: number;
  /** Bytes, once the file is there; runs from before this was kept have none. */
  readonly fileSize?: number;
  /** Set when it failed: the file then holds only what there was. */
  readonly errorCode: string | null;
}

/** What an operation at Shopify has shown since a time; see backfill-still.ts. */
export interface Still {
  readonly id: string;
  /** As Shopify names it: it may come to know others. */
  readonly status: string;
  readonly objects: number;
  /** ISO 8601, by our clock. */
  readonly since: string;
}

/** How far a list was read, by id; see walk.ts. */
export interface Walk {
  /** The list begins after this key, and has shown so many since: Shopify's lists end at a length. */
  readonly afterKey: string | null;
  readonly walked: number;
}

/** A part of a catch-up's ground, small enough to be read again when it cannot be proven. It begins where the ground does. */
export interface Slice extends Walk {
  /** ISO 8601. */
  readonly until: string;
  /** Shopify's count before it was read; null where Shopify does not count. */
  readonly before: number | null;
  /** Records that its list has shown so far. */
  readonly read: number;
  /** How often it was read before. */
  readonly pass: number;
}

/** A window of creation that one bulk operation, or one list of pages, reads. ISO 8601, half-open; null is open. */
export interface Part {
  readonly from: string | null;
  readonly until: string | null;
  /** How often it was halved to become this. */
  readonly halvings: number;
  /** Records in it when it was cut off, by Shopify's count. */
  readonly count?: number;
}

/** Where the next step takes up. `step` grows by one with each write and is what fences them. */
export interface Progress {
  readonly step: number;
  readonly phase: Phase;
  /** When the first record of the present work arrived, ISO 8601: rates are taken from here. */
  readonly ingestStartedAt?: string;
  /** Nobody counts the records: the first page shows whether a second one is needed, and so a bulk operation. */
  readonly isProbe?: boolean;
  /** Shopify's count before the first page; null where it does not count. */
  readonly countBefore?: number | null;
  readonly bulk?: BulkProgress;
  /** Bulk operations of this run that came to nothing. */
  readonly bulkFailures?: number;
  /** What the operation's text is known by, should its id be lost: run ids repeat where a database is restored. */
  readonly nonce?: string;
  /** Shopify refused this run a file: whatever is still to read comes by pages. */
  readonly isPagesOnly?: boolean;
  /** How often the operation was looked at. */
  readonly polls?: number;
  /** The operation that is waited for, or those that hold every slot. */
  readonly still?: readonly Still[];
  /** Bytes of the file that are staged, and its lines: all, of the root connection, without readable content. */
  readonly offset?: number;
  readonly lines?: number;
  readonly rootLines?: number;
  readonly malformed?: number;
  /** What the whole file turned out to hold: children far from their parents, and records for a second time. */
  readonly strays?: number;
  readonly repeated?: number;
  /** Staged line of the last record that is applied. */
  readonly appliedLine?: number;
  /** Staged line up to which records are whole; records whose parts no file can hold, all and those that have them. */
  readonly completedLine?: number;
  readonly toComplete?: number;
  readonly completed?: number;
  /** Parts still to read, of which the first is under way; absent where all is read at once. */
  readonly parts?: readonly Part[];
  /** Which part of the run it is, from 0: no two operations of a run have one number. */
  readonly part?: number;
  /** Parts that came up short, what they came to, and the first reason. */
  readonly short?: {
    readonly parts: readonly Part[];
    readonly done: number;
    readonly rejected: number;
    readonly code: string;
    readonly detail: string;
  };
  /** ISO 8601: when the reading began, where an earlier run began it. */
  readonly began?: string;
  /** Catch-up: ground still to read, ISO 8601, and the slice of it that is being read. */
  readonly ground?: { readonly from: string; readonly until: string };
  readonly slice?: Slice;
  /** Where the slices after it are to end, as far as that is known. */
  readonly ends?: readonly string[];
  /** Slices that could not be proven, of this run. */
  readonly holes?: number;
  /** Page cursor, and for reads by id how many are done. */
  readonly after?: string | null;
  /** Where the pages have come to; those of runs from before this was kept were in another order. */
  readonly walk?: Walk;
  readonly position?: number;
  /** `done` and `rejected` when the present chunk of ids began: a chunk that is read again must not count twice. */
  readonly doneBefore?: number;
  readonly rejectedBefore?: number;
  /** Asked for by id and not there. */
  readonly missing?: number;
  /** Failures since the last write that got on: passing ones, crashes, and deaths of the whole worker. */
  readonly failures?: number;
  readonly crashes?: number;
  readonly deaths?: number;
}

export interface Run {
  readonly id: bigint;
  readonly shopId: number;
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly state: RunState;
  readonly startedBy: string;
  readonly request: RunRequest;
  readonly progress: Progress;
  readonly total: number | null;
  readonly done: number;
  readonly rejected: number;
  readonly cost: number;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly startedAt: Date | null;
  /** No step is taken before this; null where one may be taken at once. */
  readonly dueAt: Date | null;
  /** What was expected; null until it was reckoned. */
  readonly plan: Plan | null;
  readonly phases: Phases;
}
