// The one Admin API version that every request, webhook and generated type speaks.

export const API_VERSION = "2026-10";

/** Shopify supports a stable version for at least so long; then it answers in the oldest that it still supports. */
const SUPPORTED_MONTHS = 12;

/** When a quarterly version ("2026-10") may stop being served; null for one without such a date ("unstable"). */
export function supportedUntil(version: string): Date | null {
  const parts = /^(\d{4})-(\d{2})$/.exec(version);
  if (!parts) return null;
  return new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1 + SUPPORTED_MONTHS, 1));
}
