// The page's side of live.ts: refreshes the route's data on every change, one refresh at a time, and stops while the
// tab is hidden.
import { useEffect, useRef, useState } from "react";
import { useFetchers, useNavigation, useRevalidator } from "@remix-run/react";
import { openLive } from "./live.ts";
import type { LiveState } from "./live.ts";
import { tellLive } from "./live-sign.ts";

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
      onState: (next) => {
        setState(next);
        tellLive(next);
      },
    });
    const look = (): void => (document.hidden ? live.pause() : live.resume());
    document.addEventListener("visibilitychange", look);
    look();
    return () => {
      document.removeEventListener("visibilitychange", look);
      live.stop();
      tellLive(null);
    };
  }, [refresh]);
  return state;
}

/** Between two refreshes, so that under a stream of changes the page still has time for the person before it. */
const GAP_MS = 250;
/** News waits this long, so that a click of the same moment is seen to be under way. */
const ASK_MS = 50;
/** A refresh that has not been seen to begin by then was over before React could show it. */
const UNSEEN_MS_MAX = 1_000;

/**
 * One refresh at a time, and none while the person's own click is under way: Remix would abort what is loading, and under
 * steady news nothing would ever finish. What comes in meanwhile leads to one more refresh, so the last change is never
 * missed.
 */
function useRefresh(): { readonly current: () => void } {
  const { state, revalidate } = useRevalidator();
  const navigation = useNavigation();
  const fetchers = useFetchers();
  const isActing = navigation.state !== "idle" || fetchers.some((fetcher) => fetcher.state !== "idle");
  const [turn] = useState(() => createTurn());
  const refresh = useRef(turn.ask);

  useEffect(
    () => turn.follow({ isLoading: state === "loading", isActing, revalidate }),
    [turn, state, isActing, revalidate],
  );
  useEffect(() => () => turn.stop(), [turn]);
  return refresh;
}

interface RouterNow {
  readonly isLoading: boolean;
  readonly isActing: boolean;
  readonly revalidate: () => void;
}

/** idle → asked → loading → (a gap) → idle. Knows no React, so that its order can be tested. */
export function createTurn() {
  let phase: "idle" | "asked" | "loading" | "gap" = "idle";
  let isDirty = false;
  let router: RouterNow | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function later(ms: number, then: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  }

  function begin(): void {
    if (!router || phase !== "idle" || !isDirty || router.isActing || router.isLoading) return;
    isDirty = false;
    phase = "asked";
    later(UNSEEN_MS_MAX, end);
    router.revalidate();
  }

  function end(): void {
    phase = "gap";
    later(GAP_MS, () => {
      phase = "idle";
      begin();
    });
  }

  return {
    ask(): void {
      isDirty = true;
      if (phase === "idle") later(ASK_MS, begin);
    },
    follow(now: RouterNow): void {
      router = now;
      if (now.isLoading && phase === "asked") {
        phase = "loading";
        clearTimeout(timer);
      } else if (!now.isLoading && phase === "loading") end();
      else begin();
    },
    stop(): void {
      clearTimeout(timer);
    },
  };
}
