// The planner: from a count and what earlier runs have shown, the way that is sooner done, and what it will take: time,
// API points, whom it keeps waiting. Pure; what it reckons with is gathered by plan-sync.ts.
//
// A plan is an expectation with its grounds, not a promise: it is stored with the run and stands beside what became of it.
import { LANES } from "#app/shopify/budget.ts";
import type { Lane } from "#app/shopify/budget.ts";
import type { Phase } from "#app/sync/runs-states.ts";

/** Page after page of a list; a file that Shopify prepares; records by id or by name. */
export type Way = "pages" | "bulk" | "ids";

export interface Plan {
  /** ISO 8601: when it was made. */
  readonly at: string;
  /** Shopify's count; null where it has none. */
  readonly count: number | null;
  /** What it was reckoned for: the count, else as many as are mirrored; null where that is not known either. */
  readonly reckoned: number | null;
  readonly way: Way;
  /** API points. */
  readonly points: number | null;
  readonly durationMs: number | null;
  /** Of the duration, by phase, in the order in which they come. */
  readonly phases: Partial<Readonly<Record<Phase, number>>>;
  /** Records behind a file whose parts are fetched one by one. */
  readonly toComplete: number;
  /** The way that was not taken. */
  readonly other: { readonly way: Way; readonly points: number; readonly durationMs: number } | null;
  readonly effect: Effect;
  /** Earlier runs that this was learned from; 0 when it is only assumed. */
  readonly learnedFrom: number;
}

/** What others of the same shop notice while it runs. */
export interface Effect {
  readonly lane: Lane;
  /** Of what Shopify's bucket gives during that time, in percent. */
  readonly budgetPercent: number;
  /** Lanes that stand back for it. */
  readonly waits: readonly Lane[];
  /** Other full syncs with which it shares. */
  readonly beside: number;
  /** Points restored a second; points at hand at its beginning beyond what its lane leaves to others, and at most. */
  readonly rate: number;
  readonly burst: number;
  readonly full: number;
}

/** What one record takes, each way. Learned from earlier runs of the shop, else assumed. */
export interface Paces {
  readonly learnedFrom: number;
  readonly pagePoints: number;
  /** Milliseconds a record where the budget does not hold it up. */
  readonly pageMs: number;
  readonly idPoints: number;
  readonly idMs: number;
  /** A bulk operation takes so long however small it is, and so much more for each record. */
  readonly prepareBaseMs: number;
  readonly prepareMs: number;
  readonly downloadMs: number;
  readonly applyMs: number;
  /** Share of records with parts that no file can hold, and what each of them takes. */
  readonly openShare: number;
  readonly openPoints: number;
  readonly openMs: number;
}

export interface Bucket {
  readonly maximum: number;
  readonly available: number;
  /** Points a second. */
  readonly rate: number;
  /** Share of the bucket that the lane leaves to others. */
  readonly headroom: number;
}

/** What is to be read, and beside whom. */
export interface Wanted {
  readonly count: number | null;
  readonly reckoned: number | null;
  readonly lane: Lane;
  /** Ways that can read it, of which the sooner one is taken. */
  readonly ways: readonly Way[];
  /** Other runs that are spending the same lane's points now. */
  readonly beside: number;
  /** Bulk operations that it takes, one after the other. */
  readonly parts: number;
}

/** Planning, and looking at the counts once more in the end: two small queries. */
const COUNTING_MS = 600;
/** From the request to an operation's first look. */
const STARTING_MS = 800;
/** Starting, looking at and counting a bulk operation, in points. */
const BULK_POINTS = 60;
const COUNT_POINTS = 20;

export function planRead(wanted: Wanted, paces: Paces, bucket: Bucket, now: Date): Plan {
  const { count, reckoned, lane, beside } = wanted;
  const rate = bucket.rate / (beside + 1);
  const full = (1 - bucket.headroom) * bucket.maximum;
  const burst = Math.max(0, Math.min(bucket.available, bucket.maximum) - (bucket.maximum - full));
  const flow = { rate, burst, full };
  const options = wanted.ways.map((way) => expected(way, reckoned ?? 0, wanted, paces, flow));
  const [best, second] = options.toSorted((a, b) => a.durationMs - b.durationMs);
  if (!best) throw new RangeError("a plan needs a way");
  const seconds = best.durationMs / 1_000;
  const given = Math.max(1, burst + bucket.rate * seconds);
  const { way, points, durationMs, phases, toComplete } = best;
  const isKnown = reckoned !== null;
  return {
    at: now.toISOString(),
    count,
    reckoned,
    way,
    points: isKnown ? points : null,
    durationMs: isKnown ? durationMs : null,
    phases: isKnown ? phases : {},
    toComplete,
    other:
      second && isKnown ? { way: second.way, points: second.points, durationMs: second.durationMs } : null,
    effect: {
      lane,
      budgetPercent: Math.min(100, Math.round((100 * points) / given)),
      waits: LANES.slice(LANES.indexOf(lane) + 1),
      beside,
      rate: bucket.rate,
      burst: Math.round(burst),
      full: Math.round(full),
    },
    learnedFrom: paces.learnedFrom,
  };
}

interface Expected {
  readonly way: Way;
  readonly points: number;
  readonly durationMs: number;
  readonly phases: Partial<Record<Phase, number>>;
  readonly toComplete: number;
}

interface Flow {
  readonly rate: number;
  readonly burst: number;
  readonly full: number;
}

function expected(way: Way, count: number, { parts }: Wanted, paces: Paces, flow: Flow): Expected {
  if (way === "bulk") return expectedOfBulk(count, parts, paces, flow);
  const isPages = way === "pages";
  const points = Math.ceil(count * (isPages ? paces.pagePoints : paces.idPoints));
  const ms = paced(points, count * (isPages ? paces.pageMs : paces.idMs), flow);
  const phases = { planning: COUNTING_MS, [isPages ? "paging" : "fetching"]: ms, counting: COUNTING_MS };
  return { way, points: points + COUNT_POINTS, durationMs: sum(phases), phases, toComplete: 0 };
}

function expectedOfBulk(count: number, parts: number, paces: Paces, flow: Flow): Expected {
  const toComplete = Math.round(count * paces.openShare);
  const behind = Math.ceil(toComplete * paces.openPoints);
  const before = {
    planning: COUNTING_MS,
    starting: STARTING_MS * parts,
    waiting: paces.prepareBaseMs * parts + count * paces.prepareMs,
    downloading: count * paces.downloadMs,
    applying: count * paces.applyMs,
  };
  // Until the fetches begin the bucket fills up.
  const burst = Math.min(flow.full, flow.burst + (flow.rate * sum(before)) / 1_000);
  const completing = paced(behind, toComplete * paces.openMs, { ...flow, burst });
  const phases = { ...before, completing, counting: COUNTING_MS };
  const points = behind + BULK_POINTS * parts + COUNT_POINTS;
  return { way: "bulk", points, durationMs: sum(phases), phases, toComplete };
}

/** The budget and the work go on side by side: the slower of both sets the pace. */
function paced(points: number, workMs: number, { rate, burst }: Flow): number {
  return Math.max(workMs, (1_000 * Math.max(0, points - burst)) / rate);
}

function sum(phases: Partial<Record<Phase, number>>): number {
  return Math.round(Object.values(phases).reduce((all, ms) => all + ms, 0));
}
