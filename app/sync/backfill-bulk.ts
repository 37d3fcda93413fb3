// The later phases of a bulk backfill: download the file into the spool, apply the records from there, and compare what
// landed with what Shopify had announced.
import { inTransaction } from "#app/db.server.ts";
import { Permanent } from "#app/shopify/errors.ts";
import { streamLines } from "#app/shopify/lines.ts";
import { completeStaged } from "#app/sync/backfill-entries.ts";
import { bulkOf, move, NOTHING_STAGED } from "#app/sync/backfill-operation.ts";
import { startOver } from "#app/sync/backfill-over.ts";
import { endPart } from "#app/sync/backfill-sum.ts";
import { noteCount, noteVerified } from "#app/sync/counts.ts";
import { BATCH_MAX } from "#app/sync/change.ts";
import { removeAbsentInSpool } from "#app/sync/ingest-absent.ts";
import { pack } from "#app/sync/ingest-frames.ts";
import { assemble, clearStaged, countRepeated, isStaged, stage, sumSpool } from "#app/sync/ingest-staging.ts";
import { recordFaults } from "#app/sync/faults.ts";
import { ingestRead, readBatch } from "#app/sync/ingest.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { again, isTimeUp } from "#app/sync/runs-step.ts";
import { announce, checkpoint, endRun } from "#app/sync/runs.ts";
import type { Line } from "#app/shopify/lines.ts";
import type { BrokenLine } from "#app/sync/ingest-frames.ts";
import type { Assembled, SpoolSums } from "#app/sync/ingest-staging.ts";
import type { Fault } from "#app/sync/faults.ts";
import type { ReadBatch } from "#app/sync/ingest.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Advance, Ending, Run } from "#app/sync/runs.ts";

/** Lines, or bytes of them, that make one frame, which is staged in one transaction and applied in one as a rule. */
const FRAME_LINES_MAX = 2_000;
const FRAME_BYTES_MAX = 4 * 1024 * 1024;
/** The cursor is lost with the rows that it stands for. */
const REDONE = { isRedone: true } as const;

/** Downloads into the spool; the offset commits with the lines that end there. */
export async function downloadFile(run: Run, step: Step): Promise<Stepped> {
  const { client, signal, now } = step;
  const bulk = bulkOf(run);
  const begun = (await isStaged(run)) ? run : await forgetStaged(run, now());
  // While one frame is packed and stored, the lines of the next one arrive.
  let staging = Promise.resolve(begun);
  let held: Line[] = [];
  let bytes = 0;
  const stageHeld = async () => {
    const current = await staging;
    staging = stageLines(current, held, step);
    // Whoever awaits it hears of its failure.
    staging.catch(() => {});
    [held, bytes] = [[], 0];
  };
  try {
    const offset = begun.progress.offset ?? 0;
    for await (const line of streamLines(bulk.url!, { offset, fetch: client.fetch, signal })) {
      held.push(line);
      bytes += line.bytes?.length ?? 0;
      if (held.length < FRAME_LINES_MAX && bytes < FRAME_BYTES_MAX) continue;
      await stageHeld();
      if (isTimeUp(step)) return again(await staging, now());
    }
  } catch (error) {
    const current = await staging;
    if (error instanceof Permanent && error.code === "RESULT_GONE") return startOver(current, step);
    throw error;
  }
  await stageHeld();
  const current = await staging;
  const repeated = await countRepeated(current);
  const progress = { ...current.progress, phase: "applying", repeated } as const;
  const { offset: size = 0, lines = 0 } = progress;
  await noteRun(null, run, "file_read", { bytes: size, lines }, now());
  return again(await move(current, { progress }, now()), now());
}

async function stageLines(run: Run, lines: readonly Line[], step: Step): Promise<Run> {
  if (lines.length === 0) return run;
  const { progress } = run;
  const staged = progress.lines ?? 0;
  const packed = await pack(staged + 1, lines, step.resource);
  const advance: Advance = {
    progress: {
      ...progress,
      offset: lines.at(-1)!.end,
      lines: staged + lines.length,
      rootLines: (progress.rootLines ?? 0) + packed.rootLines,
      malformed: (progress.malformed ?? 0) + packed.broken.length,
      strays: (progress.strays ?? 0) + packed.strays.length,
    },
    rejected: run.rejected + packed.broken.length,
  };
  return inTransaction(async (database) => {
    // First of all, so that of two workers on one run the second one waits here, and then knows.
    const moved = await checkpoint(database, run, advance, step.now());
    await stage(database, run, packed);
    await recordFaults(database, run.shopId, faultsOfLines(run, packed.broken), run.id, step.now());
    await announce(database, run.shopId);
    return moved;
  }, REDONE);
}

function faultsOfLines({ resource }: Run, broken: readonly BrokenLine[]): Fault[] {
  return broken.map(({ line, problem }) => {
    return { resource, key: null, code: "MALFORMED_LINE", detail: `line ${line}: ${problem}` };
  });
}

/** Applies the staged records batch by batch, each with its cursor. */
export async function applyStaged(run: Run, step: Step): Promise<Stepped> {
  const { now } = step;
  let current = (await isStaged(run)) ? run : await forgetStaged(run, now());
  if (current.progress.phase === "downloading") return again(current, now());
  let next = readAhead(current, step, current.progress.appliedLine ?? 0);
  for (;;) {
    const batch = await next;
    if (!batch) break;
    // While the database is at work on one batch the next one is read.
    if (!isTimeUp(step)) next = readAhead(current, step, batch.lastLine);
    current = await applyBatch(current, batch, step);
    if (isTimeUp(step)) return again(current, now());
  }
  const { id, errorCode } = bulkOf(run);
  // What a failed operation had written is in the mirror now; the whole is still to be read.
  if (errorCode !== null) return startOver(current, step, `${id} failed: ${errorCode}`);
  const { progress } = current;
  const phase = (progress.toComplete ?? 0) > 0 ? "completing" : "counting";
  // What follows has a pace of its own.
  const paced = { ...progress, phase, ingestStartedAt: now().toISOString() } as const;
  return again(await move(current, { progress: paced }, now()), now());
}

