// What ran lately, newest first, and how it ended.
import { Link } from "@shopify/polaris";
import type { RunView } from "#app/status/runs.ts";
import { Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { useReader } from "./reader.tsx";
import { RunList } from "./run-list.tsx";

export function ActivityCard({ runs }: { readonly runs: readonly RunView[] }) {
  const { t } = useReader();
  return (
    <Panel title={t("runs.title")} aside={<Link url="/app/activity">{t("activity.seeAll")}</Link>}>
      {runs.length === 0 ? (
        <Nothing title={t("runs.none")} hint={t("runs.noneHint")} />
      ) : (
        <RunList runs={runs} />
      )}
    </Panel>
  );
}
