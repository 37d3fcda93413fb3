// How far a run has come, as a bar and in words.
import { Text } from "@shopify/polaris";
import type { RunView } from "#app/status/runs.ts";
import { useNow, useReader } from "./reader.tsx";
import { progressSentence, resourceInSentence } from "./words.ts";

export function RunProgress({ run }: { readonly run: RunView }) {
  const reader = useReader();
  const reading = { ...reader, now: useNow() };
  const sentence = progressSentence(run, reading);
  const label = reader.t("progress.label", { resource: resourceInSentence(run.resource, reader.t) });
  const known = run.percent === null ? {} : { "aria-valuenow": run.percent };
  return (
    <>
      <Text as="span" variant="bodySm" tone="subdued">
        <span className="cf-number">{sentence}</span>
      </Text>
      <div
        className={run.percent === null ? "cf-bar cf-bar--uncounted" : "cf-bar"}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={sentence}
        {...known}
      >
        <div
          className="cf-bar__fill"
          style={run.percent === null ? undefined : { width: `${run.percent}%` }}
        />
      </div>
    </>
  );
}
