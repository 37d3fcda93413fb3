// Where the keyboard goes on when what had the focus has gone from the page: left alone, it would begin at the top again.
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

/**
 * Takes the focus when, after a render of whoever puts it there, what had it last is in the page no more. Nothing is
 * scrolled, and who has gone elsewhere meanwhile is left alone.
 */
export function Landing({ children }: { readonly children: ReactNode }) {
  const landing = useRef<HTMLDivElement>(null);
  const had = useRef<Element | null>(null);
  useEffect(() => {
    const note = ({ target }: FocusEvent) => (had.current = target as Element);
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  useEffect(() => {
    if (document.activeElement !== document.body || had.current === null || had.current.isConnected) return;
    landing.current?.focus({ preventScroll: true });
  });
  return (
    <div ref={landing} className="cf-landing" tabIndex={-1}>
      {children}
    </div>
  );
}
