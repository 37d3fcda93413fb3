// A press of a button that changes something: sends it to the page's own door, once, and says what became of it.
import { useFetcher } from "@remix-run/react";
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
  /** The run that was started or is active already. */
  readonly runId?: string;
}

const FAILURES: ReadonlySet<string> = new Set([
  "too_soon",
  "impossible",
  "unknown",
  "refused",
  "unreachable",
  "rejected",
  "missing",
  "outside",
  "off",
  "shopify_away",
]);

export interface Act {
  /** Nothing is sent while an earlier press is under way. */
  press(fields: Readonly<Record<string, string>>): void;
  /** The `act` that is under way. */
  readonly pressed: string | null;
  readonly answer: ActAnswer | undefined;
}

/** Act → the act that takes it back. */
export type Undo = Readonly<Record<string, string>>;
const NO_UNDO: Undo = {};

/** Must stand below a Clock. */
export function useAct(undo: Undo = NO_UNDO): Act {
  const { t, formats } = useReader();
  const now = useNow();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, formData, submit } = useFetcher<ActAnswer>();
  const last = useRef("");
  const press: Act["press"] = (fields) => {
    if (state !== "idle") return;
    last.current = fields.act ?? "";
    submit({ ...fields }, { method: "post" });
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
    const back = undo[last.current];
    const takeBack = () => {
      last.current = back ?? "";
      submit({ act: back ?? "" }, { method: "post" });
    };
    const way = isError || back === undefined ? {} : { action: t("activity.undo"), onAction: takeBack };
    bridge.toast.show(words, { isError, ...way });
    // Said once per answer, however the clock ticks.
  }, [data]);

  return {
    press,
    pressed: state === "idle" ? null : String(formData?.get("act") ?? ""),
    answer: data,
  };
}
