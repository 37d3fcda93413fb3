// What syncs will take, before a person confirms them: per resource how many records, how, how long and for how many
// points; together; and what others notice of it.
import { Text } from "@shopify/polaris";
import type { Plan } from "#app/status/choices.ts";
import {
  aboutPoints,
  aboutTime,
  effectWords,
  groundsWords,
  rounded,
  roughTime,
  wayWords,
} from "./plan-words.ts";
import { Panel } from "./panel.tsx";
import { useReader } from "./reader.tsx";
import type { PlannedSync } from "./sync-form.tsx";
import { resourceInSentence, resourceTitle } from "./words.ts";

export function PlanPreview({ plans }: { readonly plans: readonly PlannedSync[] }) {
  const { t, formats } = useReader();
  const uncounted = plans.filter(({ plan }) => plan.count === null);
  if (plans.every(({ plan }) => plan.count === 0)) {
    return (
      <Panel title={t("plans.title")}>
        <Text as="p">{t("plans.none")}</Text>
      </Panel>
    );
  }
  return (
    <Panel title={t("plans.title")}>
      <div className="cf-plan">
        <table className="cf-plan__table">
          <thead>
            <tr>
              {(["resource", "records", "way", "time", "points"] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`plans.columns.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plans.map((planned) => (
              <PlanRow key={planned.resource} {...planned} />
            ))}
          </tbody>
        </table>
        <Together plans={plans.map(({ plan }) => plan)} />
        {uncounted.length > 0 && (
          <Text as="p" tone="subdued">
            {t("plans.uncountedHint", {
              resources: formats.list(uncounted.map(({ resource }) => resourceInSentence(resource, t))),
            })}
          </Text>
        )}
      </div>
    </Panel>
  );
}

function PlanRow({ resource, plan }: PlannedSync) {
  const reader = useReader();
  const { t, formats } = reader;
  const cells = {
    records: plan.count === null ? t("plans.notCounted") : formats.number(plan.count),
    way: wayWords(plan.way, reader),
    time: aboutTime(plan.durationMs, reader),
    points: aboutPoints(plan.points, reader),
  };
  return (
    <tr>
      <th scope="row">{resourceTitle(resource, t)}</th>
      {Object.entries(cells).map(([column, value]) => (
        <td key={column} data-label={t(`plans.columns.${column as keyof typeof cells}`)}>
          {value}
        </td>
      ))}
    </tr>
  );
}

/** Side by side, what is held up by the budget adds up, and the rest does not. Points are those that are shown of each. */
export function togetherOf(plans: readonly Plan[]): { readonly ms: number; readonly points: number } | null {
  if (plans.some(({ durationMs }) => durationMs === null)) return null;
  const points = plans.reduce((sum, plan) => sum + (plan.points ?? 0), 0);
  const longest = Math.max(0, ...plans.map(({ durationMs }) => durationMs ?? 0));
  const { rate, burst } = plans[0]?.effect ?? { rate: 1, burst: 0 };
  const shown = plans.reduce((sum, plan) => sum + rounded(plan.points ?? 0), 0);
  // A sum that seems wrong by its rounding helps nobody.
  return { points: shown, ms: Math.max(longest, (1_000 * Math.max(0, points - burst)) / rate) };
}

function Together({ plans }: { readonly plans: readonly Plan[] }) {
  const reader = useReader();
  const { t, formats } = reader;
  const together = togetherOf(plans);
  const [first] = plans;
  // Of several the one that takes most says what others notice.
  const heaviest = plans.toSorted((a, b) => (b.points ?? 0) - (a.points ?? 0))[0];
  if (!first || !heaviest) return null;

  return (
    <div className="cf-plan__words">
      {together && plans.length > 1 && (
        <p>
          {t("plans.total", {
            time: roughTime(together.ms, reader),
            points: formats.number(together.points),
          })}
        </p>
      )}
      {plans.length === 1 && first.other && (
        <p>
          {t(`plans.other.${first.other.way}`, {
            time: roughTime(first.other.durationMs, reader),
            points: aboutPoints(first.other.points, reader),
          })}
        </p>
      )}
      <p>{effectWords(heaviest, reader).join(" ")}</p>
      <p className="cf-subdued">{groundsWords(heaviest, reader)}</p>
    </div>
  );
}
