// The page's side of live.ts: refreshes the route's data on every change, one refresh at a time, and stops while the
// tab is hidden.
import { useEffect, useRef, useState } from "react";
import { useRevalidator } from "@remix-run/react";
import { openLive } from "./live.ts";
import type { LiveState } from "./live.ts";

export const LIVE_URL = "/events";

/** @returns how the page is kept fresh at the moment. */
export function useLive(): LiveState {
  const [state, setState] = useState<LiveState>("connecting");
  const refresh = useRefresh();

  useEffect(() => {
    const live = openLive({
      url: LIVE_URL,
      fetch: (...request) => window.fetch(...request),
      token: async () => (typeof shopify === "undefined" ? null : await shopify.idToken()),
      onChange: () => refresh.current(),
      onState: setState,
    });
    const look = (): void => (document.hidden ? live.pause() : live.resume());
    document.addEventListener("visibilitychange", look);
    look();
    return () => {
      document.removeEventListener("visibilitychange", look);
      live.stop();
    };
  }, [refresh]);
  return state;
}

/** Changes that come in during a refresh lead to one more after it, so that the last one is never missed. */
function useRefresh(): { readonly current: () => void } {
  const { state, revalidate } = useRevalidator();
  const isDirty = useRef(false);
  const refresh = useRef(() => {});

  useEffect(() => {
    refresh.current = () => {
      if (state === "idle") revalidate();
      else isDirty.current = true;
    };
    if (state === "idle" && isDirty.current) {
      isDirty.current = false;
      revalidate();
    }
  }, [state, revalidate]);
  return refresh;
}
