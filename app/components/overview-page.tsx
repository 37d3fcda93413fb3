// The Overview: props in, JSX out. The route brings the data and the acts.
import { Page } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { Overview, ResourceView } from "#app/status/overview.ts";
import { AccessCard } from "./access-card.tsx";
import { ActivityCard } from "./activity-card.tsx";
import { BudgetCard } from "./budget-card.tsx";
import { ErrorsCard } from "./errors-card.tsx";
import { Figures } from "./figures.tsx";
import { Headline } from "./headline.tsx";
import type { LiveSign } from "./headline.tsx";
import { Landing } from "./landing.tsx";
import { NeedsCard } from "./needs-card.tsx";
import { AwayNotice } from "./notices.tsx";
import { Clock } from "./reader.tsx";
import { ResourceTable } from "./resource-table.tsx";
import { WebhooksCard } from "./webhooks-card.tsx";

export interface OverviewPageProps {
  readonly overview: Overview;
  readonly live: LiveSign;
  /** Nothing once it was put away. */
  readonly guide: ReactNode;
  readonly act: (view: ResourceView) => ReactNode;
}

export function OverviewPage({ overview, live, guide, act }: OverviewPageProps) {
  return (
    <Clock at={overview.at}>
      <Page>
        <div className="cf-stack">
          <AwayNotice isAway={live === "away"} at={overview.at} />
          <Headline headline={overview.headline} live={live} at={overview.at} />
          {guide}
          <Landing>
            <NeedsCard needs={overview.needs} />
          </Landing>
          <Figures overview={overview} />
          <ResourceTable resources={overview.resources} act={act} />
          <div className="cf-columns">
            <div className="cf-stack">
              <ActivityCard runs={overview.runs} />
              <AccessCard access={overview.access} />
            </div>
            <div className="cf-stack">
              <WebhooksCard overview={overview} />
              <BudgetCard budget={overview.budget} />
              <ErrorsCard errors={overview.errors} />
            </div>
          </div>
        </div>
      </Page>
    </Clock>
  );
}
