// Codes of editions in words. Pure.
import type { TFunction } from "i18next";
import type { EditionState } from "#app/status/edition-states.ts";
import type { CorrectionView, EditionView, UnitView } from "#app/status/editions.ts";
import { en } from "#app/texts/en.ts";
import type { Reading, Tone } from "../words.ts";

export const EDITION_TONES: Readonly<Record<EditionState, Tone>> = {
  oversold: "critical",
  sold_out: "success",
  nearly: "warning",
  selling: "info",
  unreadable: "warning",
  ended: "info",
};

type Words = Pick<Reading, "t" | "formats">;

export function editionTitle({ title, ownerId }: EditionView, t: TFunction): string {
  return title ?? t("editions.untitled", { id: ownerId });
}

export function stateSentence({ state, remaining, oversold }: EditionView, { t, formats }: Words): string {
  if (state === "oversold") {
    return t("editions.sentence.oversold", { count: oversold, shown: formats.number(oversold) });
  }
  if (state === "nearly" || state === "selling") {
    const count = remaining ?? 0;
    return t(`editions.sentence.${state}`, { count, shown: formats.number(count) });
  }
  return t(`editions.sentence.${state}`);
}

/** What a person should do about it; empty when nothing. */
export function stateTodo({ state, problem, text }: EditionView, t: TFunction): readonly string[] {
  const todo: string[] = [];
  if (state === "oversold" || state === "unreadable" || state === "ended")
    todo.push(t(`editions.todo.${state}`));
  if (problem === null) return todo;
  const why = t(`editions.problem.${known(en.editions.problem, problem)}`);
  return state === "unreadable"
    ? [why, ...todo]
    : [...todo, t("editions.todo.problem", { text: text ?? "" }), why];
}

export function reasonWords({ state, reason }: UnitView, t: TFunction): string | null {
  return state === "sold" ? null : t(`editions.reason.${known(en.editions.reason, reason)}`);
}

export function orderWords({ outOfOrder }: UnitView, t: TFunction): string | null {
  return outOfOrder === null ? null : t(`editions.outOfOrder.${known(en.editions.outOfOrder, outOfOrder)}`);
}

export function correctionWords(correction: CorrectionView, { t, formats }: Words): string {
  const { act, orderName, otherNumber } = correction;
  const number = formats.number(correction.number);
  const order = orderName ?? t("editions.unit.noOrder");
  const other = otherNumber === null ? t("editions.unit.without") : formats.number(otherNumber);
  if (act === "assigned") return t("editions.correct.assigned", { number, order, other });
  if (orderName === null) return t("editions.correct.voided", { number });
  return t("editions.correct.voidedFrom", { number, order, other });
}

export function actorWords(actor: string, t: TFunction): string {
  const id = /^user:(\d+)$/.exec(actor)?.[1];
  const who = id === undefined ? t("editions.correct.user") : t("editions.correct.userId", { id });
  return t("editions.correct.by", { who });
}

function known<T extends { readonly other: string }>(texts: T, code: string | null): keyof T {
  return code !== null && Object.hasOwn(texts, code) ? (code as keyof T) : "other";
}
