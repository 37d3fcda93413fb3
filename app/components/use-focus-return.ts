// Gives the focus back to what a dialog was opened from. Polaris does that only for a button that the dialog draws itself.
import { useEffect, useRef } from "react";

/** @returns what to call when the dialog is asked for, while the focus is still there. */
export function useFocusReturn(isOpen: boolean): () => void {
  const origin = useRef<Element | null>(null);

  useEffect(() => {
    const to = origin.current;
    if (isOpen || !(to instanceof HTMLElement)) return;
    origin.current = null;
    // As long as the dialog fades, it keeps the focus in itself.
    let frame = requestAnimationFrame(function look() {
      if (document.querySelector('[role="dialog"]')) frame = requestAnimationFrame(look);
      else if (to.isConnected) to.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [isOpen]);

  return () => {
    origin.current = document.activeElement;
  };
}
