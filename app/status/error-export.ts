// Errors as a file: those of every cause that a page's filters show, one by one, batch by batch.
import { isAsked } from "./choices.ts";
import { readErrorGroups, readOccurrences } from "./error-groups.ts";
import type { Cause } from "#app/sync/error-life.ts";
import type { ErrorFilters } from "./choices.ts";
import type { ErrorShop, Occurrence } from "./error-groups.ts";
import type { ErrorSort } from "./sorts.ts";
import type { Batches } from "./table-file.ts";

const ROWS_AT_A_TIME = 1_000;

export const ERROR_COLUMNS = [
  "source",
  "subject",
  "code",
  "id",
  "resource",
  "recordKey",
  "detail",
  "firstAt",
  "lastAt",
  "state",
  "runId",
] as const;

export type ErrorRow = Omit<Occurrence, "isOpen"> &
  Cause & {
    /** "open" or "resolved" */
    readonly state: string;
  };

/** Cause by cause, as the page sorts them. Of causes that are not resolved only the open ones: what was mended is not what the page shows. */
export async function* eachError(
  shop: ErrorShop,
  filters: ErrorFilters,
  now: Date,
  sort?: ErrorSort,
): Batches<ErrorRow> {
  const { groups } = await readErrorGroups(shop, now, sort);
  for (const group of groups.filter((each) => isAsked(each, filters))) {
    yield* eachOf(shop, group, group.state !== "resolved");
  }
}

/** @param isOpenOnly leaves out what is resolved. */
export async function* eachOf(shop: ErrorShop, cause: Cause, isOpenOnly: boolean): Batches<ErrorRow> {
  const { source, subject, code } = cause;
  let after: string | null = null;
  do {
    const page = await readOccurrences(shop.id, shop.domain, cause, after, ROWS_AT_A_TIME);
    const shown = page.occurrences.filter(({ isOpen }) => isOpen || !isOpenOnly);
    if (shown.length > 0) {
      yield shown.map(({ isOpen, ...each }) => ({
        ...each,
        ...{ source, subject, code },
        state: isOpen ? "open" : "resolved",
      }));
    }
    after = page.next;
  } while (after !== null);
}
