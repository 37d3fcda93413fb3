// Backfill: reads a whole resource, by a bulk operation or page by page, and ends with the comparison that proves it.
// Cut into short steps with a stored cursor, so that a pause, a crash or a deploy at any moment costs seconds.
//
//   planning → starting → waiting → downloading → applying → completing → counting   (bulk)
//   planning → paging → counting                                    (sooner done by pages, or no slot for bulk)
//
// A bulk operation that comes to nothing leads back to planning, which takes pages after the second one. One that Shopify
// could not finish is cut in two where that can be (backfill-parts.ts); from counting the next part begins. What Shopify
// refuses to write into a file goes on as pages.
import { inTransaction } from "#app/db.server.ts";
import { metered } from "#app/shopify/metered.ts";
import { pages } from "#app/shopify/pages.ts";
import { ahead } from "#app/sync/ahead.ts";
import { applyStaged, completeRecords, downloadFile, endBulk } from "#app/sync/backfill-bulk.ts";
import { startOperation, waitForOperation } from "#app/sync/backfill-operation.ts";
import { newestFirst, partOf, presentPart, searchOfPart } from "#app/sync/backfill-parts.ts";
import { endPart } from "#app/sync/backfill-sum.ts";
import { expectedOf, noteAnswered, noteCount, noteVerified, readCount } from "#app/sync/counts.ts";
import { faultsOfDenials, recordFaults } from "#app/sync/faults.ts";
import { ingest } from "#app/sync/ingest.ts";
import { removeAbsent } from "#app/sync/ingest-absent.ts";
import { planFor } from "#app/sync/plan-sync.ts";
import { narrowSelection, noteSelection } from "#app/sync/selections.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { announce, checkpoint, endRun } from "#app/sync/runs.ts";
import { again, charged, isTimeUp, withTotal } from "#app/sync/runs-step.ts";
import { noteStuck, passesOver } from "#app/sync/stuck.ts";
import { atWalk, searchOfWalk, stride } from "#app/sync/walk.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Ending, Phase, Run } from "#app/sync/runs.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";

/** A plan that a person has seen is kept to for so long; what it counted may have changed since. */
const PLAN_MS_MAX = 15 * 60_000;
/** After so many bulk operations without result, pages are tried. */
const BULK_FAILURES_MAX = 2;

type PhaseOfBackfill = Exclude<Phase, "fetching">;

const PHASES: Readonly<Record<PhaseOfBackfill, (run: Run, step: Step) => Promise<Stepped>>> = {
  planning: plan,
  starting: startOperation,
  waiting: waitForOperation,
  downloading: downloadFile,
  applying: applyStaged,
  completing: completeRecords,
  paging: readPages,
  counting: (run, step) => (run.progress.bulk ? endBulk(run, step) : endPages(run, step)),
};

/**
 * Works on the run until it must wait, its step's time is up, or it has ended.
 * @throws Transient, Throttled, Permanent, RunMoved: decided by whoever steps.
 */
export async function advanceBackfill(run: Run, step: Step): Promise<Stepped> {
  let current = run;
  if (run.request.mode === "full" && run.progress.phase !== "planning")
    await narrowSelection(run.shopId, step.resource, step.now());
  for (;;) {
    const { phase } = current.progress;
    if (phase === "fetching") throw new RangeError(`run ${run.id} is no backfill`);
    const stepped = await PHASES[phase](current, step);
    if (stepped.next === null || stepped.next > step.now() || isTimeUp(step)) return stepped;
    current = stepped.run;
  }
}

/** Counts first, since counts are cheap, and picks the way that is sooner done. */
async function plan(run: Run, step: Step): Promise<Stepped> {
  const { client, resource, signal, now } = step;
  const meter = metered(client);
  const counting = { ...step, client: meter.client };
  const search = searchOfPart(resource, "count", partOf(run.request));
  const total = await readCount(meter.client, resource, { lane: "backfill", signal, search });
  const { bulkFailures = 0 } = run.progress;
  const made = await planFor({ client, shopId: run.shopId, signal }, resource, run.request, total, 1, now());
  const isProbe = made.reckoned === null && bulkFailures === 0;
  const isPaged = bulkFailures >= BULK_FAILURES_MAX || isProbe || wayOf(run, made, now()) === "pages";
  const parts =
    isPaged || total === null || run.request.mode !== "full" ? null : await newestFirst(counting, total);
  const advance = {
    progress: {
      phase: isPaged ? "paging" : "starting",
      bulkFailures,
      isProbe,
      countBefore: total,
      after: null,
      ...(parts ? { parts } : {}),
    },
    total,
    done: 0,
    rejected: 0,
    cost: run.cost + meter.points,
    plan: made,
  } as const;
  const moved = await inTransaction(async (database) => {
    if (run.request.mode === "full") await noteSelection(database, run.shopId, resource, now());
    const told = { way: isPaged ? "pages" : "bulk", count: total, durationMs: made.durationMs };
    await noteRun(database, run, "planned", told, now());
    if (parts) await noteRun(database, run, "newest_first", { since: parts[0].from }, now());
    await announce(database, run.shopId);
    return checkpoint(database, run, advance, now());
  });
  return again(moved, now());
}

