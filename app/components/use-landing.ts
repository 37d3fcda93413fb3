// Where the keyboard goes on when what had the focus has gone from the page: left alone, it would begin at the top again.
import { useEffect, useRef } from "react";
import type { RefObject } from "react";

/**
 * @param isGone turns true in the render in which the focused piece is no longer there.
 * @returns for an element that takes the focus then, unless somebody has moved it meanwhile. It needs `tabIndex={-1}`.
 */
export function useLanding(isGone: boolean): RefObject<HTMLDivElement> {
  const landing = useRef<HTMLDivElement>(null);
  const wasGone = useRef(isGone);
  useEffect(() => {
    if (isGone && !wasGone.current && document.activeElement === document.body) landing.current?.focus();
    wasGone.current = isGone;
  }, [isGone]);
  return landing;
}
