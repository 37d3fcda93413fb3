// What a run has done so far, phase by phase: when each began and ended, how long it took, what it got done and what that
// cost. Kept in the run's row with its cursor, small however long the run is: a phase that comes back is one entry, and of
// the present one only a few marks are kept, from which its pace is taken. Pure.
import type { Phase, Progress, RunKind } from "#app/sync/runs-states.ts";

export interface PhaseTime {
  /** ISO 8601: when it was first begun and last left. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Time spent in it, without pauses. */
  readonly ms: number;
  /** What it counts: records, or lines of a file. */
  readonly units: number;
  /** API points. */
  readonly cost: number;
  /** How often it was begun. */
  readonly times: number;
}

/** Milliseconds since the phase was begun, and the units and points since then. */
export type Mark = readonly [ms: number, units: number, cost: number];

export interface PresentPhase {
  readonly phase: Phase;
  /** ISO 8601. */
  readonly since: string;
  /** As they stood when it began. */
  readonly units: number;
  readonly cost: number;
  readonly marks: readonly Mark[];
}

export interface Phases {
  readonly now?: PresentPhase;
  readonly ended?: Partial<Readonly<Record<Phase, PhaseTime>>>;
}

/** What phases are reckoned from. */
export interface Work {
  readonly kind: RunKind;
  readonly progress: Progress;
  readonly done: number;
  readonly cost: number;
  /** When its first step began. */
  readonly startedAt: Date | null;
}

/** Marks of one phase; with more, every second one is dropped, so that they reach back over all of it. */
const MARKS_MAX = 16;
/** Between two marks, and a share of the phase's time: writes of one moment say nothing of a pace. */
const MARK_MS_MIN = 500;
const MARKS_PER_TIME = 12;

/** The account after a step's write: a phase is left when the run says that it does something else now. */
export function phasesAfter(before: Phases, was: Work, is: Work, now: Date): Phases {
  const present = before.now ?? first(before, was) ?? begun(was, now);
  const phase = phaseOf(is);
  if (present.phase === phase) return { ...before, now: marked(present, is, now) };
  const left = leavePhase({ ...before, now: present }, { ...is, startedAt: was.startedAt }, now);
  return { ...left, now: begun(is, now) };
}

/** The present phase ends, or stops for a while: a pause is no time spent. */
export function leavePhase(before: Phases, work: Work, now: Date): Phases {
  const { now: present = first(before, work), ended = {} } = before;
  if (!present) return { ended };
  const { phase, since } = present;
  const known = ended[phase];
  const entry: PhaseTime = {
    startedAt: known?.startedAt ?? since,
    endedAt: now.toISOString(),
    ms: (known?.ms ?? 0) + Math.max(0, now.getTime() - Date.parse(since)),
    units: (known?.units ?? 0) + Math.max(0, unitsOf(phase, work) - present.units),
    cost: (known?.cost ?? 0) + Math.max(0, work.cost - present.cost),
    times: (known?.times ?? 0) + 1,
  };
  return { ended: { ...ended, [phase]: entry } };
}

/** After a pause, or at the very beginning. */
export function enterPhase(before: Phases, work: Work, now: Date): Phases {
  return { ended: before.ended ?? {}, now: begun(work, now) };
}

/** What a phase counts. */
export function unitsOf(phase: Phase, { progress, done }: Pick<Work, "progress" | "done">): number {
  switch (phase) {
    case "planning":
    case "starting":
      return 0;
    case "waiting":
      return progress.bulk?.objectCount ?? 0;
    case "downloading":
      return progress.lines ?? 0;
    case "completing":
      return progress.completed ?? 0;
    default:
      return done;
  }
}

/** A catch-up counts and reads in turns, many times over: that is one piece of work. */
function phaseOf({ kind, progress: { phase } }: Work): Phase {
  return kind === "catch_up" && phase === "counting" ? "paging" : phase;
}

/** The phase with which a run begins is not written down before it ends. */
function first({ ended }: Phases, work: Work): PresentPhase | undefined {
  if (ended || !work.startedAt) return undefined;
  return begun(work, work.startedAt);
}

function begun(work: Work, now: Date): PresentPhase {
  const phase = phaseOf(work);
  return { phase, since: now.toISOString(), units: unitsOf(phase, work), cost: work.cost, marks: [] };
}

function marked(present: PresentPhase, work: Work, now: Date): PresentPhase {
  const ms = now.getTime() - Date.parse(present.since);
  const [lastMs] = present.marks.at(-1) ?? [0];
  if (ms - lastMs < Math.max(MARK_MS_MIN, ms / MARKS_PER_TIME)) return present;
  const mark: Mark = [ms, unitsOf(present.phase, work) - present.units, work.cost - present.cost];
  const marks = [...present.marks, mark];
  return { ...present, marks: marks.length > MARKS_MAX ? marks.filter((_, at) => at % 2 === 1) : marks };
}
