// Delays counted in classes that grow by a quarter each: a hundred counts hold any number of delays from a millisecond
// to months, can be added up over hours, and give a quantile within an eighth. Pure.

const GROWTH = 1.25;
/** The last class begins at 1.25^98 ms, 36 days; all that is longer is in it. */
export const DELAY_CLASSES = 100;

/** Class 0 is below 1 ms; class n is [1.25^(n-1), 1.25^n) ms. */
export function delayClass(ms: number): number {
  if (!(ms >= 1)) return 0;
  return Math.min(DELAY_CLASSES - 1, Math.floor(Math.log(ms) / Math.log(GROWTH)) + 1);
}

/** The delay that the share `quantile` (0 to 1) of all stay within, ms; null of none. Linear within its class. */
export function delayQuantile(classes: readonly number[], quantile: number): number | null {
  const total = classes.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = quantile * total;
  for (const [index, count] of classes.entries()) {
    if (count > 0 && left <= count) {
      const from = index === 0 ? 0 : GROWTH ** (index - 1);
      return from + (GROWTH ** index - from) * (left / count);
    }
    left -= count;
  }
  return GROWTH ** (DELAY_CLASSES - 1);
}
