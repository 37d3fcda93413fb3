// Codes of a run's own story → sentences: its notable moments, what a phase counts. Pure, as words.ts.
import type { HoleView, NoteView, PhaseView } from "#app/status/run-detail.ts";
import { en } from "#app/texts/en.ts";
import { roughTime, wayWords } from "./plan-words.ts";
import type { Reading } from "./words.ts";
import { causeOf } from "./words.ts";

export function noteWords({ code, detail }: NoteView, reading: Reading): string {
  const { t, formats } = reading;
  const known = Object.hasOwn(en.runPage.note, code) ? (code as keyof typeof en.runPage.note) : "other";
  const number = (name: string) => formats.number(Number(detail[name] ?? 0));
  const text = (name: string) => String(detail[name] ?? "");
  switch (known) {
    case "planned": {
      const way = text("way");
      const how = way === "pages" || way === "bulk" || way === "ids" ? wayWords(way, reading) : way;
      const ms = detail.durationMs;
      if (typeof ms !== "number") return t("runPage.note.plannedOnly", { how });
      return t("runPage.note.planned", { how, time: roughTime(ms, reading) });
    }
    case "bulk_ended":
      return t("runPage.note.bulk_ended", { operation: text("operation"), objects: number("objects") });
    case "bulk_failed":
      return t("runPage.note.bulk_failed", { detail: endWords(text("code"), reading) });
    case "file_read":
      return t("runPage.note.file_read", {
        size: sizeWords(Number(detail.bytes ?? 0), reading),
        lines: number("lines"),
      });
    case "newest_first": {
      const since = new Date(text("since"));
      return t("runPage.note.newest_first", { since: formats.time(since, reading.now) });
    }
    case "part_ended":
      return t("runPage.note.part_ended", { records: number("records"), left: number("left") });
    case "waits":
    case "retried":
      return t(`runPage.note.${known}`, { seconds: number("seconds"), detail: text("detail") });
    case "paused":
    case "resumed":
    case "cancelled":
      return t(`runPage.note.${known}`, { who: whoWords(text("by"), reading) });
    case "ended": {
      const state = text("state");
      const named = Object.hasOwn(en.runs.state, state) ? (state as keyof typeof en.runs.state) : "failed";
      return t("runPage.note.ended", { state: t(`runs.state.${named}`) });
    }
    default:
      return t(`runPage.note.${known}`, {
        operation: text("operation"),
        parts: number("parts"),
        detail: text("detail"),
        run: text("run"),
        how: text("way"),
      });
  }
}

/** Shopify's code for how its operation ended, inside a sentence. */
function endWords(code: string, { t }: Pick<Reading, "t">): string {
  if (code === "") return t("runPage.unsaid");
  const known = Object.hasOwn(en.runPage.end, code) ? (code as keyof typeof en.runPage.end) : "other";
  return t(`runPage.end.${known}`);
}

/** Who did something, inside a sentence: "a person", "the schedule". */
export function whoWords(actor: string, { t }: Pick<Reading, "t">): string {
  const kind = actor.split(":")[0] ?? "";
  return t(
    `runPage.who.${Object.hasOwn(en.runPage.who, kind) ? (kind as keyof typeof en.runPage.who) : "other"}`,
  );
}

/** "6,400 lines", "1,200 records", or nothing where a phase counts nothing. */
export function unitsWords(
  { phase, units }: PhaseView,
  { t, formats }: Pick<Reading, "t" | "formats">,
): string {
  if (units === 0) return "";
  const kind = phase === "downloading" || phase === "waiting" ? "lines" : "records";
  return t(`runPage.${kind}`, { count: units, shown: formats.number(units) });
}

export function holeWords(hole: HoleView, { t, formats, now }: Reading): string {
  const to = formats.time(hole.to, now);
  return hole.from
    ? t("runPage.hole.window", { from: formats.time(hole.from, now), to })
    : t("runPage.hole.all", { to });
}

export function holeState(hole: HoleView, { t, formats, now }: Reading): string {
  if (hole.closedAt) {
    const at = formats.time(hole.closedAt, now);
    return hole.isOwn
      ? t("runPage.hole.closed", { at, run: hole.closedBy ?? "" })
      : t("runPage.hole.closedHere", { at });
  }
  return t("runPage.hole.open", {
    cause: causeOf(hole.reason, t).what,
    at: formats.time(hole.nextAttemptAt, now),
  });
}

const KB = 1_000;

function sizeWords(bytes: number, { t, formats }: Pick<Reading, "t" | "formats">): string {
  if (bytes < KB * KB)
    return t("runPage.kilobytes", { n: formats.number(Math.max(1, Math.round(bytes / KB))) });
  return t("runPage.megabytes", { n: formats.number(Math.round(bytes / KB / KB)) });
}
