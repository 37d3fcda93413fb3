// What is in the way of a sync that was asked for: the runs that are active, what they read, and who asked for them.
import { Banner, BlockStack, InlineStack, Link } from "@shopify/polaris";
import type { RunAsked } from "#app/status/run-detail.ts";
import { askedWords } from "./activity-words.ts";
import { useNow, useReader } from "./reader.tsx";
import { RunBadge } from "./run-list.tsx";
import { resourceInSentence, runTitle, startedByWords } from "./words.ts";

export interface OtherRunsProps {
  readonly others: readonly RunAsked[];
  readonly isSomeStarted: boolean;
}

export function OtherRuns({ others, isSomeStarted }: OtherRunsProps) {
  const { t, formats } = useReader();
  const now = useNow();
  const resources = formats.list(others.map(({ resource }) => resourceInSentence(resource, t)));
  return (
    <Banner tone="warning" title={t("activity.form.busy.title", { resources })}>
      <BlockStack gap="200">
        <ul className="cf-list">
          {others.map((run) => (
            <li key={run.id}>
              <InlineStack gap="200" blockAlign="center">
                <Link url={`/app/runs/${run.id}`}>{runTitle(run, t)}</Link>
                <RunBadge state={run.state} />
              </InlineStack>
              <p>{`${askedWords(run.request, { t, formats, now })} · ${startedByWords(run.startedBy, t)}`}</p>
            </li>
          ))}
        </ul>
        <p>{t("activity.form.busy.todo")}</p>
        {isSomeStarted && (
          <p>
            {t("activity.form.busy.others")} <Link url="/app/activity">{t("activity.seeAll")}</Link>
          </p>
        )}
      </BlockStack>
    </Banner>
  );
}
