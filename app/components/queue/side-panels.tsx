// Who works, and what comes next.
import { Badge } from "@shopify/polaris";
import type { NextView, QueueStatus, WorkerView } from "#app/status/queue.ts";
import { en } from "#app/texts/en.ts";
import { Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Moment, useNow, useReader } from "../reader.tsx";
import { resourceInSentence } from "../words.ts";

export function WorkersPanel({ workers }: { readonly workers: readonly WorkerView[] }) {
  const { t } = useReader();
  const isShared = workers.some(({ where }) => where === null);
  return (
    <Panel title={t("queue.workers.title")}>
      {workers.length === 0 ? (
        <Nothing title={t("queue.workers.none")} hint={t("queue.verdict.noneHint")} />
      ) : (
        <ul className="cf-list cf-list--tight">
          {workers.map((worker) => (
            <li key={worker.id}>
              <WorkerLine worker={worker} />
            </li>
          ))}
        </ul>
      )}
      {isShared && <p className="cf-subdued cf-queues__note">{t("queue.workers.shared")}</p>}
    </Panel>
  );
}

function WorkerLine({ worker }: { readonly worker: WorkerView }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { isAlive, beatenAt, startedAt, version, where } = worker;
  return (
    <>
      <div className="cf-line">
        <Badge tone={isAlive ? "success" : "critical"}>
          {t(isAlive ? "queue.workers.alive" : "queue.workers.silent")}
        </Badge>
        <Moment at={beatenAt}>{t("queue.workers.beat", { ago: formats.ago(beatenAt, now) })}</Moment>
      </div>
      <p className="cf-subdued cf-queues__note">
        {t("queue.workers.since", { ago: formats.ago(startedAt, now), version })}
        {where && ` · ${t("queue.workers.where", { pid: String(where.pid), host: where.host })}`}
      </p>
    </>
  );
}

export function NextPanel({ status: { next, queues } }: { readonly status: QueueStatus }) {
  const { t } = useReader();
  const isHeld = queues.some(({ queue, held }) => queue === "catch_up" && held !== null);
  return (
    <Panel title={t("queue.next.title")}>
      {next.length === 0 ? (
        <Nothing title={t("queue.next.none")} hint={t("queue.next.noneHint")} />
      ) : (
        <ul className="cf-list cf-list--tight">
          {together(next).map((each) => (
            <li key={`${each.what} ${each.resources.join(" ")} ${each.at.getTime()}`}>
              <NextLine next={each} isHeld={isHeld && each.resources.length > 0} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Of more resources the first ones are named; the others when somebody points at them. */
const NAMED_MAX = 2;

type NextGroup = Omit<NextView, "resource"> & { readonly resources: readonly string[] };

/** Resources whose turn comes within the same minute share a line. */
function together(next: readonly NextView[]): readonly NextGroup[] {
  const groups = Map.groupBy(next, ({ what, at }) => `${what} ${Math.floor(at.getTime() / 60_000)}`);
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    resources: group.flatMap(({ resource }) => resource ?? []).sort((a, b) => placeOf(a) - placeOf(b)),
  }));
}

const ORDER = Object.keys(en.resources);
const placeOf = (resource: string) => ORDER.indexOf(resource);

function NextLine({
  next: { what, resources, at, everyMs },
  isHeld,
}: {
  readonly next: NextGroup;
  readonly isHeld: boolean;
}) {
  const { t, formats } = useReader();
  const now = useNow();
  const leftMs = at.getTime() - now.getTime();
  const names = resources.map((each) => resourceInSentence(each, t));
  const left = names.length - NAMED_MAX;
  const resource =
    left > 1
      ? t("queue.next.andMore", { named: names.slice(0, NAMED_MAX).join(", "), left: formats.number(left) })
      : formats.list(names);
  const when = leftMs > 0 ? t("queue.next.in", { duration: formats.roughly(leftMs) }) : t("queue.next.due");
  return (
    <div className="cf-line">
      <span title={left > 1 ? formats.list(names) : undefined}>{t(`queue.next.${what}`, { resource })}</span>
      <span className="cf-subdued">
        {isHeld ? t("queue.next.held") : <Moment at={at}>{when}</Moment>}
        {everyMs !== null && ` · ${t("queue.next.every", { duration: formats.roughly(everyMs) })}`}
      </span>
    </div>
  );
}
