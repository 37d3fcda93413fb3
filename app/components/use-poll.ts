// Keeps a page of figures fresh at a gentle pace: a refresh every few seconds while somebody looks at it.
import { useEffect, useRef } from "react";
import { useRevalidator } from "@remix-run/react";

/** Figures of an hour and a day do not change under the eyes faster than this. */
const EVERY_MS = 5_000;

export function usePoll(isOn = true): void {
  const { state, revalidate } = useRevalidator();
  const refresh = useRef(() => {});
  useEffect(() => {
    refresh.current = () => {
      if (state === "idle" && !document.hidden) revalidate();
    };
  }, [state, revalidate]);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => refresh.current(), EVERY_MS);
    return () => clearInterval(timer);
  }, [isOn]);
}
