// A press of a button on the page of queues: sends it once, says what became of it, and offers to undo what can be.
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect } from "react";
import { useReader } from "../reader.tsx";
import { queueTitle } from "./words.ts";

export type QueueAct =
  | { readonly act: "pause" | "resume" | "hurry"; readonly queue: string }
  | { readonly act: "run_pause" | "run_resume" | "run_cancel"; readonly run: string }
  | { readonly act: "replay" | "redrive" | "discard" };

export type QueuePress = (act: QueueAct) => void;

type Counted = "hurried" | "replayed" | "redriven" | "discarded";
export type QueueOutcome =
  | "paused"
  | "resumed"
  | "run_paused"
  | "run_resumed"
  | "run_cancelled"
  | "nothing"
  | "already"
  | "impossible"
  | "refused"
  | "unreachable"
  | Counted;

export interface QueueAnswer {
  readonly outcome: QueueOutcome;
  readonly queue?: string;
  readonly count?: number;
}

const FAILURES: ReadonlySet<QueueOutcome> = new Set(["impossible", "refused", "unreachable"]);
/** What takes an act back. */
const UNDO: Readonly<Partial<Record<QueueOutcome, "pause" | "resume">>> = {
  paused: "resume",
  resumed: "pause",
};

export interface QueueActs {
  /** Nothing is sent while an earlier press is under way. */
  readonly press: QueuePress;
  /** What is under way: the act, and what it is about. */
  readonly pressed: string | null;
}

export function useQueueActs(): QueueActs {
  const { t, formats } = useReader();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, formData, submit } = useFetcher<QueueAnswer>();
  // Named, for a message outlives its page.
  const send = (act: QueueAct) => submit({ ...act }, { method: "post", action: "/app/queue" });

  useEffect(() => {
    if (!data) return;
    const { outcome, queue = "", count = 0 } = data;
    const said = { queue: queueTitle(queue, t), count, shown: formats.number(count) };
    const undo = UNDO[outcome];
    bridge.toast.show(t(`queue.said.${outcome as "hurried"}`, said), {
      isError: FAILURES.has(outcome),
      ...(undo ? { action: t("queue.said.undo"), onAction: () => send({ act: undo, queue }) } : {}),
    });
    // Said once per answer, however the page is refreshed.
  }, [data]);

  return {
    press: (act) => {
      if (state === "idle") send(act);
    },
    pressed: state === "idle" ? null : pressedOf(formData),
  };
}

function pressedOf(form: FormData | undefined): string {
  const of = (name: string) => {
    const value = form?.get(name);
    return typeof value === "string" ? value : "";
  };
  return `${of("act")} ${of("queue") || of("run")}`.trim();
}
