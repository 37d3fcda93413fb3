// Syncs under way, each with what a person can do about it.
import { Button, ButtonGroup, Link, Text } from "@shopify/polaris";
import type { RunView } from "#app/status/runs.ts";
import { Landing } from "../landing.tsx";
import { Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { useReader } from "../reader.tsx";
import { RunBadge } from "../run-list.tsx";
import { RunProgress } from "../run-progress.tsx";
import { runTitle, startedByWords } from "../words.ts";
import type { QueuePress } from "./use-queue-acts.ts";

export interface RunsPanelProps {
  readonly runs: readonly RunView[];
  readonly press: QueuePress;
  readonly pressed: string | null;
  /** Asks first: a cancelled run cannot be resumed. */
  readonly cancel: (run: string, title: string) => void;
}

export function RunsPanel({ runs, press, pressed, cancel }: RunsPanelProps) {
  const { t } = useReader();
  return (
    <Panel title={t("queue.runs.title")} aside={<Link url="/app/activity">{t("activity.title")}</Link>}>
      <Landing>
        {runs.length === 0 ? (
          <Nothing title={t("queue.runs.none")} hint={t("queue.runs.noneHint")} />
        ) : (
          <ul className="cf-list">
            {runs.map((run) => (
              <li key={run.id}>
                <Line run={run} press={press} pressed={pressed} cancel={cancel} />
              </li>
            ))}
          </ul>
        )}
      </Landing>
    </Panel>
  );
}

function Line({ run, press, pressed, cancel }: Omit<RunsPanelProps, "runs"> & { readonly run: RunView }) {
  const { t } = useReader();
  const act = run.state === "paused" ? "resume" : "pause";
  const title = runTitle(run, t);
  return (
    <>
      <div className="cf-line">
        <span className="cf-queues__run">
          <Link url={`/app/runs/${run.id}`} removeUnderline>
            <Text as="span" fontWeight="medium">
              {title}
            </Text>
          </Link>
          <RunBadge state={run.state} />
        </span>
        <ButtonGroup noWrap>
          <Button
            size="slim"
            accessibilityLabel={t(`queue.runs.${act}Of`, { run: title })}
            loading={pressed === `run_${act} ${run.id}`}
            disabled={pressed !== null}
            onClick={() => press({ act: `run_${act}`, run: run.id })}
          >
            {t(`queue.runs.${act}`)}
          </Button>
          <Button
            size="slim"
            tone="critical"
            accessibilityLabel={t("queue.runs.cancelOf", { run: title })}
            loading={pressed === `run_cancel ${run.id}`}
            disabled={pressed !== null}
            onClick={() => cancel(run.id, title)}
          >
            {t("queue.runs.cancel")}
          </Button>
        </ButtonGroup>
      </div>
      {run.state === "running" && (
        <div className="cf-progress">
          <RunProgress run={run} />
        </div>
      )}
      <p className="cf-subdued cf-queues__note">{startedByWords(run.startedBy, t)}</p>
    </>
  );
}
