// One run: how it stands in a sentence, what can be done, what was asked for and what it came to.
import { Button, ButtonGroup, Link, Page, Text } from "@shopify/polaris";
import { useState } from "react";
import type { RunDetail } from "#app/status/run-detail.ts";
import type { RunState } from "#app/status/runs.ts";
import { ErrorList } from "./errors-card.tsx";
import { Landing } from "./landing.tsx";
import { AwayNotice, Fact, Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Clock, Moment, useNow, useReader } from "./reader.tsx";
import { AskDialog } from "./queue/ask-dialog.tsx";
import { RunBadge } from "./run-list.tsx";
import { RunPlanPanel } from "./run-plan.tsx";
import { HolesPanel, NotesPanel, PhasesPanel } from "./run-story.tsx";
import { RunProgress } from "./run-progress.tsx";
import { useFocusReturn } from "./use-focus-return.ts";
import { Verdict } from "./verdict.tsx";
import { askedWords } from "./activity-words.ts";
import { causeOf, runBadgeTone, runTitle, startedByWords } from "./words.ts";

export type RunAct = "pause" | "resume" | "cancel" | "retry";

/** What a person can do about a run, by its state; the engine decides again when it is pressed. */
const ACTS: Readonly<Record<RunState, readonly RunAct[]>> = {
  queued: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  verified: [],
  incomplete: ["retry"],
  failed: ["retry"],
  cancelled: ["retry"],
};

export interface RunPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly detail: RunDetail;
  readonly press: (act: RunAct) => void;
  /** The act that is under way. */
  readonly pressed: string | null;
}

export function RunPage({ at, isAway, detail, press, pressed }: RunPageProps) {
  const { t } = useReader();
  const { run } = detail;
  const [isAsking, setAsking] = useState(false);
  const keepFocus = useFocusReturn(isAsking);
  const askOrPress = (act: RunAct) => {
    if (act !== "cancel") return press(act);
    keepFocus();
    setAsking(true);
  };
  return (
    <Clock at={at}>
      <Page
        title={runTitle(run, t)}
        subtitle={t("activity.run.number", { id: run.id })}
        titleMetadata={<RunBadge state={run.state} />}
        backAction={{ content: t("activity.title"), url: "/app/activity" }}
      >
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <Landing>
            <Outcome detail={detail} />
          </Landing>
          {ACTS[run.state].length > 0 && (
            <div className="cf-acts">
              <ButtonGroup>
                {ACTS[run.state].map((act) => (
                  <Button
                    // One button, whichever of the two it does: the focus stays on it.
                    key={act === "resume" ? "pause" : act}
                    loading={pressed === act}
                    disabled={pressed !== null && pressed !== act}
                    onClick={() => askOrPress(act)}
                    {...(act === "cancel" ? { tone: "critical" as const } : {})}
                  >
                    {t(`activity.act.${act}`)}
                  </Button>
                ))}
              </ButtonGroup>
            </div>
          )}
          <RunPlanPanel detail={detail} />
          <PhasesPanel
            phases={detail.phases}
            partsLeft={detail.partsLeft}
            isOver={detail.run.endedAt !== null}
          />
          <Facts detail={detail} />
          <LeftOpen detail={detail} />
          <NotesPanel notes={detail.notes} />
        </div>
      </Page>
      <AskDialog
        question={isAsking ? { about: "cancel", title: runTitle(run, t) } : null}
        answer={() => {
          setAsking(false);
          press("cancel");
        }}
        close={() => setAsking(false)}
      />
    </Clock>
  );
}

/** Nothing at all is one line, not two panels. */
function LeftOpen({ detail: { run, errors, errorsMore, holes } }: { readonly detail: RunDetail }) {
  const { t } = useReader();
  if (errors.length === 0 && holes.length === 0 && run.state === "verified") {
    return (
      <Panel title={t("runPage.holes.title")}>
        <Nothing title={t("runPage.holes.nothing")} />
      </Panel>
    );
  }
  return (
    <>
      <Panel
        title={t("activity.run.errors")}
        aside={errorsMore ? <Link url="/app/errors">{t("activity.run.moreErrors")}</Link> : null}
      >
        {errors.length === 0 ? <Nothing title={t("activity.run.noErrors")} /> : <ErrorList errors={errors} />}
      </Panel>
      {/* Of a run that did not end well, that no hole is noted would say more than is known. */}
      {(holes.length > 0 || run.state === "verified") && <HolesPanel holes={holes} />}
    </>
  );
}

