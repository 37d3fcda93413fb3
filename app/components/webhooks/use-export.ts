// Downloads the delivery log as it is filtered. A plain link would come without a session token, so the file is fetched
// with one and handed to the browser.
import { useAppBridge } from "@shopify/app-bridge-react";
import { useState } from "react";
import { useReader } from "../reader.tsx";

const EXPORT_URL = "/api/shopify/deliveries";
/** The browser has begun to save it by then. */
const REVOKE_AFTER_MS = 60_000;

export type ExportFormat = "csv" | "ndjson";

export interface Exporting {
  readonly start: (format: ExportFormat) => void;
  readonly running: ExportFormat | null;
}

/** @param query filters as they stand in the page's address. */
export function useExport(query: URLSearchParams): Exporting {
  const { t } = useReader();
  const bridge = useAppBridge();
  const [running, setRunning] = useState<ExportFormat | null>(null);

  async function download(format: ExportFormat): Promise<void> {
    setRunning(format);
    try {
      const asked = new URLSearchParams(query);
      asked.set("format", format);
      const headers = { Authorization: `Bearer ${await bridge.idToken()}` };
      const response = await fetch(`${EXPORT_URL}?${asked}`, { headers });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      save(await response.blob(), `deliveries.${format}`);
    } catch {
      bridge.toast.show(t("hooks.log.exportFailed"), { isError: true });
    } finally {
      setRunning(null);
    }
  }

  return { start: (format) => void download(format), running };
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
