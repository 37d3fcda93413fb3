// How many records to ask for at once: as many as the ceiling of one query allows.
import { QUERY_COST_MAX, estimateCost } from "#app/shopify/cost.ts";
import { Permanent, Unanswered } from "#app/shopify/errors.ts";

/** Shopify's limit for `first` and for the length of `ids`. */
export const PAGE_SIZE_MAX = 250;
/** The largest pages that Shopify charges elevenfold, tenfold and so on, as the cost grows with the logarithm of the size. */
const PAGE_SIZES = [PAGE_SIZE_MAX, 244, 148, 90, 54, 33, 20, 12, 7, 4, 2, 1] as const;

/** The largest page of this document that is sure to fit. */
export function pageSizeFor(document: string, sizeMax: number): number {
  const sizes = [sizeMax, ...PAGE_SIZES.filter((size) => size < sizeMax)];
  return sizes.find((first) => estimateCost(document, { first }) <= QUERY_COST_MAX) ?? 1;
}

/** Shopify's own figure says how many ids the ceiling allows; the first batch had only the estimate. */
export function nextSize(size: number, asked: number, requested: number | null): number {
  if (requested === null || requested <= 0) return size;
  const bySmallestFit = Math.floor((asked * QUERY_COST_MAX) / requested);
  // Doubling at most: should a batch be refused, little was wasted.
  return Math.max(1, Math.min(PAGE_SIZE_MAX, bySmallestFit, Math.max(size, asked) * 2));
}

/** Fewer records may fit: it was refused before it ran, or found no answer, and not for the first time. */
export function isTooMuch(
  error: unknown,
  { passesOver = false }: { readonly passesOver?: boolean },
): boolean {
  if (error instanceof Unanswered) return passesOver;
  return error instanceof Permanent && error.code === "MAX_COST_EXCEEDED";
}
