// A plan → sentences for people. Pure.
import type { Plan, Way } from "#app/status/choices.ts";
import type { Reading } from "./words.ts";

/** Below this share of the budget nobody notices it. */
const LITTLE_PERCENT = 2;

export function wayWords(way: Way, { t }: Pick<Reading, "t">): string {
  return t(`plans.way.${way}`);
}

/** "3 min": an expectation is no finer than it is sure. */
export function roughTime(ms: number, { formats }: Pick<Reading, "formats">): string {
  return formats.expected(roundedMs(ms));
}

/** "about 3 min", or that it is not known. */
export function aboutTime(ms: number | null, { t, formats }: Pick<Reading, "t" | "formats">): string {
  return ms === null ? t("plans.unknown") : t("plans.about", { value: roughTime(ms, { formats }) });
}

export function aboutPoints(points: number | null, { t, formats }: Pick<Reading, "t" | "formats">): string {
  return points === null ? t("plans.unknown") : formats.number(rounded(points));
}

/** What others notice of it, a sentence each. */
export function effectWords(
  { effect }: Plan,
  { t, formats }: Pick<Reading, "t" | "formats">,
): readonly string[] {
  const { budgetPercent, lane, beside } = effect;
  const words: string[] = [
    budgetPercent < LITTLE_PERCENT
      ? t("plans.effect.little")
      : t("plans.effect.budget", { percent: formats.percent(budgetPercent) }),
  ];
  if (budgetPercent >= LITTLE_PERCENT) words.push(t(`plans.effect.${lane}`));
  if (beside > 0) words.push(t("plans.effect.beside", { count: beside, shown: formats.number(beside) }));
  return words;
}

export function groundsWords({ learnedFrom }: Plan, { t, formats }: Pick<Reading, "t" | "formats">): string {
  if (learnedFrom === 0) return t("plans.grounds.assumed");
  return t("plans.grounds.learned", { count: learnedFrom, shown: formats.number(learnedFrom) });
}

/** An expectation has two figures at most. */
export function rounded(value: number): number {
  if (value < 100) return Math.round(value);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}

/** Seconds, fives of them, minutes: finer would be a pretence. */
export function roundedMs(ms: number): number {
  const unit = ms < 10_000 ? 1_000 : ms < 60_000 ? 5_000 : ms < 600_000 ? 30_000 : 60_000;
  return Math.max(1_000, Math.round(ms / unit) * unit);
}
