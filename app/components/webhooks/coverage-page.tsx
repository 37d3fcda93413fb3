// Do webhooks arrive? One verdict with its reasons, one row a topic, the test, and what was done. Props in, JSX out.
import { Link, Page } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { ActView } from "#app/status/acts.ts";
import type { WebhookStatus } from "#app/status/webhooks.ts";
import { ActsPanel } from "../acts-panel.tsx";
import { AwayNotice } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Clock, Moment, useNow, useReader } from "../reader.tsx";
import { Verdict } from "../verdict.tsx";
import { CoverageMatrix } from "./coverage-matrix.tsx";
import { WebhookTabs } from "./tabs.tsx";
import { HEALTH_TONES, actWords, pastAlertWords, reasonWords } from "./words.ts";

export interface CoveragePageProps {
  readonly status: WebhookStatus;
  readonly acts: readonly ActView[];
  readonly isAway: boolean;
  /** The button of the webhook test, and what came of it. */
  readonly test: ReactNode;
}

export function CoveragePage({ status, acts, isAway, test }: CoveragePageProps) {
  const { t } = useReader();
  return (
    <Clock at={status.at}>
      <Page fullWidth title={t("hooks.title")}>
        <div className="cf-stack">
          <WebhookTabs shown="coverage" />
          <AwayNotice isAway={isAway} at={status.at} />
          <Health status={status} />
          <CoverageMatrix topics={status.topics} />
          <div className="cf-columns">
            <div className="cf-stack">
              <ActsPanel
                title={t("hooks.acts.title")}
                acts={acts}
                words={actWords}
                none={{ title: t("hooks.acts.none"), hint: t("hooks.acts.noneHint") }}
              />
              {status.past.length > 0 && <PastAlerts past={status.past} />}
            </div>
            <Panel title={t("hooks.test.title")}>{test}</Panel>
          </div>
        </div>
      </Page>
    </Clock>
  );
}

function Health({ status: { health, reasons } }: { readonly status: WebhookStatus }) {
  const reading = { ...useReader(), now: useNow() };
  const { t } = reading;
  return (
    <Verdict tone={HEALTH_TONES[health]} title={t(`hooks.health.${health}`)}>
      {reasons.length === 0 ? (
        <p>{t("hooks.healthy")}</p>
      ) : (
        <ul className="cf-reasons">
          {reasons.map((reason) => (
            <li key={reason.code}>
              {reasonWords(reason, reading)}{" "}
              {reason.code === "parked" && (
                <Link url="/app/webhooks/deliveries?state=parked">{t("hooks.seeParked")}</Link>
              )}
              {reason.since && (
                <div className="cf-faint">
                  {t("hooks.alerts.since")}{" "}
                  <Moment at={reason.since}>{reading.formats.time(reason.since, reading.now)}</Moment>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </Verdict>
  );
}

function PastAlerts({ past }: { readonly past: WebhookStatus["past"] }) {
  const reading = { ...useReader(), now: useNow() };
  const { t, formats, now } = reading;
  return (
    <Panel title={t("hooks.alerts.past")}>
      <ul className="cf-list">
        {past.map((alert) => (
          <li key={alert.id}>
            <div className="cf-line">
              <span>{pastAlertWords(alert, reading)}</span>
              <span className="cf-faint">
                {t("hooks.alerts.span", {
                  from: formats.time(alert.since, now),
                  to: formats.time(alert.endedAt, now),
                })}
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
