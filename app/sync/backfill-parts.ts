// The parts of a backfill: windows of creation that follow each other without gap or overlap, so that what is proven of
// each is proven of all. Of a large store the newest records come first; what Shopify fails to write into one file is cut
// in two, and each half again, until a file is whole.
//
// A record never changes when it was created: it cannot move from one part to another while they are read.
import { countsDocument } from "#app/shopify/documents.ts";
import { during } from "#app/shopify/search.ts";
import { exact } from "#app/sync/counts.ts";
import type { Resource, SearchWay } from "#app/resources/define.ts";
import type { Count } from "#app/sync/counts.ts";
import type { Step } from "#app/sync/runs-step.ts";
import type { Part, Run, RunRequest } from "#app/sync/runs-states.ts";

/** 2 ⁵ = 32 parts of one at most; what still fails is read by pages. */
export const HALVINGS_MAX = 5;
/** From so many on, the newest window is an operation of its own. */
export const NEWEST_FIRST_MIN = 20_000;
/** The newest window is the longest of these that holds no more than this share. */
const NEWEST_DAYS = [90, 60, 30, 14, 7] as const;
const NEWEST_SHARE_MAX = 1 / 3;
/** Days back from a window's end at which it may be cut, where its beginning is open; else eighths of it. */
const CUT_DAYS = [7, 30, 91, 182, 365, 730, 1_461, 2_922] as const;
const EIGHTHS = 8;
/** Shorter windows are not cut: many records of one moment were imported, and no cut divides them. */
const CUT_MS_MIN = 60_000;
const DAY_MS = 86_400_000;
/** Ends of bulk operations that a smaller one may not meet. */
const SPLIT_CODES: ReadonlySet<string> = new Set(["INTERNAL_SERVER_ERROR", "TIMEOUT", "FAILED"]);

/** The whole of what a run reads, as one part. */
export function partOf(request: RunRequest): Part {
  if (request.mode !== "created") return { from: null, until: null, halvings: 0 };
  return { from: request.from ?? null, until: request.until ?? null, halvings: 0 };
}

/** The part that is under way. */
export function presentPart({ request, progress: { parts } }: Run): Part {
  return parts?.[0] ?? partOf(request);
}

/** Shopify's search for a part, by its list or in its count; the empty one for everything. */
export function searchOfPart({ name, created }: Resource, way: SearchWay, { from, until }: Part): string {
  if (from === null && until === null) return "";
  if (!created) throw new RangeError(`Shopify does not tell when ${name} were created`);
  return during(created[way], {
    ...(from === null ? {} : { from: new Date(from) }),
    ...(until === null ? {} : { until: new Date(until) }),
  });
}

export function canSplit(errorCode: string | null): boolean {
  return errorCode !== null && SPLIT_CODES.has(errorCode);
}

/** The newest window and the rest, for a whole read of many records; null where that helps nobody. */
export async function newestFirst(step: Step, total: number): Promise<readonly [Part, Part] | null> {
  const { resource, now, newestFirstMin = NEWEST_FIRST_MIN } = step;
  if (!resource.created || total < newestFirstMin) return null;
  const whole: Part = { from: null, until: null, halvings: 0 };
  const cuts = NEWEST_DAYS.map((days) => wholeSecond(now().getTime() - days * DAY_MS));
  const counts = await countSince(step, whole, cuts);
  const at = counts.findIndex((count) => count !== null && count > 0 && count <= total * NEWEST_SHARE_MAX);
  if (at === -1) return null;
  const newest = counts[at]!;
  return cutAt(whole, cuts[at]!, 0, [newest, total - newest]);
}

/** Two halves of a part, the newer one first, as near to the middle as counts can tell; null when it cannot be cut. */
export async function halve(step: Step, part: Part): Promise<readonly [Part, Part] | null> {
  const { resource, now } = step;
  if (!resource.created || resource.count === null || part.halvings >= HALVINGS_MAX) return null;
  const end = part.until === null ? now().getTime() : Date.parse(part.until);
  const cuts = cutsOf(part, end);
  if (cuts.length === 0) return null;
  const [all, ...newer] = await countSince(step, part, [null, ...cuts]);
  if (all === null || all === undefined) return null;
  const middle = cuts
    .map((cut, at) => ({ cut, count: newer[at] ?? 0 }))
    .filter(({ count }) => count > 0 && count < all)
    .toSorted((a, b) => Math.abs(a.count - all / 2) - Math.abs(b.count - all / 2))[0];
  return middle ? cutAt(part, middle.cut, part.halvings + 1, [middle.count, all - middle.count]) : null;
}

function cutsOf({ from }: Part, end: number): readonly Date[] {
  if (from === null) return CUT_DAYS.map((days) => wholeSecond(end - days * DAY_MS));
  const start = Date.parse(from);
  if (end - start < 2 * CUT_MS_MIN) return [];
  return Array.from({ length: EIGHTHS - 1 }, (_, at) =>
    wholeSecond(start + ((at + 1) * (end - start)) / EIGHTHS),
  );
}

function cutAt(
  { from, until }: Part,
  cut: Date,
  halvings: number,
  [newer, older]: readonly [number, number],
): readonly [Part, Part] {
  const at = cut.toISOString();
  return [
    { from: at, until, halvings, count: newer },
    { from, until: at, halvings, count: older },
  ];
}

/** How many of the part's records were created at or after each time; null where Shopify does not say exactly. */
async function countSince(
  { client, resource, signal }: Step,
  part: Part,
  cuts: readonly (Date | null)[],
): Promise<readonly (number | null)[]> {
  const document = countsDocument(
    cuts.map((cut, at) => ({
      alias: `c${at}`,
      resource,
      search: searchOfPart(resource, "count", cut === null ? part : { ...part, from: cut.toISOString() }),
    })),
  );
  const { data } = await client.query<Record<string, Count | null>>(
    document,
    {},
    { lane: "backfill", signal },
  );
  return cuts.map((_, at) => exact(data[`c${at}`]));
}

/** Shopify keeps times by the second. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1_000) * 1_000);
}