function Outcome({ detail: { run, failures, dueAt } }: { readonly detail: RunDetail }) {
  const { t, formats } = useReader();
  const now = useNow();
  const isEnded = run.state === "failed" || run.state === "incomplete";
  const cause = isEnded ? causeOf(run.errorCode ?? "other", t) : null;
  return (
    <Verdict tone={runBadgeTone(run.state) ?? "info"} title={t(`activity.outcome.${run.state}`)}>
      {cause && <p>{cause.what}</p>}
      {cause && <p>{t("errors.todo", { todo: cause.todo })}</p>}
      {isEnded && run.errorDetail && (
        <details className="cf-details">
          <summary>{t("errors.detail")}</summary>
          <code>
            {run.errorCode}: {run.errorDetail}
          </code>
        </details>
      )}
      {(run.state === "running" || run.state === "queued") && (
        <div className="cf-progress">
          <RunProgress run={run} />
        </div>
      )}
      {run.state === "running" && failures > 0 && (
        <p>
          {t("activity.run.failures", { count: failures })}
          {dueAt && dueAt > now && ` ${t("activity.run.nextAttempt", { at: formats.second(dueAt, now) })}`}
        </p>
      )}
    </Verdict>
  );
}

function Facts({ detail }: { readonly detail: RunDetail }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { run, request, cost, missing } = detail;
  const done = formats.number(run.done);
  const span = (from: Date | null, to: Date | null) =>
    from && to && to > from ? formats.duration(to.getTime() - from.getTime()) : null;
  const took = span(run.startedAt, run.endedAt);
  const waited = span(run.createdAt, run.startedAt);
  const pace = run.startedAt && run.endedAt ? paceOf(run.done, run.startedAt, run.endedAt) : null;
  return (
    <Panel title={t("activity.run.facts")}>
      <dl className="cf-facts cf-facts--wide">
        <Fact label={t("activity.run.asked")}>{askedWords(request, { t, formats, now })}</Fact>
        <Fact label={t("activity.run.startedBy")}>{startedByWords(run.startedBy, t)}</Fact>
        <Fact label={t("activity.run.records")}>
          {run.total === null
            ? done
            : t("activity.run.recordsOf", { done, total: formats.number(run.total) })}
        </Fact>
        {run.rejected > 0 && <Fact label={t("activity.run.rejected")}>{formats.number(run.rejected)}</Fact>}
        {missing > 0 && <Fact label={t("activity.run.absent")}>{formats.number(missing)}</Fact>}
        <Fact label={t("activity.run.createdAt")}>
          <When at={run.createdAt} />
        </Fact>
        {waited && <Fact label={t("activity.run.waited")}>{waited}</Fact>}
        <Fact label={t("activity.run.startedAt")}>
          <When at={run.startedAt} />
        </Fact>
        <Fact label={t("activity.run.endedAt")}>
          <When at={run.endedAt} />
        </Fact>
        {took && <Fact label={t("activity.run.took")}>{took}</Fact>}
        {pace && (
          <Fact label={t("activity.run.pace")}>
            {t("activity.run.paceOf", { rate: formats.number(pace) })}
          </Fact>
        )}
        <Fact label={t("activity.run.cost")}>{formats.number(cost)}</Fact>
      </dl>
    </Panel>
  );
}

/** Over all that the run did; what took how long stands above. */
function paceOf(done: number, from: Date, to: Date): number | null {
  const ms = to.getTime() - from.getTime();
  return done > 0 && ms > 0 ? Math.max(1, Math.round((1_000 * done) / ms)) : null;
}

function When({ at }: { readonly at: Date | null }) {
  const { t, formats } = useReader();
  const now = useNow();
  if (!at) {
    return (
      <Text as="span" tone="subdued">
        {t("activity.run.notYet")}
      </Text>
    );
  }
  return <Moment at={at}>{formats.second(at, now)}</Moment>;
}
