// What can truthfully be said of one resource, derived from what is stored (of the whole mirror: headline.ts). Pure: facts and a
// clock go in, codes come out; the sentences for people are in app/texts. Nothing here is stored, so a state cannot
// go stale: it moves when a fact moves.
//
//   never_synced → syncing       a run was started (by the install, or by hand)
//   syncing → up_to_date         the run ended verified: Shopify's count and ours are equal
//   syncing → behind             the run ended incomplete, or was paused: rows are known to be missing
//   syncing → failing            the run failed; trying again by itself cannot help, or did not
//   syncing → never_synced       the first run was cancelled before it had verified anything
//   up_to_date → behind          webhooks wait longer than BEHIND_AFTER_MS, what they only named longer than
//                                CONFIRM_WITHIN_MS, or Shopify's count differs at rest
//   behind → up_to_date          the webhooks were applied, what they named was read, or the counts met
//   up_to_date, behind → syncing a run was started
//   failing → syncing            a run was started again
//   any → off                    a person switched the resource off in the settings; on again, it is read whole
//   any → blocked                Shopify refused the resource (scope or data access withdrawn)
//   blocked → what was           Shopify grants it again: the engine clears the block
import type { ResourceName } from "#app/resources/define.ts";

/** Webhooks that wait for longer than this make a resource "behind"; shorter waits are the normal lag. */
export const BEHIND_AFTER_MS = 10_000;
/** Shopify's API is asked when its budget is idle; what waits to be read for longer than this is worth a word. */
export const CONFIRM_WITHIN_MS = 60_000;
/** Shopify's counts follow writes by some seconds, so a difference counts only when nothing changed for this long. */
export const COUNT_SETTLES_AFTER_MS = 60_000;

/** A run that has not ended. */
export interface ActiveRun {
  readonly id: string;
  readonly state: "queued" | "running" | "paused";
  readonly done: number;
  readonly total: number | null;
}

/** The last run that ended with a result; a cancelled one has none. */
export interface EndedRun {
  readonly state: "verified" | "incomplete" | "failed";
  readonly done: number;
  readonly total: number | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
}

export interface ResourceFacts {
  readonly resource: ResourceName;
  /** The shop's rules leave it out. */
  readonly isOff?: boolean;
  /** Records that left the shop's filter stay here: that there are more than Shopify counts is as it should be. */
  readonly keepsMore?: boolean;
  readonly mirrored: number;
  readonly inShopify: number | null;
  readonly countedAt: Date | null;
  readonly verifiedAt: Date | null;
  readonly lastAppliedAt: Date | null;
  /** When records last came or went without a webhook of their own: an earlier count knows nothing of it. */
  readonly movedAt: Date | null;
  readonly blocked: { readonly code: string; readonly detail: string | null } | null;
  readonly run: ActiveRun | null;
  /** The last run over the whole resource or over what changed in it. */
  readonly lastRun: EndedRun | null;
  /** The last run over the whole resource: that it came up short is not made good by one that caught up. */
  readonly lastFullRun: EndedRun | null;
  /** End of the first failed run since the last verified one; null when the last result was no failure. */
  readonly failingSince: Date | null;
  /** Webhooks of this resource that are stored and not yet applied. */
  readonly waiting: { readonly count: number; readonly oldestAt: Date | null };
  /** Records that news has named without saying all of them, and that are still to be read through the API. */
  readonly unread: { readonly count: number; readonly oldestAt: Date | null };
}

export type State =
  /** A person switched it off. */
  | { readonly code: "off" }
  /** Shopify does not let the app read this resource; nothing moves until a person grants it. */
  | { readonly code: "blocked"; readonly errorCode: string; readonly detail: string | null }
  /** A run is copying it now. `percent` is null until Shopify has said how many records there are. */
  | { readonly code: "syncing"; readonly percent: number | null; readonly queued: boolean }
  /** The last run failed, and so did all since the last verified one. */
  | {
      readonly code: "failing";
      readonly since: Date;
      readonly errorCode: string | null;
      readonly detail: string | null;
    }
  /** No run has ever verified it. */
  | { readonly code: "never_synced" }
  /** It was copied, but something is known to be missing. */
  | { readonly code: "behind"; readonly because: BehindBecause }
  /** Verified, and every webhook since is applied or about to be. */
  | { readonly code: "up_to_date" };

export type BehindBecause =
  | { readonly code: "waiting" | "unread"; readonly count: number; readonly oldestAt: Date }
  | { readonly code: "incomplete"; readonly missing: number | null }
  | { readonly code: "counts_differ"; readonly missing: number }
  | { readonly code: "paused"; readonly percent: number | null };

export type StateCode = State["code"];

/** The one state of a resource at `now`. What needs a person wins over what is in motion, which wins over what is well. */
export function stateOf(facts: ResourceFacts, now: Date): State {
  if (facts.isOff) return { code: "off" };
  if (facts.blocked) {
    return { code: "blocked", errorCode: facts.blocked.code, detail: facts.blocked.detail };
  }
  if (facts.run && facts.run.state !== "paused") {
    return { code: "syncing", percent: percentOf(facts.run), queued: facts.run.state === "queued" };
  }
  if (facts.failingSince && facts.lastRun?.state === "failed") {
    const { errorCode, errorDetail } = facts.lastRun;
    return { code: "failing", since: facts.failingSince, errorCode, detail: errorDetail };
  }
  const because = behindBecause(facts, now);
  if (because?.code === "paused" || because?.code === "incomplete") return { code: "behind", because };
  if (!facts.verifiedAt) return { code: "never_synced" };
  return because ? { code: "behind", because } : { code: "up_to_date" };
}

function behindBecause(facts: ResourceFacts, now: Date): BehindBecause | null {
  const { run, waiting, unread } = facts;
  if (run?.state === "paused") return { code: "paused", percent: percentOf(run) };
  const short = [facts.lastFullRun, facts.lastRun].find((ended) => ended?.state === "incomplete");
  if (short) {
    return {
      code: "incomplete",
      missing: short.total === null ? null : Math.max(0, short.total - short.done),
    };
  }
  if (waiting.oldestAt && now.getTime() - waiting.oldestAt.getTime() > BEHIND_AFTER_MS) {
    return { code: "waiting", count: waiting.count, oldestAt: waiting.oldestAt };
  }
  if (unread.oldestAt && now.getTime() - unread.oldestAt.getTime() > CONFIRM_WITHIN_MS) {
    return { code: "unread", count: unread.count, oldestAt: unread.oldestAt };
  }
  const missing = countsDifferBy(facts);
  return missing === 0 ? null : { code: "counts_differ", missing };
}

/** Shopify's count minus ours where the two can be compared; 0 where they agree or nothing can be said. */
function countsDifferBy(facts: ResourceFacts): number {
  const { inShopify, countedAt, mirrored, lastAppliedAt, movedAt, waiting, unread, keepsMore } = facts;
  if (inShopify === null || countedAt === null || waiting.count > 0 || unread.count > 0) return 0;
  const settled = [lastAppliedAt, movedAt].every(
    (at) => !at || countedAt.getTime() - at.getTime() > COUNT_SETTLES_AFTER_MS,
  );
  const missing = settled ? inShopify - mirrored : 0;
  return keepsMore ? Math.max(0, missing) : missing;
}

/** 0 to 99 while a run lasts: only its verified end is 100. */
export function percentOf(run: { readonly done: number; readonly total: number | null }): number | null {
  if (run.total === null) return null;
  if (run.total === 0) return 99;
  return Math.min(99, Math.floor((100 * run.done) / run.total));
}
