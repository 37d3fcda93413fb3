// What a catch-up asks Shopify for, ahead of what is stored: slice after slice of its ground and, where the budget gives more
// than one page after the other can take, the pages of a slice side by side. Writes nothing: catch-up.ts lands what comes, in
// order, and begins here anew where it did not come as expected.
import { pageDocument } from "#app/shopify/documents.ts";
import { inOrder } from "#app/shopify/in-order.ts";
import { pageSizeFor } from "#app/shopify/page-sizes.ts";
import { PAGE_SIZE_MAX, pages } from "#app/shopify/pages.ts";
import { inRange, readRanges } from "#app/shopify/ranges.ts";
import { ahead } from "#app/sync/ahead.ts";
import { countGrounds, groundOf, searchFor } from "#app/sync/catch-up-ground.ts";
import { nextEnds } from "#app/sync/catch-up-cuts.ts";
import { isTimeUp } from "#app/sync/runs-step.ts";
import { passesOver } from "#app/sync/stuck.ts";
import { mayGoOn } from "#app/sync/turns.ts";
import { WALK_BEGUN, searchOfWalk } from "#app/sync/walk.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Range } from "#app/shopify/ranges.ts";
import type { Step } from "#app/sync/runs-step.ts";
import type { Run, Slice } from "#app/sync/runs.ts";

/** Points a second that pages one after the other take at least: of orders one costs 800 and is whole after some answers. */
const SERIAL_RATE = 100;
/** What the largest plan pays for; some megabytes each. */
const WIDTH_MAX = 20;
/** In a slice, of orders. */
const RANGES = 4;

/** Of a slice that has just been cut. */
export const UNREAD = { read: 0, pass: 0, ...WALK_BEGUN } as const;

export type Piece = Begun | Read;

/** The ground up to its end is a slice. */
export interface Begun {
  readonly slice: Slice;
  /** Where the next ones are to end, as far as that is known. */
  readonly ends: readonly string[];
}

export interface Read {
  /** The first has come, the next one is on its way while one is worked on. */
  readonly pages: AsyncIterable<Page>;
  /** What of the slice they are; null where they are all that is left of it, and end early with the step. */
  readonly range: Range | null;
  /** Whether the slice ends with them. */
  readonly isLast: boolean;
}

/** How many pieces to ask for at once: as many as the budget can pay for while one answer is on its way. */
export function widthFor({ budget }: Client): number {
  return Math.max(1, Math.min(WIDTH_MAX, Math.round(budget.status().restoreRate / SERIAL_RATE)));
}

/** From where the run stands to the end of its ground or of the step's time. */
export async function* pieces(run: Run, step: Step): AsyncGenerator<() => Promise<Piece>, void> {
  const width = widthFor(step.client);
  for await (const cut of inOrder(cuts(run, step), Math.ceil(width / RANGES))) {
    const { slice, ends } = cut;
    if (ends) yield () => Promise.resolve({ slice, ends });
    // Proven as it was begun; one that has become empty meanwhile is read as any.
    if (ends && slice.before === 0) continue;
    for (const range of cut.ranges) {
      yield () => read(cut, range, step);
      if (step.signal.aborted) return;
    }
  }
}

/** A slice and how it is to be read: range by range, or, null, all that is left of it page by page. */
interface Cut {
  readonly slice: Slice;
  /** Of a slice that is new: where the next ones are to end. */
  readonly ends?: readonly string[];
  readonly search: string;
  /** Page cursor. */
  readonly after: string | null;
  readonly isPassing: boolean;
  readonly ranges: readonly (Range | null)[];
}

async function* cuts(run: Run, step: Step): AsyncGenerator<() => Promise<Cut>, void> {
  const { from, until } = groundOf(run);
  const { slice, after = null } = run.progress;
  const isPassing = passesOver(run);
  let at = from;
  if (slice) {
    at = new Date(slice.until);
    const search = searchFor(step.resource, { from, until: at });
    const cut = { slice, search, after, isPassing };
    yield async () => ({ ...cut, ranges: await rangesOf(cut, step) });
    if (at >= until || !(await mayGoOn(run, step))) return;
  }
  let ends = (run.progress.ends ?? []).map((end) => new Date(end)).filter((end) => end > at && end <= until);
  while (at < until) {
    if (ends.length === 0) ends = await nextEnds({ from: at, until }, step);
    const [end, ...rest] = ends as [Date, ...Date[]];
    const ground = { from: at, until: end };
    yield async () => {
      const [before = null] = await countGrounds(step, [ground]);
      const cut = {
        slice: { until: end.toISOString(), before, ...UNREAD },
        ends: rest.map((each) => each.toISOString()),
        search: searchFor(step.resource, ground),
        after: null,
        isPassing,
      };
      return { ...cut, ranges: await rangesOf(cut, step) };
    };
    [at, ends] = [end, rest];
    if (at < until && !(await mayGoOn(run, step))) return;
  }
}

/** Side by side only what is more than one page, in an order that can be cut, and where the budget pays for it. */
async function rangesOf(
  { slice, search, after }: Omit<Cut, "ranges">,
  { client, resource, signal }: Step,
): Promise<(Range | null)[]> {
  const size = pageSizeFor(pageDocument(resource, { isSearch: true, isById: true }), PAGE_SIZE_MAX);
  const left = slice.before === null ? 0 : slice.before - slice.read;
  if (left <= size || after !== null || resource.list.isUnsorted || widthFor(client) === 1) return [null];
  const ranges: Range[] = [];
  const { afterKey } = slice;
  const options = { lane: "catch-up", signal, search, afterKey, size } as const;
  for await (const range of readRanges(client, resource, options)) ranges.push(range);
  return ranges;
}

async function read(
  { slice, search, after, isPassing }: Cut,
  range: Range | null,
  step: Step,
): Promise<Read> {
  const { client, resource, signal } = step;
  const how = { lane: "catch-up", signal, passesOver: isPassing, isById: true } as const;
  const all = range
    ? pages(client, resource, { ...how, search: inRange(search, range) })
    : pages(client, resource, { ...how, search: searchOfWalk(search, slice), after });
  return {
    // What is left of a slice ends early with the step, a range never.
    pages: await ahead(all, () => range === null && isTimeUp(step)),
    range,
    isLast: range === null || range.untilKey === null,
  };
}
