// When Shopify tries a failed delivery again: 8 times within 4 hours, at growing distances. Shopify publishes no
// intervals; these double from one minute and add up to exactly four hours.
//
//   retry            1    2    3    4     5     6     7      8
//   after the last   1    2    4    8    15    30    60    120 min
//   since the first  1    3    7   15    30    60   120    240 min

export const RETRY_AFTER_MINUTES = [1, 2, 4, 8, 15, 30, 60, 120] as const;
export const ATTEMPTS_MAX = 1 + RETRY_AFTER_MINUTES.length;

/** Milliseconds until the next attempt after `failures` failed ones, or null when there is none. */
export function retryDelayMs(failures: number, timeScale: number): number | null {
  const minutes = RETRY_AFTER_MINUTES[failures - 1];
  return minutes === undefined ? null : (minutes * 60_000) / timeScale;
}
