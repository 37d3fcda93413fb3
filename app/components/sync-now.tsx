// The button that starts a sync of one resource, and says what became of the wish.
import { useFetcher, useNavigate } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Button } from "@shopify/polaris";
import { useEffect } from "react";
import type { ResourceView } from "#app/status/overview.ts";
import { useNow, useReader } from "./reader.tsx";
import { resourceInSentence, resourceTitle } from "./words.ts";

export interface SyncAnswer {
  /** `already`: a run was active, and is the answer to a second click too. */
  readonly outcome: "started" | "already" | "busy" | "too_soon" | "off" | "refused" | "unreachable";
  /** For "too_soon". */
  readonly retryAt?: Date;
}

export function SyncNow({ view }: { readonly view: ResourceView }) {
  const { resource, run } = view;
  const { t, formats } = useReader();
  const now = useNow();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit } = useFetcher<SyncAnswer>();
  const navigate = useNavigate();
  const isActive = run !== null && run.state !== "paused";
  const settings = { action: t("activity.go.settings"), onAction: () => navigate("/app/settings") };

  useEffect(() => {
    if (!data) return;
    const isError = data.outcome !== "started" && data.outcome !== "already";
    const named = data.outcome === "already" ? resourceTitle(resource, t) : resourceInSentence(resource, t);
    const at = data.retryAt ? formats.time(data.retryAt, now) : "";
    bridge.toast.show(t(`toast.${data.outcome}`, { resource: named, at }), {
      isError,
      ...(data.outcome === "off" && settings),
    });
    // Said once per answer, however the clock ticks.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data]);

  // What is switched off cannot be synced: the way leads to where it is switched on.
  if (view.state.code === "off") {
    return (
      <Button
        url="/app/settings"
        accessibilityLabel={t("table.settingsOf", { resource: resourceInSentence(resource, t) })}
      >
        {t("activity.go.settings")}
      </Button>
    );
  }
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
