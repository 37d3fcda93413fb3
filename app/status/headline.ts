// The one sentence on top of the Overview, as a code: what is the case with the whole mirror. Pure, as state.ts is.
import type { ResourceName } from "#app/resources/define.ts";
import { BEHIND_AFTER_MS, CONFIRM_WITHIN_MS, percentOf } from "#app/status/state.ts";
import type { ResourceFacts, State, StateCode } from "#app/status/state.ts";
import type { HeldQueue } from "#app/sync/holds-ask.ts";

export interface MirrorFacts {
  readonly resources: readonly (ResourceFacts & { readonly state: State; readonly delayMs: number | null })[];
  /** Webhooks that were set aside, but for those of causes that somebody has done with. */
  readonly parked: number;
  /** Open ones. A mirror whose resources are verified may still lack what could not be copied since. */
  readonly errors: number;
  /** Oldest stored webhook that is not yet applied, of any topic. */
  readonly oldestWaitingAt: Date | null;
  readonly confirmations: { readonly count: number; readonly oldestAt: Date | null };
  /** Queues that a person told to wait. */
  readonly held: readonly HeldQueue[];
  readonly workers: Workers;
}

/** Without one that lives, nothing is copied: what comes is stored and waits. */
export interface Workers {
  readonly isAlive: boolean;
  /** The last sign of life of any; null when none is known. */
  readonly seenAt: Date | null;
}

/** The one sentence on top, as a code; `resources` are those that it speaks of. */
export type Headline =
  /** No worker lives. Whatever else is the case, nothing moves until one does. */
  | { readonly code: "unworked"; readonly seenAt: Date | null }
  /** Webhooks are paused by a person. `lagMs` is the age of the oldest that waits; null while none does. */
  | { readonly code: "held_deliveries"; readonly lagMs: number | null }
  /** Syncs are wanted, and paused by a person. */
  | { readonly code: "held_runs"; readonly resources: readonly ResourceName[]; readonly isFirst: boolean }
  /** Confirmations are overdue, for a person paused them. */
  | { readonly code: "held_confirmations"; readonly count: number }
  | { readonly code: "blocked"; readonly resources: readonly ResourceName[] }
  | { readonly code: "failing"; readonly resources: readonly ResourceName[]; readonly since: Date }
  | { readonly code: "first_sync"; readonly percent: number | null; readonly queued: boolean }
  | { readonly code: "syncing"; readonly resources: readonly ResourceName[]; readonly percent: number | null }
  | { readonly code: "never_synced"; readonly resources: readonly ResourceName[]; readonly all: boolean }
  | { readonly code: "paused" | "incomplete" | "counts_differ"; readonly resources: readonly ResourceName[] }
  | { readonly code: "waiting"; readonly resources: readonly ResourceName[]; readonly lagMs: number }
  | { readonly code: "parked"; readonly count: number }
  | { readonly code: "confirming"; readonly count: number }
  /** As complete, but that errors are open. */
  | { readonly code: "flawed" }
  /** Every resource is verified and nothing waits unduly. `lagMs` is null while no change has come in yet. */
  | { readonly code: "complete"; readonly lagMs: number | null };

/**
 * What is the case with the whole mirror: that nothing works on it, the worst of its resources, what a person paused, then
 * the webhooks, then the good news.
 */
