// What room the shop's tables take, and how they have grown: the samples of each hour, as the plot of storage shows them.
import { pool } from "#app/db.server.ts";
import type { Series, TableSize } from "#app/status/plots.ts";

const HOUR_MS = 60 * 60_000;
/** Sizes are sampled once an hour. */
const STORAGE_STEP = 3_600;

interface TableSamples {
  readonly name: string;
  readonly label: string;
  /** In the order of time. */
  readonly samples: readonly { readonly bin: number; readonly value: number }[];
}

// The last sample of each bin: an hour's rows hold one, or the mean of a few.
export const READ_SIZES = `
  SELECT name, label, string_agg(concat_ws(' ', bin, value), ',' ORDER BY bin) AS samples
  FROM (SELECT DISTINCT ON (name, label, bin) width_bucket(at, $3::timestamptz[]) - 1 AS bin, name, label,
               sum / count AS value
        FROM sync_metrics
        WHERE shop_id = $1 AND step = $2 AND name IN ('bytes', 'rows') AND at >= $4 AND at < $5
        ORDER BY name, label, bin, at DESC) AS last
  GROUP BY name, label`;

/** The greatest tables each, and all others as one. */
export async function readSizes(
  { shopId, bins, until }: { readonly shopId: number; readonly bins: readonly Date[]; readonly until: Date },
  seriesMax: number,
): Promise<{ series: Series[]; tables: TableSize[] }> {
  // Of less than an hour, the hour that it began in.
  const from = new Date(Math.floor(bins[0]!.getTime() / HOUR_MS) * HOUR_MS);
  const { rows } = await pool.query<{ name: string; label: string; samples: string }>(READ_SIZES, [
    ...[shopId, STORAGE_STEP, bins, from, until],
  ]);
  const samples = rows.map(samplesOf);
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

function samplesOf(row: { name: string; label: string; samples: string }): TableSamples {
  const samples = row.samples.split(",").map((entry) => {
    const [bin = 0, value = 0] = entry.split(" ").map(Number);
    return { bin, value };
  });
  return { name: row.name, label: row.label, samples };
}

function sizeOf({ label, samples }: TableSamples, counts: TableSamples | undefined): TableSize {
  const [first, last] = [samples[0], samples.at(-1)];
  return {
    table: label,
    rows: Math.round(counts?.samples.at(-1)?.value ?? 0),
    bytes: Math.round(last?.value ?? 0),
    grown: first && last && first !== last ? Math.round(last.value - first.value) : null,
  };
}

/** Between two samples a table keeps its size. */
function sizesOf({ samples }: TableSamples, bins: number): (number | null)[] {
  const byBin = new Map(samples.map(({ bin, value }) => [Math.max(0, bin), value]));
  let known: number | null = null;
  return Array.from({ length: bins }, (_, bin) => (known = byBin.get(bin) ?? known));
}
