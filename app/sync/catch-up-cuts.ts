// Where the ground of a catch-up is cut into slices: evenly by time, and what still holds too much once more. Counts of ground
// that lies ahead are only to cut by: a slice is counted again when it is begun, which is what it is proven by.
import { countGrounds } from "#app/sync/catch-up-ground.ts";
import { wholeSecond } from "#app/sync/cursors.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { Step } from "#app/sync/runs-step.ts";

/** A slice holds no more records than this, but for one second that cannot be cut. */
export const SLICE_RECORDS_MAX = 1_000;
/** How full a part is meant to be: changes do not come evenly, and one that is too large costs one more question. */
const FILL = 0.9;
/** Counts in one question. */
const PARTS_MAX = 24;
const SECOND_MS = 1_000;

type Asking = Pick<Step, "client" | "resource" | "signal">;

interface Part extends Ground {
  /** Null where Shopify does not count. */
  readonly count: number | null;
}

/** Where the next slices of the ground end: one at least, and as many more as the counts that it took tell of. */
export async function nextEnds(ground: Ground, step: Asking): Promise<Date[]> {
  const [count = null] = await countGrounds(step, [ground]);
  let whole: Part = { ...ground, count };
  let wanted = fairly(count);
  /** What lies before it and is too little for a slice. */
  let before: readonly Part[] = [];
  for (;;) {
    const grounds = isTooLarge(whole.count) ? divide(whole, wanted) : [whole];
    if (grounds.length === 1) return endsOf([...before, whole]);
    const counts = await countGrounds(step, grounds);
    const parts = [...before, ...grounds.map((each, index) => ({ ...each, count: counts[index]! }))];
    const large = parts.find(({ count: held }) => isTooLarge(held));
    if (!large) return endsOf(parts);
    before = parts.slice(0, parts.indexOf(large));
    const ends = endsOf(before);
    // The last one may have room for some of what is too large.
    if (ends.length > 1) return ends.slice(0, -1);
    // Where most of it lies close together, the way there is shorter by fine cuts.
    wanted = large.count! > whole.count! / 2 ? PARTS_MAX : fairly(large.count);
    whole = large;
  }
}

const isTooLarge = (count: number | null): count is number => count !== null && count > SLICE_RECORDS_MAX;

const fairly = (count: number | null): number => Math.ceil((count ?? 0) / SLICE_RECORDS_MAX / FILL);

/** Neighbours that fit into one slice are one. */
function endsOf(parts: readonly Part[]): Date[] {
  const ends: Date[] = [];
  let held = 0;
  for (const [at, { count, until }] of parts.entries()) {
    held += count ?? 0;
    const next = parts[at + 1];
    if (next && held + (next.count ?? 0) <= SLICE_RECORDS_MAX) continue;
    ends.push(until);
    held = 0;
  }
  return ends;
}

/** By whole seconds. */
function divide({ from, until }: Ground, most: number): Ground[] {
  const wanted = Math.min(PARTS_MAX, most);
  const length = Math.max(SECOND_MS, (+until - +from) / wanted);
  const parts: Ground[] = [];
  for (let begin = from; begin < until;) {
    const next = wholeSecond(new Date(+from + Math.round(length * (parts.length + 1))));
    const end = parts.length + 1 === wanted || next > until ? until : next;
    parts.push({ from: begin, until: end });
    begin = end;
  }
  return parts;
}
