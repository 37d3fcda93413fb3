// Downloads a file that needs a session token: a plain link would come without one, so the file is fetched with one and
// handed to the browser.
import { useAppBridge } from "@shopify/app-bridge-react";
import { useState } from "react";

/** The browser has begun to save it by then. */
const REVOKE_AFTER_MS = 60_000;

export interface Downloading<F extends string> {
  readonly start: (format: F) => void;
  readonly running: F | null;
}

/**
 * @param urlOf address of the file in a format
 * @param name without its ending
 * @param failed what to say when it does not come
 */
export function useDownload<F extends string>(
  urlOf: (format: F) => string,
  name: string,
  failed: string,
): Downloading<F> {
  const bridge = useAppBridge();
  const [running, setRunning] = useState<F | null>(null);

  async function download(format: F): Promise<void> {
    setRunning(format);
    try {
      const headers = { Authorization: `Bearer ${await bridge.idToken()}` };
      const response = await fetch(urlOf(format), { headers });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      save(await response.blob(), `${name}.${format}`);
    } catch {
      bridge.toast.show(failed, { isError: true });
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
