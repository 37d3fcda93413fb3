// The button that starts a sync of one resource, and says what became of the wish.
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Button } from "@shopify/polaris";
import { useEffect } from "react";
import type { ResourceView } from "#app/status/overview.ts";
import { useNow, useReader } from "./reader.tsx";
import { resourceInSentence, resourceTitle } from "./words.ts";

export interface SyncAnswer {
  /** `already`: a run was active, and is the answer to a second click too. */
  readonly outcome: "started" | "already" | "too_soon" | "refused" | "unreachable";
  /** For "too_soon". */
  readonly retryAt?: Date;
}

export function SyncNow({ view: { resource, run } }: { readonly view: ResourceView }) {
  const { t, formats } = useReader();
  const now = useNow();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit } = useFetcher<SyncAnswer>();
  const isActive = run !== null && run.state !== "paused";

  useEffect(() => {
    if (!data) return;
    const isError = data.outcome !== "started" && data.outcome !== "already";
    const named = data.outcome === "already" ? resourceTitle(resource, t) : resourceInSentence(resource, t);
    const at = data.retryAt ? formats.time(data.retryAt, now) : "";
    bridge.toast.show(t(`toast.${data.outcome}`, { resource: named, at }), { isError });
    // Said once per answer, however the clock ticks.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data]);

  return (
    <Button
      disabled={isActive}
      loading={state !== "idle"}
      onClick={() => submit({ resource }, { method: "post" })}
      accessibilityLabel={t("table.syncNowOf", { resource: resourceInSentence(resource, t) })}
    >
      {t("table.syncNow")}
    </Button>
  );
}
