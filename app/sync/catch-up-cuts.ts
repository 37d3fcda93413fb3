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
const PARTS_MAX = 12;
const SECOND_MS = 1_000;

type Asking = Pick<Step, "client" | "resource" | "signal">;

interface Part extends Ground {
  /** Null where Shopify does not count. */
  readonly count: number | null;
}

/** Yields the ends of slices, the last of which is the ground's. */
export async function* sliceEnds(ground: Ground, step: Asking): AsyncGenerator<Date, void> {
  const [count = null] = await countGrounds(step, [ground]);
  let end = ground.from;
  let held = 0;
  for await (const part of partsOf({ ...ground, count }, step)) {
    held += part.count ?? 0;
    if (held > SLICE_RECORDS_MAX && end > ground.from) {
      yield end;
      held = part.count ?? 0;
    }
    end = part.until;
  }
  yield end;
}

/** In order of time; each small enough for a slice, many smaller than that. */
async function* partsOf(whole: Part, step: Asking, most = PARTS_MAX): AsyncGenerator<Part, void> {
  const { count } = whole;
  const parts = isTooLarge(count) ? divide(whole, most) : [whole];
  if (parts.length === 1) return yield whole;
  const counts = await countGrounds(step, parts);
  for (const [index, ground] of parts.entries()) {
    const part = { ...ground, count: counts[index]! };
    // Where most of it lies close together, the way there is shorter by fine cuts.
    const isCrowded = isTooLarge(part.count) && part.count > count! / 2;
    yield* partsOf(
      part,
      step,
      isCrowded ? PARTS_MAX : Math.ceil((part.count ?? 0) / SLICE_RECORDS_MAX / FILL),
    );
  }
}

const isTooLarge = (count: number | null): count is number => count !== null && count > SLICE_RECORDS_MAX;

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
