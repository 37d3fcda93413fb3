// Figures over time: the window in the address, a plot for each question, the table behind each.
import { Link } from "@remix-run/react";
import { Page, Text } from "@shopify/polaris";
import { WINDOWS } from "#app/status/plots.ts";
import type { Insights, Window } from "#app/status/plots.ts";
import { AwayNotice, DroppedNotice, Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Clock, Moment, useReader } from "../reader.tsx";
import { PlotCard } from "./plot-card.tsx";

export interface InsightsPageProps {
  readonly insights: Insights;
  readonly isAway: boolean;
  readonly dropped: readonly string[];
}

export function InsightsPage({ insights, isAway, dropped }: InsightsPageProps) {
  const { t } = useReader();
  const { at, window, since, bins, plots } = insights;
  return (
    <Clock at={at}>
      <Page fullWidth title={t("insights.title")}>
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          <div className="cf-insights__head">
            <Windows shown={window} />
            <Text as="p" variant="bodySm" tone="subdued">
              {t(`insights.each.${window}`)} {since && since > bins[0]! && <Since at={since} now={at} />}
            </Text>
          </div>
          {since === null ? (
            <Panel title={t("insights.title")} isTitleHidden>
              <Nothing title={t("insights.none")} hint={t("insights.noneHint")} />
            </Panel>
          ) : (
            <div className="cf-insights">
              {plots.map((plot) => (
                <PlotCard key={plot.id} plot={plot} insights={insights} />
              ))}
            </div>
          )}
        </div>
      </Page>
    </Clock>
  );
}

function Windows({ shown }: { readonly shown: Window }) {
  const { t } = useReader();
  return (
    <nav aria-label={t("insights.windows.label")} className="cf-windows">
      {WINDOWS.map((window) => (
        <Link
          key={window}
          to={`/app/insights?window=${window}`}
          className="cf-windows__one"
          {...(window === shown ? { "aria-current": "page" } : {})}
        >
          {t(`insights.windows.${window}`)}
        </Link>
      ))}
    </nav>
  );
}

function Since({ at, now }: { readonly at: Date; readonly now: Date }) {
  const { t, formats } = useReader();
  return <Moment at={at}>{t("insights.since", { at: formats.time(at, now) })}</Moment>;
}
