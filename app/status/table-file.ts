// A table as a file, CSV or NDJSON, streamed as it is read: only as fast as it is taken, and a reader who leaves ends the
// reading. Columns have the names of the rows' fields.

export const FILE_FORMATS = ["csv", "ndjson"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

const TYPES: Readonly<Record<FileFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
};

export type Cell = string | number | Date | null;
export type Batches<T> = AsyncGenerator<readonly T[], void, undefined>;

/** Null for anything but a format; NDJSON where none is asked for. */
export function formatOf(url: string): FileFormat | null {
  const asked = new URL(url).searchParams.get("format") ?? "ndjson";
  return FILE_FORMATS.find((each) => each === asked) ?? null;
}

/** @param name without its ending */
export function tableFile<K extends string>(
  name: string,
  columns: readonly K[],
  batches: Batches<Readonly<Record<K, Cell>>>,
  format: FileFormat,
): Response {
  const encoder = new TextEncoder();
  const write = format === "csv" ? csvLine : jsonLine;
  let isBegun = format !== "csv";
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!isBegun) {
        isBegun = true;
        controller.enqueue(encoder.encode(`${columns.join(",")}\r\n`));
        return;
      }
      const { value, done } = await batches.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map((row) => write(columns, row)).join("")));
    },
    async cancel() {
      await batches.return();
    },
  });
  return new Response(body, {
    headers: {
      "Content-Type": TYPES[format],
      "Content-Disposition": `attachment; filename="${name}.${format}"`,
      "Cache-Control": "no-store",
      "Access-Control-Allow-Origin": "*",
    },
  });
}

type Row<K extends string> = Readonly<Record<K, Cell>>;

function jsonLine<K extends string>(columns: readonly K[], row: Row<K>): string {
  return `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]])))}\n`;
}

function csvLine<K extends string>(columns: readonly K[], row: Row<K>): string {
  return `${columns.map((column) => cell(row[column])).join(",")}\r\n`;
}

function cell(value: Cell): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "number") return String(value);
  // A spreadsheet would run what begins like this.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
