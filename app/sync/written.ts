// Who wants to know at once which records this process has written. A hint that spares them the search, never their only
// way to learn of it: what another process wrote, or one that died, is not told here.
import type { ResourceName } from "#app/resources/define.ts";
import type { Outcome } from "#app/sync/change.ts";

export type Hearer = (shopId: number, keys: readonly string[]) => void;

const hearers = new Map<ResourceName, Set<Hearer>>();

/** `hearer` must not throw. @returns how to stop. */
export function hearWritten(resource: ResourceName, hearer: Hearer): () => void {
  const known = hearers.get(resource) ?? new Set();
  hearers.set(resource, known.add(hearer));
  return () => void known.delete(hearer);
}

/** After the commit. */
export function tellWritten(shopId: number, outcomes: Iterable<Outcome>): void {
  if (hearers.size === 0) return;
  const written = Map.groupBy(
    [...outcomes].filter(({ result }) => result === "applied"),
    ({ change }) => change.resource,
  );
  for (const [resource, hearing] of hearers) {
    const keys = written.get(resource)?.map(({ change }) => change.key);
    if (keys) for (const hear of hearing) hear(shopId, keys);
  }
}
