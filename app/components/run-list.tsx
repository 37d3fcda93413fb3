// Runs, one line each: what, how it stands, by whom and when; the whole of it behind its name.
import { Badge, BlockStack, InlineStack, Link, Text } from "@shopify/polaris";
import type { RunView } from "#app/status/runs.ts";
import { Moment, useNow, useReader } from "./reader.tsx";
import { RunProgress } from "./run-progress.tsx";
import { runBadgeTone, runOutcome, runTitle, startedByWords } from "./words.ts";

export interface RunListProps {
  readonly runs: readonly RunView[];
  /** Running ones show how far they are, where nothing else on the page does. */
  readonly hasProgress?: boolean;
}

export function RunList({ runs, hasProgress = false }: RunListProps) {
  return (
    <ul className="cf-list">
      {runs.map((run) => (
        <RunItem key={run.id} run={run} isLive={hasProgress && run.state === "running"} />
      ))}
    </ul>
  );
}

export function RunBadge({ state }: { readonly state: RunView["state"] }) {
  const { t } = useReader();
  const tone = runBadgeTone(state);
  return <Badge {...(tone ? { tone } : {})}>{t(`runs.state.${state}`)}</Badge>;
}

function RunItem({ run, isLive }: { readonly run: RunView; readonly isLive: boolean }) {
  const { t, formats } = useReader();
  const reading = { t, formats, now: useNow() };
  return (
    <li>
      <BlockStack gap="050">
        <div className="cf-line">
          <InlineStack gap="200" blockAlign="center">
            <Link url={`/app/runs/${run.id}`} removeUnderline>
              <Text as="span" fontWeight="medium">
                {runTitle(run, t)}
              </Text>
            </Link>
            <RunBadge state={run.state} />
          </InlineStack>
          <Text as="span" variant="bodySm" tone="subdued">
            {/* What the lists are sorted by: a run that ends keeps its place. */}
            <Moment at={run.createdAt}>
              {t("activity.askedAgo", { ago: formats.ago(run.createdAt, reading.now) })}
            </Moment>
          </Text>
        </div>
        {isLive && (
          <div className="cf-progress">
            <RunProgress run={run} />
          </div>
        )}
        <Text as="p" variant="bodySm" tone="subdued">
          <span className="cf-number">
            {isLive
              ? startedByWords(run.startedBy, t)
              : `${runOutcome(run, reading)} · ${startedByWords(run.startedBy, t)}`}
          </span>
        </Text>
      </BlockStack>
    </li>
  );
}