/** The way that a person was shown, where that is not long ago. */
function wayOf({ plan: shown, request }: Run, made: Plan, now: Date): Plan["way"] {
  if (request.mode === "full" && request.way) return request.way;
  return shown && now.getTime() - Date.parse(shown.at) < PLAN_MS_MAX ? shown.way : made.way;
}

/**
 * By id: a record that changes meanwhile stays in its place, one that is new is the last, and none is shown twice, so
 * that the sum stands for as many records.
 */
async function readPages(run: Run, step: Step): Promise<Stepped> {
  const { client, resource, signal, now } = step;
  let current = atWalk(run);
  const { walk, after = null } = current.progress;
  const search = searchOfWalk(searchOfPart(resource, "list", presentPart(run)), walk!);
  const how = { lane: "backfill", signal, passesOver: passesOver(run) } as const;
  const options = { ...how, after, isById: true, ...(search ? { search } : {}) };
  const isLast = () => isTimeUp(step) || run.progress.isProbe === true;
  for await (const page of await ahead(pages(client, resource, options), isLast)) {
    current = await landPage(current, step, page);
    const { phase, walk: at } = current.progress;
    // At 0 the list is to be begun anew.
    if (isTimeUp(step) || phase !== "paging" || at?.walked === 0) break;
  }
  return again(current, now());
}

async function landPage(run: Run, { resource, now, walkMax }: Step, page: Page): Promise<Run> {
  return inTransaction(async (database) => {
    const origin = { kind: "page", id: run.id } as const;
    const batch = { shopId: run.shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
    await noteAnswered(database, run.shopId, run.resource);
    const { landed, rejected } = await ingest(database, batch, now());
    await removeAbsent(database, batch, page.parents, now());
    const passed = await noteStuck(database, run, page.stuck, now());
    await recordFaults(database, run.shopId, faultsOfDenials(run.resource, page.denied), run.id, now());
    await announce(database, run.shopId);
    const { walk, ...progress } = run.progress;
    const cost = run.cost + page.cost;
    if (progress.isProbe && page.next !== null) {
      const isTooMany = { ...progress, phase: "starting", isProbe: false, after: null } as const;
      return checkpoint(database, run, { progress: isTooMany, cost }, now());
    }
    const advance = {
      progress: {
        ...progress,
        ...stride(walk!, page, walkMax),
        phase: page.next === null ? "counting" : "paging",
        ingestStartedAt: progress.ingestStartedAt ?? page.sentAt,
      } as const,
      done: run.done + landed,
      rejected: run.rejected + rejected + passed,
      cost,
    };
    return checkpoint(database, run, advance, now());
  });
}

async function endPages(run: Run, step: Step): Promise<Stepped> {
  const isPart = run.progress.parts !== undefined || run.request.mode !== "full";
  if (isPart) return endPart(run, step, { state: "verified" });
  const { resource, signal, now } = step;
  const meter = metered(step.client);
  const counted = now();
  const after = await readCount(meter.client, resource, { lane: "backfill", signal });
  const expected = expectedOf(run.progress.countBefore, after);
  const ended = await inTransaction(async (database) => {
    // What was passed over is in no count.
    if (!resource.isHeldOnly)
      await noteCount(database, run.shopId, run.resource, after ?? run.done + run.rejected, counted);
    const ending = endingOfPages(run, expected);
    if (ending.state === "verified") await noteVerified(database, run.shopId, run.resource, now());
    return endRun(database, await withTotal(database, charged(run, meter), now()), ending, now());
  });
  return { run: ended, next: null };
}

function endingOfPages({ done, rejected }: Run, expected: number | null): Ending {
  if (expected !== null && done + rejected < expected) {
    return {
      state: "incomplete",
      code: "COUNT_MISMATCH",
      detail: `Shopify has ${expected}, ${done + rejected} came`,
    };
  }
  if (rejected > 0) return { state: "incomplete", code: "RECORDS_REJECTED", detail: String(rejected) };
  return { state: "verified" };
}