interface ReadAhead extends Pick<Assembled, "lastLine" | "broken"> {
  readonly read: ReadBatch;
}

function readAhead(run: Run, { resource }: Step, afterLine: number): Promise<ReadAhead | null> {
  const { createdAt } = bulkOf(run);
  const reading = (async () => {
    const assembled = await assemble(run, resource, afterLine, BATCH_MAX);
    if (!assembled) return null;
    const { nodes, lastLine, broken, isShort } = assembled;
    const origin = { kind: "bulk", id: run.id } as const;
    const batch = { shopId: run.shopId, resource, nodes, origin, observedAt: createdAt, isShort };
    return { lastLine, read: await readBatch(batch), broken };
  })();
  // Whoever awaits it hears of its failure; when the batch before fails, nobody does.
  reading.catch(() => {});
  return reading;
}

function applyBatch(run: Run, { read, lastLine, broken }: ReadAhead, { now }: Step): Promise<Run> {
  const { progress, shopId, id } = run;
  return inTransaction(async (database) => {
    const { landed, rejected } = await ingestRead(database, read, now());
    await recordFaults(database, shopId, faultsOfLines(run, broken), id, now());
    await announce(database, shopId);
    const advance = {
      progress: {
        ...progress,
        appliedLine: lastLine,
        toComplete: (progress.toComplete ?? 0) + read.open,
        malformed: (progress.malformed ?? 0) + broken.length,
        ingestStartedAt: progress.ingestStartedAt ?? now().toISOString(),
      },
      done: run.done + landed,
      rejected: run.rejected + rejected + broken.length,
    };
    return checkpoint(database, run, advance, now());
  }, REDONE);
}

/** Back to the download when the spool was lost, else on with what the file could not hold. */
export async function completeRecords(run: Run, step: Step): Promise<Stepped> {
  const current = (await isStaged(run)) ? run : await forgetStaged(run, step.now());
  return current.progress.phase === "completing" ? completeStaged(current, step) : again(current, step.now());
}

/** Verified only when every line that Shopify announced arrived, was understood and landed (I10). */
export async function endBulk(run: Run, step: Step): Promise<Stepped> {
  // An empty spool has no orphans, and shows nothing absent.
  if (!(await isStaged(run))) return again(await forgetStaged(run, step.now()), step.now());
  const sums = await sumSpool(run);
  const ending = endingOf(run, sums);
  if (run.progress.parts || run.request.mode !== "full") return endPart(run, step, ending);
  const { createdAt } = bulkOf(run);
  const ended = await inTransaction(async (database) => {
    if (!step.resource.isHeldOnly)
      await noteCount(database, run.shopId, run.resource, countOf(run, sums), new Date(createdAt));
    if (ending.state === "verified") {
      const origin = { kind: "bulk", id: run.id } as const;
      const reading = { shopId: run.shopId, resource: step.resource, origin, observedAt: createdAt };
      await removeAbsentInSpool(database, reading, step.now());
      await noteVerified(database, run.shopId, run.resource, step.now());
    }
    await clearStaged(database, run);
    return endRun(database, run, ending, step.now());
  });
  return { run: ended, next: null };
}

/** Shopify announced lines; a record that has two of them is one. */
function countOf({ total, progress: { repeated = 0 } }: Run, { records }: SpoolSums): number {
  return total === null ? records : total - repeated;
}

function endingOf(run: Run, { records, orphans }: SpoolSums): Ending {
  const { lines = 0, rootLines = 0, malformed = 0 } = run.progress;
  const { objectCount, rootObjectCount } = bulkOf(run);
  const { doneBefore = 0, rejectedBefore = 0 } = run.progress;
  const [done, rejected] = [run.done - doneBefore, run.rejected - rejectedBefore];
  const incomplete = (code: string, detail: string): Ending => ({ state: "incomplete", code, detail });
  if (lines !== objectCount) {
    return incomplete("COUNT_MISMATCH", `Shopify announced ${objectCount} lines, ${lines} came`);
  }
  if (malformed > 0) return incomplete("MALFORMED_LINES", String(malformed));
  if (rootLines !== rootObjectCount) {
    return incomplete("COUNT_MISMATCH", `Shopify announced ${rootObjectCount} records, ${rootLines} came`);
  }
  if (orphans > 0) return incomplete("ORPHANED_LINES", String(orphans));
  if (rejected > 0) return incomplete("RECORDS_REJECTED", String(rejected));
  if (done < records) return incomplete("COUNT_MISMATCH", `${records} records came, ${done} landed`);
  return { state: "verified" };
}

/** The spool was lost in a crash of the database: from the file's beginning. What was applied may be applied again. */
async function forgetStaged(run: Run, now: Date): Promise<Run> {
  return inTransaction(async (database) => {
    await clearStaged(database, run);
    const progress = { ...run.progress, phase: "downloading", ...NOTHING_STAGED } as const;
    const { doneBefore: done = 0, rejectedBefore: rejected = 0 } = progress;
    return checkpoint(database, run, { progress, done, rejected }, now);
  });
}
