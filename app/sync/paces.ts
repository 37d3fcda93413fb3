// What reading one record takes in this shop: learned from the phases of its earlier runs (run-phases.ts), and assumed
// from the size of the query where there are none. Reads only.
import { pool } from "#app/db.server.ts";
import { estimateCost } from "#app/shopify/cost.ts";
import { nodesDocument, pageDocument, parentsDocument } from "#app/shopify/documents.ts";
import { PAGE_SIZE_MAX, pageSizeFor } from "#app/shopify/page-sizes.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Paces } from "#app/sync/plan.ts";
import type { Phases, PhaseTime } from "#app/sync/run-phases.ts";
import type { Progress } from "#app/sync/runs-states.ts";

/** The latest runs that are looked at, and the number of records below which a run says more of its overhead. */
const RUNS_MAX = 20;
const RECORDS_MIN = 20;
/** Of these the middle one is taken: one odd day does not count. */
const SAMPLES_MAX = 5;

/**
 * Assumed until a run has shown it. Shopify states no times: that a query takes 0.3 s and 3 ms a point is what its
 * answers took elsewhere; a small bulk operation is done within some seconds, and a larger one writes some hundred
 * records a second. Applying is our own: bench/README.md.
 */
const ASSUMED = {
  queryMs: 300,
  pointMs: 3,
  prepareBaseMs: 3_000,
  prepareMs: 2,
  downloadMs: 0.1,
  applyMs: 0.3,
} as const;
/**
 * A phase's time holds the waits for points, and a crowded budget makes a few records look like hours of work. The budget
 * is reckoned by itself, so no more than so many times what is assumed is believed to be work.
 */
const WORK_TIMES_MAX = 2;
/** Most orders are fulfilled, and their lines are read by the fulfillment's id: 45 to a query of 1,000 points. */
const OPEN = { share: 0.9, points: 5, ms: 20 } as const;

interface PastRow {
  readonly phases: Phases;
  readonly progress: Partial<Progress>;
  readonly done: number;
}

export async function readPaces(shopId: number, resource: Resource): Promise<Paces> {
  const { rows } = await pool.query<PastRow>(
    `SELECT phases, progress, done FROM sync_runs
     WHERE shop_id = $1 AND resource = $2 AND state IN ('verified', 'incomplete') AND done >= $3
     ORDER BY id DESC LIMIT $4`,
    [shopId, resource.name, RECORDS_MIN, RUNS_MAX],
  );
  return pacesOf(rows, assumedFor(resource));
}

/** What is known of each figure, from whichever runs show it. */
export function pacesOf(past: readonly PastRow[], assumed: Paces): Paces {
  const each = (figure: (run: PastRow) => number | null): number[] =>
    past.flatMap((run) => figure(run) ?? []).slice(0, SAMPLES_MAX);
  const of = (samples: readonly number[], otherwise: number) =>
    samples.length > 0 ? median(samples) : otherwise;
  const per = (
    run: PastRow,
    phase: keyof NonNullable<Phases["ended"]>,
    what: "ms" | "cost",
    over?: number,
  ) => {
    const time = run.phases.ended?.[phase];
    const units = over ?? time?.units ?? 0;
    return time && units > 0 ? time[what] / units : null;
  };
  const isBulk = (run: PastRow) => run.phases.ended?.applying !== undefined;
  const records = (run: PastRow) => run.phases.ended?.applying?.units ?? 0;
  const pagePoints = each((run) => per(run, "paging", "cost"));
  const prepare = each((run) => (isBulk(run) ? (run.phases.ended?.waiting?.ms ?? 0) : null));
  const prepareBaseMs = Math.min(assumed.prepareBaseMs, ...prepare);
  const perRecord = (phase: keyof NonNullable<Phases["ended"]>) =>
    each((run) => (isBulk(run) ? per(run, phase, "ms", records(run)) : null));
  const open = (run: PastRow): PhaseTime | null => {
    const time = run.phases.ended?.completing;
    return time && time.units > 0 ? time : null;
  };
  return {
    learnedFrom: past.length === 0 ? 0 : Math.max(pagePoints.length, prepare.length),
    pagePoints: of(pagePoints, assumed.pagePoints),
    pageMs: workMs(
      each((run) => per(run, "paging", "ms")),
      assumed.pageMs,
    ),
    idPoints: of(
      each((run) => per(run, "fetching", "cost")),
      assumed.idPoints,
    ),
    idMs: workMs(
      each((run) => per(run, "fetching", "ms")),
      assumed.idMs,
    ),
    prepareBaseMs,
    prepareMs: of(
      each((run) =>
        isBulk(run) && records(run) > 0
          ? Math.max(0, (run.phases.ended?.waiting?.ms ?? 0) - prepareBaseMs) / records(run)
          : null,
      ),
      assumed.prepareMs,
    ),
    downloadMs: of(perRecord("downloading"), assumed.downloadMs),
    applyMs: of(perRecord("applying"), assumed.applyMs),
    openShare: of(
      each((run) => (isBulk(run) && records(run) > 0 ? (open(run)?.units ?? 0) / records(run) : null)),
      assumed.openShare,
    ),
    openPoints: of(
      each((run) => (open(run) ? per(run, "completing", "cost") : null)),
      assumed.openPoints,
    ),
    openMs: workMs(
      each((run) => (open(run) ? per(run, "completing", "ms") : null)),
      assumed.openMs,
    ),
  };
}

/** The quickest was held up least by the budget. */
function workMs(samples: readonly number[], assumed: number): number {
  return samples.length > 0 ? Math.min(...samples, WORK_TIMES_MAX * assumed) : assumed;
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!;
}

/** From what the queries ask for; Shopify charges no more than that, and as a rule less. */
export function assumedFor(resource: Resource): Paces {
  const document = pageDocument(resource, { isById: true });
  const first = pageSizeFor(document, PAGE_SIZE_MAX);
  const hasOpen = (resource.lists ?? []).some(({ connections }) => connections.length > 0);
  const openShare = hasOpen ? OPEN.share : 0;
  const pagePoints = estimateCost(document, { first }) / first + openShare * OPEN.points;
  const byId = resource.list.within ? parentsDocument(resource) : nodesDocument(resource);
  const idPoints = estimateCost(byId, { ids: [""] });
  const { queryMs, pointMs, prepareBaseMs, prepareMs, downloadMs, applyMs } = ASSUMED;
  return {
    learnedFrom: 0,
    pagePoints,
    pageMs: queryMs / first + pagePoints * pointMs + applyMs,
    idPoints,
    idMs: queryMs / PAGE_SIZE_MAX + idPoints * pointMs + applyMs,
    prepareBaseMs,
    prepareMs,
    downloadMs,
    applyMs,
    openShare,
    openPoints: OPEN.points,
    openMs: OPEN.ms,
  };
}
