// What ran lately, newest first, and how it ended.
import { Badge, BlockStack, InlineStack, Text } from "@shopify/polaris";
import type { RunView } from "#app/status/runs.ts";
import { Panel } from "./panel.tsx";
import { Ago, useNow, useReader } from "./reader.tsx";
import { runBadgeTone, runOutcome, runTitle, startedByWords } from "./words.ts";

export function ActivityCard({ runs }: { readonly runs: readonly RunView[] }) {
  const { t } = useReader();
  return (
    <Panel title={t("runs.title")}>
      {runs.length === 0 ? (
        <BlockStack gap="050">
          <Text as="p">{t("runs.none")}</Text>
          <Text as="p" tone="subdued">
            {t("runs.noneHint")}
          </Text>
        </BlockStack>
      ) : (
        <ul className="cf-list">
          {runs.map((run) => (
            <RunItem key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RunItem({ run }: { readonly run: RunView }) {
  const { t, formats } = useReader();
  const reading = { t, formats, now: useNow() };
  const tone = runBadgeTone(run.state);
  return (
    <li>
      <BlockStack gap="050">
        <div className="cf-line">
          <InlineStack gap="200" blockAlign="center">
            <Text as="span" fontWeight="medium">
              {runTitle(run, t)}
            </Text>
            <Badge {...(tone ? { tone } : {})}>{t(`runs.state.${run.state}`)}</Badge>
          </InlineStack>
          <Text as="span" variant="bodySm" tone="subdued">
            <Ago at={run.endedAt ?? run.startedAt ?? run.createdAt} />
          </Text>
        </div>
        <Text as="p" variant="bodySm" tone="subdued">
          <span className="cf-number">
            {runOutcome(run, reading)} · {startedByWords(run.startedBy, t)}
          </span>
        </Text>
      </BlockStack>
    </li>
  );
}
