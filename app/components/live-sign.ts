// How the open page is kept fresh, for whoever shows it: the page's own stream says it, the layout's corner reads it.
import { useSyncExternalStore } from "react";
import type { LiveState } from "./live.ts";

let shown: LiveState | null = null;
const readers = new Set<() => void>();

/** Null when the page that had a stream is gone. */
export function tellLive(state: LiveState | null): void {
  if (state === shown) return;
  shown = state;
  for (const read of readers) read();
}

export function useLiveSign(): LiveState | null {
  return useSyncExternalStore(
    (read) => {
      readers.add(read);
      return () => readers.delete(read);
    },
    () => shown,
    () => null,
  );
}
