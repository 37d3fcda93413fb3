// The two presses of a replay: the first has it counted by the page's door, the second has it done. Says what came of it.
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useState } from "react";
import { useReader } from "../reader.tsx";
import { useFocusReturn } from "../use-focus-return.ts";
import type { ReplayCounts, ReplayDialogProps } from "./replay-dialog.tsx";

export type ReplayAnswer =
  | { readonly outcome: "counted"; readonly counts: ReplayCounts }
  | { readonly outcome: "replayed"; readonly count: number }
  | { readonly outcome: "failed" };

export interface Replaying {
  readonly ask: () => void;
  readonly isAsking: boolean;
  readonly dialog: ReplayDialogProps;
}

/** Posts `act=count` and `act=replay` to the page's own address, whose filters say which deliveries are meant. */
export function useReplay(): Replaying {
  const { t, formats } = useReader();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit, formData } = useFetcher<ReplayAnswer>();
  const [counts, setCounts] = useState<ReplayCounts | null>(null);
  const keepFocus = useFocusReturn(counts !== null);

  useEffect(() => {
    if (!data) return;
    setCounts(data.outcome === "counted" ? data.counts : null);
    if (data.outcome === "failed") bridge.toast.show(t("hooks.replay.failed"), { isError: true });
    if (data.outcome === "replayed") {
      bridge.toast.show(t("hooks.replay.done", { count: data.count, shown: formats.number(data.count) }));
    }
    // Said once per answer.
  }, [data]);

  const pressed = state === "idle" ? null : formData?.get("act");
  const post = (act: string) => {
    if (state === "idle") submit({ act }, { method: "post" });
  };
  return {
    ask: () => {
      keepFocus();
      post("count");
    },
    isAsking: pressed === "count",
    dialog: {
      counts,
      isReplaying: pressed === "replay",
      confirm: () => post("replay"),
      close: () => setCounts(null),
    },
  };
}
