// A press of a button that changes something: sends it to the page's own door, once, and says what became of it.
import { useFetcher, useLocation, useNavigate } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useRef } from "react";
import type { en } from "#app/texts/en.ts";
import { useNow, useReader } from "./reader.tsx";

export type Outcome = keyof typeof en.activity.said extends infer K
  ? K extends `queued_${string}`
    ? never
    : K
  : never;

export interface ActAnswer {
  readonly outcome: Outcome | "queued";
  /** For "too_soon". */
  readonly retryAt?: Date;
  /** For "queued". */
  readonly count?: number;
  /** The run that was started, or that does this already: the page leads there. */
  readonly runId?: string;
  /** For "busy": the run that is in the way. */
  readonly otherRunId?: string;
}

const FAILURES: ReadonlySet<string> = new Set([
  "too_soon",
  "impossible",
  "unknown",
  "refused",
  "unreachable",
  "rejected",
  "missing",
  "stuck",
  "outside",
  "off",
  "busy",
  "shopify_away",
]);

type Fields = Readonly<Record<string, string>>;

export interface Act {
  /** Nothing is sent while an earlier press is under way. */
  press(fields: Fields): void;
  /** The `act` that is under way. */
  readonly pressed: string | null;
  readonly answer: ActAnswer | undefined;
}

/** Act → what takes it back, as things stand when it is pressed. */
export type Undo = Readonly<Record<string, Fields>>;
const NO_UNDO: Undo = {};

/** Must stand below a Clock. */
export function useAct(undo: Undo = NO_UNDO): Act {
  const { t, formats } = useReader();
  const now = useNow();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, formData, submit } = useFetcher<ActAnswer>();
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const last = useRef<() => void>(undefined);
  const press: Act["press"] = (fields) => {
    if (state !== "idle") return;
    const back = undo[fields.act ?? ""];
    // A message outlives its page: what it takes back is what was pressed, wherever the reader has gone since.
    const action = pathname + search;
    last.current = back && (() => submit({ ...back }, { method: "post", action }));
    submit({ ...fields }, { method: "post", action });
  };

  useEffect(() => {
    if (!data) return;
    const { outcome, retryAt, count = 0 } = data;
    const shown = formats.number(count);
    const words =
      outcome === "queued"
        ? t("activity.said.queued", { count, shown })
        : t(`activity.said.${outcome}`, { at: retryAt ? formats.time(retryAt, now) : "" });
    const isError = FAILURES.has(outcome);
    const takeBack = last.current;
    last.current = undefined;
    const place = placeOf(data);
    const way = place
      ? { action: t(`activity.go.${place.name}`), onAction: () => navigate(place.path) }
      : takeBack && !isError && { action: t("activity.undo"), onAction: takeBack };
    bridge.toast.show(words, { isError, ...way });
    // Said once per answer, however the clock ticks.
  }, [data]);

  // Not before the refresh after the act is over: one that ends while the next page is still being looked up would put
  // that page up without its data, and so blank.
  const runId = state === "idle" ? data?.runId : undefined;
  useEffect(() => {
    if (runId) navigate(`/app/runs/${runId}`);
  }, [runId, navigate]);

  return {
    press,
    pressed: state === "idle" ? null : String(formData?.get("act") ?? ""),
    answer: data,
  };
}

interface AskedRun {
  readonly outcome: "started" | "already" | "busy";
  readonly run: { readonly id: bigint };
}

/** What a door answers when something was to be tried again. */
export function answerOf(retried: ActAnswer | AskedRun): ActAnswer {
  if (!("run" in retried)) return retried;
  const { outcome, run } = retried;
  return outcome === "busy" ? { outcome, otherRunId: String(run.id) } : { outcome, runId: String(run.id) };
}

/** Where to go about what was answered. */
function placeOf({ outcome, otherRunId }: ActAnswer) {
  if (outcome === "off") return { name: "settings", path: "/app/settings" } as const;
  return otherRunId === undefined ? null : ({ name: "run", path: `/app/runs/${otherRunId}` } as const);
}