export function headlineOf(mirror: MirrorFacts, now: Date): Headline {
  if (!mirror.workers.isAlive) return { code: "unworked", seenAt: mirror.workers.seenAt };
  const resources = mirror.resources.filter(({ state }) => state.code !== "off");
  const withState = (code: StateCode) => resources.filter(({ state }) => state.code === code);
  const names = (some: readonly ResourceFacts[]) => some.map(({ resource }) => resource);

  const blocked = withState("blocked");
  if (blocked.length > 0) return { code: "blocked", resources: names(blocked) };

  const failing = resources.flatMap(({ resource, state }) =>
    state.code === "failing" ? [{ resource, since: state.since.getTime() }] : [],
  );
  if (failing.length > 0) {
    const since = new Date(Math.min(...failing.map((one) => one.since)));
    return { code: "failing", resources: failing.map(({ resource }) => resource), since };
  }

  if (mirror.held.includes("deliveries")) return { code: "held_deliveries", lagMs: waitedMs(mirror, now) };

  const syncing = withState("syncing");
  if (syncing.length > 0 && mirror.held.includes("runs")) {
    const isFirst = syncing.some(({ verifiedAt }) => verifiedAt === null);
    return { code: "held_runs", resources: names(syncing), isFirst };
  }
  if (syncing.length > 0) return whileSyncing(resources, syncing);

  const never = withState("never_synced");
  if (never.length > 0) {
    return { code: "never_synced", resources: names(never), all: never.length === resources.length };
  }
  return behindHeadline(mirror, now) ?? atRest(mirror, now);
}

/**
 * Each resource weighs the same. Weighed by records the percent would fall whenever Shopify says how many there are of
 * one more resource, which it does one after the other.
 */
function whileSyncing(all: MirrorFacts["resources"], syncing: MirrorFacts["resources"]): Headline {
  const isFirst = syncing.some(({ verifiedAt }) => verifiedAt === null);
  const shares = (isFirst ? all : syncing).map(({ run, verifiedAt }) => {
    if (!run) return verifiedAt ? 1 : 0;
    if (run.total === null) return null;
    return run.total === 0 ? 1 : Math.min(1, run.done / run.total);
  });
  const done = shares.reduce<number>((sum, share) => sum + (share ?? 0), 0);
  const isKnown = done > 0 || syncing.some(({ run }) => run !== null && run.total !== null);
  const percent = isKnown ? percentOf({ done, total: shares.length }) : null;
  if (!isFirst) return { code: "syncing", resources: syncing.map(({ resource }) => resource), percent };
  return { code: "first_sync", percent, queued: syncing.every(({ run }) => run?.state === "queued") };
}

function behindHeadline({ resources }: MirrorFacts, now: Date): Headline | null {
  const behind = resources.flatMap(({ resource, state }) =>
    state.code === "behind" ? [{ resource, because: state.because }] : [],
  );
  for (const code of ["incomplete", "paused", "counts_differ"] as const) {
    const some = behind.filter(({ because }) => because.code === code);
    if (some.length > 0) return { code, resources: some.map(({ resource }) => resource) };
  }
  // What waits to be read is said with all that is to be confirmed, below.
  const waiting = behind.flatMap(({ resource, because }) =>
    because.code === "waiting" ? [{ resource, since: because.oldestAt.getTime() }] : [],
  );
  if (waiting.length === 0) return null;
  const lagMs = now.getTime() - Math.min(...waiting.map(({ since }) => since));
  return { code: "waiting", resources: waiting.map(({ resource }) => resource), lagMs };
}

function waitedMs({ oldestWaitingAt }: MirrorFacts, now: Date): number | null {
  return oldestWaitingAt && now.getTime() - oldestWaitingAt.getTime();
}

function atRest(mirror: MirrorFacts, now: Date): Headline {
  const { resources, parked, confirmations, held } = mirror;
  if (parked > 0) return { code: "parked", count: parked };
  const waited = waitedMs(mirror, now) ?? 0;
  if (waited > BEHIND_AFTER_MS) return { code: "waiting", resources: [], lagMs: waited };
  const { count, oldestAt } = confirmations;
  if (oldestAt && now.getTime() - oldestAt.getTime() > CONFIRM_WITHIN_MS)
    return { code: held.includes("confirmations") ? "held_confirmations" : "confirming", count };
  if (mirror.errors > 0) return { code: "flawed" };
  // The delay of the latest change is how far behind a change arrives; what still waits may be further behind.
  const latest = resources
    .filter(({ delayMs }) => delayMs !== null)
    .sort((a, b) => (b.lastAppliedAt?.getTime() ?? 0) - (a.lastAppliedAt?.getTime() ?? 0))[0];
  const lagMs = latest ? Math.max(latest.delayMs ?? 0, waited) : waited || null;
  return { code: "complete", lagMs };
}
