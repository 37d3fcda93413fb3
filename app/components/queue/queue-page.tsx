// What waits, who works on it, what comes next, and everything that a person can do about it.
import { Button, ButtonGroup, Link, Page, Text } from "@shopify/polaris";
import { useState } from "react";
import type { ActView } from "#app/status/acts.ts";
import type { QueueStatus } from "#app/status/queue.ts";
import { ActsPanel } from "../acts-panel.tsx";
import { LiveIndicator } from "../headline.tsx";
import type { LiveSign } from "../headline.tsx";
import { AwayNotice, Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Clock, useNow, useReader } from "../reader.tsx";
import { useFocusReturn } from "../use-focus-return.ts";
import { Verdict } from "../verdict.tsx";
import { AskDialog } from "./ask-dialog.tsx";
import { QueueTable } from "./queue-table.tsx";
import { NextPanel, WorkersPanel } from "./side-panels.tsx";
import { RunsPanel } from "./runs-panel.tsx";
import { queueActWords, queueTitle, verdictOf } from "./words.ts";
import type { QueuePress } from "./use-queue-acts.ts";

export interface DeadJobView {
  readonly id: string;
  readonly from: string;
  readonly at: Date;
  readonly said: string;
}

export interface QueuePageProps {
  readonly status: QueueStatus;
  /** Null while they cannot be looked at. */
  readonly deadJobs: readonly DeadJobView[] | null;
  readonly acts: readonly ActView[];
  readonly isAway: boolean;
  readonly live: LiveSign;
  readonly press: QueuePress;
  readonly pressed: string | null;
}

/** What is asked about before it is done, since it cannot be undone. */
type Question =
  { readonly about: "cancel"; readonly run: string; readonly title: string } | { readonly about: "discard" };

export function QueuePage({ status, deadJobs, acts, isAway, live, press, pressed }: QueuePageProps) {
  const { t } = useReader();
  const [question, setQuestion] = useState<Question | null>(null);
  const keepFocus = useFocusReturn(question !== null);
  const ask = (about: Question) => {
    keepFocus();
    setQuestion(about);
  };
  const answer = () => {
    if (question?.about === "cancel") press({ act: "run_cancel", run: question.run });
    if (question?.about === "discard") press({ act: "discard" });
    setQuestion(null);
  };
  return (
    <Clock at={status.at}>
      <Page fullWidth title={t("queue.title")}>
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={status.at} />
          <Head status={status} live={isAway ? "away" : live} />
          <QueueTable queues={status.queues} failedFrom={status.failedFrom} press={press} pressed={pressed} />
          <div className="cf-columns">
            <div className="cf-stack">
              <RunsPanel
                runs={status.runs}
                press={press}
                pressed={pressed}
                cancel={(run, title) => ask({ about: "cancel", run, title })}
              />
              <Aside
                status={status}
                deadJobs={deadJobs}
                press={press}
                pressed={pressed}
                discard={() => ask({ about: "discard" })}
              />
              <ActsPanel
                title={t("queue.acts.title")}
                acts={acts}
                words={queueActWords}
                none={{ title: t("queue.acts.none"), hint: t("queue.acts.noneHint") }}
              />
            </div>
            <div className="cf-stack">
              <WorkersPanel workers={status.workers} />
              <NextPanel status={status} />
            </div>
          </div>
        </div>
      </Page>
      <AskDialog question={question} answer={answer} close={() => setQuestion(null)} />
    </Clock>
  );
}

function Head({ status, live }: { readonly status: QueueStatus; readonly live: LiveSign }) {
  const { t, formats } = useReader();
  const { code, tone, late, held } = verdictOf(status);
  const said = {
    ...{ count: held, shown: formats.number(held) },
    ...{ queue: queueTitle(late?.queue ?? "", t), age: formats.roughly(late?.ageMs ?? 0) },
  };
  const isOfConfirmations = code === "behind" && late?.queue === "confirmations";
  return (
    <Verdict
      tone={tone}
      title={t(`queue.verdict.${code}`, said)}
      aside={<LiveIndicator state={live} at={status.at} />}
    >
      <p>{isOfConfirmations ? t("queue.verdict.unconfirmedHint") : t(`queue.verdict.${code}Hint`)}</p>
    </Verdict>
  );
}

interface AsideProps {
  readonly status: QueueStatus;
  readonly deadJobs: QueuePageProps["deadJobs"];
  readonly press: QueuePress;
  readonly pressed: string | null;
  readonly discard: () => void;
}

function Aside({ status, deadJobs, press, pressed, discard }: AsideProps) {
  const { t, formats } = useReader();
  const parked = status.queues.find(({ queue }) => queue === "deliveries")?.failed ?? {
    count: 0,
    isMore: false,
  };
  const jobs = deadJobs ?? [];
  const shown = formats.number(parked.count);
  return (
    <Panel title={t("queue.aside.title")}>
      {parked.count + jobs.length === 0 && (
        <Nothing title={t("queue.aside.none")} hint={t("queue.aside.noneHint")} />
      )}
      {deadJobs === null && <p className="cf-subdued">{t("queue.aside.jobsUnknown")}</p>}
      <ul className="cf-list">
        {parked.count > 0 && (
          <li>
            <div className="cf-line">
              <Text as="span" fontWeight="medium">
                {t("queue.aside.parked", {
                  count: parked.count,
                  shown: parked.isMore ? t("queue.queues.more", { shown }) : shown,
                })}
              </Text>
              <Button
                size="slim"
                loading={pressed === "replay"}
                disabled={pressed !== null}
                onClick={() => press({ act: "replay" })}
              >
                {t("queue.aside.replay")}
              </Button>
            </div>
            <p className="cf-subdued cf-queues__note">
              {t("queue.aside.parkedHint")}{" "}
              <Link url="/app/webhooks/deliveries?state=parked">{t("queue.aside.see")}</Link>
            </p>
          </li>
        )}
        {jobs.length > 0 && (
          <li>
            <div className="cf-line">
              <Text as="span" fontWeight="medium">
                {t("queue.aside.jobs", { count: jobs.length, shown: formats.number(jobs.length) })}
              </Text>
              <ButtonGroup>
                <Button
                  size="slim"
                  loading={pressed === "redrive"}
                  disabled={pressed !== null}
                  onClick={() => press({ act: "redrive" })}
                >
                  {t("queue.aside.redrive")}
                </Button>
                <Button size="slim" tone="critical" disabled={pressed !== null} onClick={discard}>
                  {t("queue.aside.discard")}
                </Button>
              </ButtonGroup>
            </div>
            <p className="cf-subdued cf-queues__note">{t("queue.aside.jobsHint")}</p>
            <Jobs jobs={jobs} />
          </li>
        )}
      </ul>
    </Panel>
  );
}

const JOBS_SHOWN = 5;

function Jobs({ jobs }: { readonly jobs: readonly DeadJobView[] }) {
  const { t, formats } = useReader();
  const now = useNow();
  return (
    <>
      {jobs.slice(0, JOBS_SHOWN).map(({ id, from, at, said }) => (
        <details key={id} className="cf-details">
          <summary>{t("queue.aside.job", { from, ago: formats.ago(at, now) })}</summary>
          <code>{said}</code>
        </details>
      ))}
    </>
  );
}
