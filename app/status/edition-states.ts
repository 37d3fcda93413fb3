// How a limited edition can stand; a page has words for each. Pure: the browser's half reads it too.

/**
 * oversold: more numbers are taken than there are copies · sold_out: all are taken · nearly: few are left, as the shop has
 * chosen · selling: more than that · unreadable: no size was ever understood · ended: its metafield is gone
 */
export const EDITION_STATES = ["oversold", "sold_out", "nearly", "selling", "unreadable", "ended"] as const;
export type EditionState = (typeof EDITION_STATES)[number];
