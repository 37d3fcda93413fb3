// What room the shop's tables take, and how they have grown: the samples of each hour, as the plot of storage shows them.
import { pool } from "#app/db.server.ts";
import { binsAt } from "#app/status/bins.ts";
import type { Series, TableSize } from "#app/status/plots.ts";

const HOUR_MS = 60 * 60_000;
/** Sizes are sampled once an hour. */
const STORAGE_STEP = 3_600;

interface TableSamples {
  readonly name: string;
  readonly label: string;
  /** Bin → the last sample in it; what was before the first bin counts to that. */
  readonly byBin: ReadonlyMap<number, number>;
  readonly first: number;
  readonly last: number;
}

export const READ_SIZES = `
  SELECT name, label, string_agg(concat_ws(' ', date_part('epoch', at)::int8, (sum / count)::int8), ',') AS samples
  FROM sync_metrics
  WHERE shop_id = $1 AND step = $2 AND name IN ('bytes', 'rows') AND at >= $3 AND at < $4
  GROUP BY name, label`;

/** The greatest tables each, and all others as one. */
export async function readSizes(
  { shopId, bins, until }: { readonly shopId: number; readonly bins: readonly Date[]; readonly until: Date },
  seriesMax: number,
): Promise<{ series: Series[]; tables: TableSize[] }> {
  // Of less than an hour, the hour that it began in.
  const from = new Date(Math.floor(bins[0]!.getTime() / HOUR_MS) * HOUR_MS);
  const { rows } = await pool.query<{ name: string; label: string; samples: string }>(READ_SIZES, [
    ...[shopId, STORAGE_STEP, from, until],
  ]);
  const binAt = binsAt(bins);
  const samples = rows.map((row) => samplesOf(row, binAt));
  const bytes = new Map(samples.flatMap((of) => (of.name === "bytes" ? [[of.label, of] as const] : [])));
  const counts = new Map(samples.flatMap((of) => (of.name === "rows" ? [[of.label, of] as const] : [])));
  const tables = [...bytes.values()]
    .map((of) => sizeOf(of, counts.get(of.label)))
    .sort((a, b) => b.bytes - a.bytes);
  const valuesOf = (table: string) => sizesOf(bytes.get(table)!, bins.length);
  const series = tables.slice(0, seriesMax).map(({ table }) => ({ key: table, values: valuesOf(table) }));
  if (tables.length <= seriesMax) return { series, tables };
  const rest = tables.slice(seriesMax).map(({ table }) => valuesOf(table));
  const values = bins.map((_, bin) => {
    return rest.every((of) => of[bin] === null) ? null : rest.reduce((sum, of) => sum + (of[bin] ?? 0), 0);
  });
  return { series: [...series, { key: "others", values }], tables };
}

function samplesOf(
  row: { name: string; label: string; samples: string },
  binAt: (seconds: number) => number,
): TableSamples {
  const samples = row.samples
    .split(",")
    .map((sample) => {
      const [at = 0, value = 0] = sample.split(" ").map(Number);
      return { at, value };
    })
    .sort((a, b) => a.at - b.at);
  return {
    name: row.name,
    label: row.label,
    byBin: new Map(samples.map(({ at, value }) => [Math.max(0, binAt(at)), value])),
    first: samples[0]?.value ?? 0,
    last: samples.at(-1)?.value ?? 0,
  };
}

function sizeOf({ label, byBin, first, last }: TableSamples, counts: TableSamples | undefined): TableSize {
  return {
    table: label,
    rows: Math.round(counts?.last ?? 0),
    bytes: Math.round(last),
    // One bin has nothing to compare with.
    grown: byBin.size > 1 ? Math.round(last - first) : null,
  };
}

/** Between two samples a table keeps its size. */
function sizesOf({ byBin }: TableSamples, bins: number): (number | null)[] {
  let known: number | null = null;
  return Array.from({ length: bins }, (_, bin) => (known = byBin.get(bin) ?? known));
}
