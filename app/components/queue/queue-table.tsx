// The queues, one row each: what waits, how it moves, what fails, and the buttons that hold it or hurry it.
import { Badge, Button, ButtonGroup, Link, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { Count, QueueView } from "#app/status/queue.ts";
import { Panel } from "../panel.tsx";
import { useNow, useReader } from "../reader.tsx";
import { actorWords } from "../webhooks/words.ts";
import type { QueuePress } from "./use-queue-acts.ts";
import { queueTitle } from "./words.ts";

export interface QueueTableProps {
  readonly queues: readonly QueueView[];
  readonly failedFrom: string;
  readonly press: QueuePress;
  /** What is under way: `pause deliveries`. */
  readonly pressed: string | null;
}

/** Where a queue's failures are told in full; of runs, just those that were counted. */
const FAILURES: Readonly<Record<QueueView["queue"], (failedFrom: string) => string>> = {
  deliveries: () => "/app/webhooks/deliveries?state=parked",
  confirmations: () => "/app/errors",
  runs: (failedFrom) => `/app/activity?state=failed&from=${failedFrom}`,
  catch_up: () => "/app/activity?kind=catch_up",
  editions: () => "/app/errors",
};

const HURRIED: ReadonlySet<string> = new Set(["deliveries", "confirmations", "catch_up"]);

export function QueueTable({ queues, failedFrom, press, pressed }: QueueTableProps) {
  const { t } = useReader();
  return (
    <Panel title={t("queue.queues.title")} isFlush>
      <table className="cf-table cf-queues" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" className="cf-table__resource">
              {t("queue.queues.queue")}
            </th>
            {(["waiting", "oldest", "in", "out"] as const).map((column) => (
              <th key={column} role="columnheader" scope="col" className="cf-table__number">
                {t(`queue.queues.${column}`)}
              </th>
            ))}
            <th role="columnheader" scope="col">
              {t("queue.queues.failures")}
            </th>
            <th role="columnheader" scope="col" className="cf-table__action">
              {t("queue.queues.actions")}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {queues.map((queue) => (
            <Row
              key={queue.queue}
              queue={queue}
              failures={FAILURES[queue.queue](failedFrom)}
              press={press}
              pressed={pressed}
            />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

interface RowProps {
  readonly queue: QueueView;
  /** Where its failures are told. */
  readonly failures: string;
  readonly press: QueuePress;
  readonly pressed: string | null;
}

function Row({ queue: view, failures, press, pressed }: RowProps) {
  const { t, formats } = useReader();
  const { waiting, oldestAt, inPerMinute, outPerMinute } = view;
  const now = useNow();
  return (
    <tr role="row">
      <th role="rowheader" scope="row" className="cf-table__resource">
        <Name view={view} />
      </th>
      <Cell label={t("queue.queues.waiting")}>{waiting ? <Shown of={waiting} /> : <Unknown />}</Cell>
      <Cell label={t("queue.queues.oldest")}>
        {oldestAt ? formats.roughly(Math.max(0, now.getTime() - oldestAt.getTime())) : t("queue.queues.none")}
      </Cell>
      <Cell label={t("queue.queues.in")}>
        <Rate of={inPerMinute} />
      </Cell>
      <Cell label={t("queue.queues.out")}>
        <Rate of={outPerMinute} />
      </Cell>
      <td role="cell">
        <span className="cf-table__label cf-subdued">{t("queue.queues.failures")}</span>
        <Failures view={view} url={failures} />
      </td>
      <td role="cell" className="cf-table__action">
        <Buttons view={view} press={press} pressed={pressed} />
      </td>
    </tr>
  );
}

function Name({ view: { queue, held } }: { readonly view: QueueView }) {
  const { t, formats } = useReader();
  const now = useNow();
  return (
    <>
      <div className="cf-table__name">
        <Text as="span" fontWeight="medium">
          {queueTitle(queue, t)}
        </Text>
        {held && <Badge tone="warning">{t("queue.queues.paused")}</Badge>}
      </div>
      <div className="cf-table__sentence">
        <Text as="p" variant="bodySm" tone="subdued">
          {held
            ? t("queue.queues.heldBy", {
                ago: formats.ago(held.at, now),
                by: actorWords(held.by, { t, formats, now }),
              })
            : t(`queue.names.${queue}.hint`)}
        </Text>
      </div>
    </>
  );
}

function Cell({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <td role="cell" className="cf-table__number">
      <span className="cf-table__label cf-subdued">{label}</span>
      {children}
    </td>
  );
}

function Shown({ of: { count, isMore } }: { readonly of: Count }) {
  const { t, formats } = useReader();
  const shown = formats.number(count);
  return <>{isMore ? t("queue.queues.more", { shown }) : shown}</>;
}

/** To a tenth below ten: one sync in five minutes is not none. */
function Rate({ of }: { readonly of: number | null }) {
  const { formats } = useReader();
  if (of === null) return <Unknown />;
  return <>{formats.number(of < 10 ? Math.round(of * 10) / 10 : Math.round(of))}</>;
}

function Unknown() {
  const { t } = useReader();
  return <span title={t("queue.queues.noneHint")}>{t("queue.queues.none")}</span>;
}

interface FailuresProps {
  readonly view: QueueView;
  readonly url: string;
}

function Failures({ view: { queue, failed, retrying }, url }: FailuresProps) {
  const { t, formats } = useReader();
  const shown = ({ count, isMore }: Count) =>
    isMore ? t("queue.queues.more", { shown: formats.number(count) }) : formats.number(count);
  if (failed.count + retrying.count === 0)
    return <span className="cf-subdued">{t("queue.queues.noFailures")}</span>;
  return (
    <div className="cf-queues__failures">
      {failed.count > 0 && (
        <Link url={url}>
          {t(`queue.names.${queue}.failed`, { count: failed.count, shown: shown(failed) })}
        </Link>
      )}
      {retrying.count > 0 && (
        <span>{t("queue.queues.retrying", { count: retrying.count, shown: shown(retrying) })}</span>
      )}
    </div>
  );
}

interface ButtonsProps {
  readonly view: QueueView;
  readonly press: QueuePress;
  readonly pressed: string | null;
}

function Buttons({ view: { queue, held, retrying, failed }, press, pressed }: ButtonsProps) {
  const { t } = useReader();
  const name = { queue: queueTitle(queue, t) };
  const act = held ? "resume" : "pause";
  const isBusy = pressed !== null;
  const canHurry = HURRIED.has(queue) && !held && (queue === "catch_up" ? failed : retrying).count > 0;
  return (
    <ButtonGroup noWrap>
      {canHurry && (
        <Button
          size="slim"
          accessibilityLabel={t("queue.queues.hurryOf", name)}
          loading={pressed === `hurry ${queue}`}
          disabled={isBusy}
          onClick={() => press({ act: "hurry", queue })}
        >
          {t("queue.queues.hurry")}
        </Button>
      )}
      <Button
        size="slim"
        accessibilityLabel={t(`queue.queues.${act}Of`, name)}
        loading={pressed === `${act} ${queue}`}
        disabled={isBusy}
        onClick={() => press({ act, queue })}
      >
        {t(`queue.queues.${act}`)}
      </Button>
    </ButtonGroup>
  );
}
