// What was expected of a run beside what it became.
import type { RunDetail } from "#app/status/run-detail.ts";
import { Nothing } from "./notices.tsx";
import { aboutPoints, aboutTime, effectWords, groundsWords, wayWords } from "./plan-words.ts";
import { Panel } from "./panel.tsx";
import { useNow, useReader } from "./reader.tsx";
import type { Way } from "#app/status/choices.ts";

export function RunPlanPanel({ detail }: { readonly detail: RunDetail }) {
  const reader = useReader();
  const { t, formats } = reader;
  const now = useNow();
  const { plan, run, cost } = detail;
  if (!plan) {
    return (
      <Panel title={t("runPage.plan.title")}>
        <Nothing title={t("runPage.plan.none")} />
      </Panel>
    );
  }
  const way = wayTaken(detail);
  const took = run.startedAt && (run.endedAt ?? now).getTime() - run.startedAt.getTime();
  const rows = [
    [
      t("runPage.plan.records"),
      plan.count === null ? t("runPage.plan.notCounted") : formats.number(plan.count),
      formats.number(run.done),
    ],
    [t("runPage.plan.way"), wayWords(plan.way, reader), way ? wayWords(way, reader) : "–"],
    [t("runPage.plan.time"), aboutTime(plan.durationMs, reader), took ? formats.duration(took) : "–"],
    [t("runPage.plan.points"), aboutPoints(plan.points, reader), formats.number(cost)],
  ] as const;
  return (
    <Panel title={t("runPage.plan.title")}>
      <div className="cf-plan">
        <table className="cf-plan__table cf-plan__table--two">
          <thead>
            <tr>
              <th scope="col">{t("runPage.plan.columns.what")}</th>
              <th scope="col">{t("runPage.plan.columns.planned")}</th>
              <th scope="col">{run.endedAt ? t("runPage.plan.became") : t("runPage.plan.columns.became")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([what, planned, became]) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{planned}</td>
                <td>{became}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="cf-plan__words">
          {way !== null && way !== plan.way && <p>{t("runPage.plan.otherwise")}</p>}
          {run.endedAt === null && <p>{effectWords(plan, reader).join(" ")}</p>}
          <p className="cf-subdued">{groundsWords(plan, reader)}</p>
        </div>
      </div>
    </Panel>
  );
}

/** By its phases: what it did last counts. Null before it has begun to read. */
export function wayTaken({ phases }: Pick<RunDetail, "phases">): Way | null {
  const last = phases.findLast(({ phase }) =>
    ["paging", "fetching", "waiting", "downloading", "applying", "completing"].includes(phase),
  );
  if (!last) return null;
  if (last.phase === "paging") return "pages";
  return last.phase === "fetching" ? "ids" : "bulk";
}
