// The Overview: props in, JSX out. The route brings the data and the acts.
import { Banner, Page, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { Overview, ResourceView } from "#app/status/overview.ts";
import { ActivityCard } from "./activity-card.tsx";
import { ErrorsCard } from "./errors-card.tsx";
import { Figures } from "./figures.tsx";
import { Headline } from "./headline.tsx";
import type { LiveSign } from "./headline.tsx";
import { Clock, useNow, useReader } from "./reader.tsx";
import { ResourceTable } from "./resource-table.tsx";
import { WebhooksCard } from "./webhooks-card.tsx";

export interface OverviewPageProps {
  readonly overview: Overview;
  readonly live: LiveSign;
  readonly act: (view: ResourceView) => ReactNode;
}

export function OverviewPage({ overview, live, act }: OverviewPageProps) {
  return (
    <Clock at={overview.at}>
      <Page>
        <div className="cf-stack">
          <Headline headline={overview.headline} live={live} at={overview.at} />
          <OrderWindowNotice overview={overview} />
          <Figures overview={overview} />
          <ResourceTable resources={overview.resources} act={act} />
          <div className="cf-columns">
            <ActivityCard runs={overview.runs} />
            <div className="cf-stack">
              <WebhooksCard overview={overview} />
              <ErrorsCard errors={overview.errors} />
            </div>
          </div>
        </div>
      </Page>
    </Clock>
  );
}

function OrderWindowNotice({ overview: { orderWindow } }: { readonly overview: Overview }) {
  const { t, formats } = useReader();
  const now = useNow();
  if (!orderWindow) return null;
  const { oldestAt } = orderWindow;
  return (
    <Banner tone="warning" title={t("orderWindow.title")}>
      <Text as="p">
        {oldestAt ? t("orderWindow.oldest", { at: formats.time(oldestAt, now) }) : t("orderWindow.none")}
      </Text>
      <Text as="p">{t("orderWindow.todo")}</Text>
    </Banner>
  );
}
