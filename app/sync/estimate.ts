// How long a running run will still take: what is left of its present phase at its present pace, and what its plan expects
// of the phases that follow. Pure.
//
// A pace is taken from the later half of the phase: a bucket of points that was full at the beginning says nothing of what
// comes. And no pace is believed that spends more points than Shopify gives: what is left costs what it costs.
import type { Plan } from "#app/sync/plan.ts";
import { unitsOf } from "#app/sync/run-phases.ts";
import type { Mark, Phases, PresentPhase } from "#app/sync/run-phases.ts";
import type { Phase, Progress } from "#app/sync/runs-states.ts";

export interface Going {
  readonly progress: Progress;
  readonly phases: Phases;
  readonly plan: Plan | null;
  readonly total: number | null;
  readonly done: number;
  readonly cost: number;
  readonly startedAt: Date | null;
}

const BULK: readonly Phase[] = [
  "planning",
  "starting",
  "waiting",
  "downloading",
  "applying",
  "completing",
  "counting",
];
const PAGES: readonly Phase[] = ["planning", "paging", "counting"];
const IDS: readonly Phase[] = ["planning", "fetching"];
/** Of these every unit costs points. */
const PAID: ReadonlySet<Phase> = new Set(["paging", "fetching", "completing"]);
/** Where an expectation is used up and the phase goes on: a tenth of what it took so far. */
const OVERDUE_SHARE = 0.1;

/** Milliseconds from `at`, the time of the last write; null while nothing is known. */
export function remainingMs(run: Going, at: Date): number | null {
  const present = run.phases.now ?? assumedPresent(run);
  const phase = present?.phase ?? run.progress.phase;
  const order =
    BULK.includes(phase) && phase !== "planning" && phase !== "counting" ? BULK : orderOf(run, phase);
  const now = presentMs(run, phase, present, at);
  if (now === null) return null;
  const later = order.slice(order.indexOf(phase) + 1).reduce((sum, each) => sum + laterMs(run, each), 0);
  return Math.round(now + later + laterPartsMs(run));
}

/** Of a run whose phases were not written down: since its first record came. */
function assumedPresent({ progress: { phase, ingestStartedAt } }: Going): PresentPhase | undefined {
  if (ingestStartedAt === undefined || Number.isNaN(Date.parse(ingestStartedAt))) return undefined;
  return { phase, since: ingestStartedAt, units: 0, cost: 0, marks: [] };
}

function orderOf({ plan, progress }: Going, phase: Phase): readonly Phase[] {
  if (phase === "paging") return PAGES;
  if (phase === "fetching") return IDS;
  if (progress.bulk) return BULK;
  return plan?.way === "bulk" ? BULK : plan?.way === "ids" ? IDS : PAGES;
}

function presentMs(run: Going, phase: Phase, present: PresentPhase | undefined, at: Date): number | null {
  const expected = run.plan?.phases[phase];
  const since = present ? Date.parse(present.since) : run.startedAt?.getTime();
  const elapsed = since === undefined ? 0 : Math.max(0, at.getTime() - since);
  const total = unitsIn(run, phase);
  const units = present ? unitsOf(phase, run) - present.units : 0;
  const isPaced = present && units > 0 && elapsed > 0 && total !== null;
  if (!isPaced) {
    if (expected === undefined) return null;
    return Math.max(expected * shareOf(run) - elapsed, elapsed * OVERDUE_SHARE);
  }
  const left = phase === "downloading" ? linesLeft(run, total) : Math.max(0, total - unitsOf(phase, run));
  const byPace = left / paceOf(present.marks, [elapsed, units, run.cost - present.cost]);
  return PAID.has(phase)
    ? Math.max(byPace, budgetMs(run, left * ((run.cost - present.cost) / units), at))
    : byPace;
}

/** A file's lines are not of one length, and its records may all come before their parts: what is left is told by bytes. */
function linesLeft({ progress }: Going, total: number): number {
  const { bulk, offset = 0, lines = 0 } = progress;
  if (!bulk?.fileSize || offset <= 0) return Math.max(0, total - lines);
  return (Math.max(0, bulk.fileSize - offset) * lines) / offset;
}

/** Units a millisecond, over the later half of the time. */
function paceOf(marks: readonly Mark[], now: Mark): number {
  const [ms, units] = now;
  const [fromMs, fromUnits] = marks.findLast(([markMs]) => markMs <= ms / 2) ?? [0, 0];
  const moved = units - fromUnits;
  return moved > 0 && ms > fromMs ? moved / (ms - fromMs) : units / ms;
}

/** What so many points take, beyond those that are at hand. */
function budgetMs({ plan, cost, startedAt }: Going, points: number, at: Date): number {
  if (!plan || plan.effect.rate <= 0) return 0;
  const { rate, burst, full } = plan.effect;
  const seconds = startedAt ? (at.getTime() - startedAt.getTime()) / 1_000 : 0;
  const atHand = Math.min(full, Math.max(0, burst + rate * seconds - cost));
  return (1_000 * Math.max(0, points - atHand)) / rate;
}

/** Up to where the phase counts, as unitsOf counts. */
function unitsIn(run: Going, phase: Phase): number | null {
  const { bulk, toComplete } = run.progress;
  switch (phase) {
    case "planning":
    case "starting":
    case "counting":
      return null;
    case "waiting":
      // Shopify counts as it writes; how many lines a record has, it shows meanwhile.
      return bulk && bulk.rootObjectCount > 0 && run.total !== null && bulk.rootObjectCount < run.total
        ? (bulk.objectCount / bulk.rootObjectCount) * run.total
        : null;
    case "downloading":
      return bulk?.objectCount ?? null;
    case "completing":
      return toComplete ?? null;
    default:
      return run.progress.parts && bulk ? (run.progress.doneBefore ?? 0) + bulk.rootObjectCount : run.total;
  }
}

function laterMs(run: Going, phase: Phase): number {
  const { plan } = run;
  const expected = plan?.phases[phase] ?? 0;
  const open = phase === "completing" ? openIn(run) : null;
  if (!plan || open === null) return expected * shareOf(run);
  return plan.toComplete > 0 ? (expected * open) / plan.toComplete : 0;
}

/** How many records have parts to be fetched, as far as the records that are applied can tell. */
function openIn({ progress, done }: Going): number | null {
  const { toComplete, bulk, doneBefore = 0, phase } = progress;
  const applied = done - doneBefore;
  if (phase !== "applying" || toComplete === undefined || !bulk || applied <= 0) return null;
  return (toComplete * Math.max(applied, bulk.rootObjectCount)) / applied;
}

/** The plan was made for one count; what is read now may be another number, or a part. */
function shareOf({ plan, total, progress }: Going): number {
  const reckoned = plan?.reckoned ?? 0;
  if (reckoned <= 0) return 1;
  const { bulk, parts } = progress;
  const now = parts && bulk && bulk.rootObjectCount > 0 ? bulk.rootObjectCount : (total ?? reckoned);
  return now / reckoned;
}

/** Parts that come after the present one, from their own beginning. */
function laterPartsMs(run: Going): number {
  const { plan, total, progress } = run;
  const { parts = [], bulk, doneBefore = 0 } = progress;
  if (parts.length < 2 || !plan || total === null || total <= 0) return 0;
  const rest = Math.max(0, total - doneBefore - (bulk?.rootObjectCount ?? 0));
  const whole = BULK.reduce((sum, phase) => sum + (plan.phases[phase] ?? 0), 0);
  return (whole * rest) / total;
}
