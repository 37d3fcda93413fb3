// The delivery log as a file: NDJSON or CSV, streamed as it is read. Metadata only: bodies hold personal data and stay
// where they are.
import { eachDelivery, type DeliveryLine } from "#app/status/deliveries.ts";
import type { DeliverySort } from "#app/status/sorts.ts";
import type { DeliveryChoice } from "#app/sync/delivery-choice.ts";

export const EXPORT_FORMATS = ["csv", "ndjson"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
};

const COLUMNS = [
  "id",
  "receivedAt",
  "triggeredAt",
  "settledAt",
  "topic",
  "state",
  "reason",
  "resource",
  "recordKey",
  "attempts",
  "replays",
  "repeats",
  "webhookId",
  "eventId",
] as const satisfies readonly (keyof DeliveryLine)[];

/** Read only as fast as it is taken; a reader who leaves ends the reading. */
export function exportDeliveries(
  shopDomain: string,
  choice: DeliveryChoice,
  format: ExportFormat,
  sort?: DeliverySort,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const batches = eachDelivery(shopDomain, choice, sort);
  const write = format === "csv" ? csvLine : jsonLine;
  let isBegun = format !== "csv";
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!isBegun) {
        isBegun = true;
        controller.enqueue(encoder.encode(`${COLUMNS.join(",")}\r\n`));
        return;
      }
      const { value, done } = await batches.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map(write).join("")));
    },
    async cancel() {
      await batches.return(undefined);
    },
  });
}

function jsonLine(line: DeliveryLine): string {
  return `${JSON.stringify(Object.fromEntries(COLUMNS.map((column) => [column, line[column]])))}\n`;
}

function csvLine(line: DeliveryLine): string {
  return `${COLUMNS.map((column) => cell(line[column])).join(",")}\r\n`;
}

function cell(value: DeliveryLine[keyof DeliveryLine]): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  // A spreadsheet would run what begins like this.
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
