// Downloads the delivery log as it is filtered.
import type { ExportFormat } from "#app/status/delivery-export.ts";
import { useReader } from "../reader.tsx";
import { useDownload, type Downloading } from "../use-download.ts";

const EXPORT_URL = "/api/shopify/deliveries";

export type Exporting = Downloading<ExportFormat>;

/** @param query filters as they stand in the page's address. */
export function useExport(query: URLSearchParams): Exporting {
  const { t } = useReader();
  const urlOf = (format: ExportFormat): string => {
    const asked = new URLSearchParams(query);
    asked.set("format", format);
    return `${EXPORT_URL}?${asked}`;
  };
  return useDownload(urlOf, "deliveries", t("hooks.log.exportFailed"));
}
