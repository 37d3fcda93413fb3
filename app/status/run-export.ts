// Runs as filtered and sorted, row by row for a file.
import { eachRun } from "./run-history.ts";
import type { RunDataRow, RunQuery } from "./run-history.ts";
import type { Batches, Cell } from "./table-file.ts";

export const RUN_EXPORT_COLUMNS = [
  "id",
  "resource",
  "kind",
  "state",
  "startedBy",
  "createdAt",
  "startedAt",
  "endedAt",
  "done",
  "total",
  "rejected",
  "cost",
  "way",
  "expectedPoints",
  "expectedMs",
  "errorCode",
  "errorDetail",
] as const;

type Line = Readonly<Record<(typeof RUN_EXPORT_COLUMNS)[number], Cell>>;

export async function* eachRunLine(
  shopId: number,
  query: Pick<RunQuery, "filters" | "sort">,
  timeZone: string,
): Batches<Line> {
  for await (const rows of eachRun(shopId, query, timeZone)) yield rows.map(lineOf);
}

function lineOf(row: RunDataRow): Line {
  const { plan } = row;
  return {
    id: row.id,
    resource: row.resource,
    kind: row.kind,
    state: row.state,
    startedBy: row.started_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    done: row.done,
    total: row.total,
    rejected: row.rejected,
    cost: row.cost,
    way: plan?.way ?? null,
    expectedPoints: plan?.points ?? null,
    expectedMs: plan?.durationMs ?? null,
    errorCode: row.error_code,
    errorDetail: row.error_detail,
  };
}
