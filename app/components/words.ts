// Codes of the domain → sentences for people. Pure; what a code means is said in app/texts, how it is put together here.
import type { TFunction } from "i18next";
import type { ResourceName } from "#app/resources/define.ts";
import type { RunView } from "#app/status/runs.ts";
import type { Headline } from "#app/status/headline.ts";
import type { State } from "#app/status/state.ts";
import { en } from "#app/texts/en.ts";
import type { Formats } from "./formats.ts";

export interface Reading {
  readonly t: TFunction;
  readonly formats: Formats;
  readonly now: Date;
}

export type Tone = "success" | "info" | "warning" | "critical";

export function headlineTone({ code }: Headline): Tone {
  if (code === "complete") return "success";
  if (code === "first_sync" || code === "syncing" || code === "never_synced" || code === "confirming")
    return "info";
  return code === "failing" || code === "blocked" || code === "unworked" ? "critical" : "warning";
}

export function headlineSentence(headline: Headline, { t, formats, now }: Reading): string {
  const resources = "resources" in headline ? resourceList(headline.resources, { t, formats, now }) : "";
  switch (headline.code) {
    case "complete":
      if (headline.lagMs === null) return t("headline.complete_quiet");
      return t("headline.complete", { lag: formats.duration(headline.lagMs) });
    case "confirming":
    case "parked":
      return t(`headline.${headline.code}`, { count: headline.count, shown: formats.number(headline.count) });
    case "flawed":
      return t("headline.flawed");
    case "unworked":
      if (headline.seenAt === null) return t("headline.unworked");
      return t("headline.unworked_since", { ago: formats.ago(headline.seenAt, now) });
    case "held_deliveries":
      if (headline.lagMs === null) return t("headline.held_deliveries_none");
      return t("headline.held_deliveries", { lag: formats.duration(headline.lagMs) });
    case "held_runs":
      return headline.isFirst ? t("headline.held_runs_first") : t("headline.held_runs", { resources });
    case "held_confirmations":
      return t("headline.held_confirmations", {
        count: headline.count,
        shown: formats.number(headline.count),
      });
    case "waiting":
      return t("headline.waiting", { lag: formats.duration(headline.lagMs) });
    case "first_sync":
      if (headline.queued) return t("headline.first_sync_queued");
      if (headline.percent === null) return t("headline.first_sync_uncounted");
      return t("headline.first_sync", { percent: formats.percent(headline.percent) });
    case "syncing":
      if (headline.percent === null) return t("headline.syncing_uncounted", { resources });
      return t("headline.syncing", { resources, percent: formats.percent(headline.percent) });
    case "never_synced":
      return headline.all ? t("headline.never_synced_all") : t("headline.never_synced", { resources });
    case "failing":
      return t("headline.failing", { resources, since: formats.time(headline.since, now) });
    case "incomplete":
    case "paused":
    case "counts_differ":
    case "blocked":
      return t(`headline.${headline.code}`, { resources });
  }
}

/** For the live region: without the figures that change all the time. */
export function spokenHeadline(headline: Headline, reading: Reading): string {
  switch (headline.code) {
    case "first_sync":
    case "syncing":
    case "complete":
    case "waiting":
    case "unworked":
    case "held_deliveries":
      return reading.t(`spoken.${headline.code}`);
    default:
      return headlineSentence(headline, reading);
  }
}

export function headlineDetail({ code }: Headline, { t }: Reading): string {
  return t(`detail.${code}`);
}

function resourceList(resources: readonly ResourceName[], { t, formats }: Reading): string {
  return formats.list(resources.map((resource) => resourceInSentence(resource, t)));
}

export function resourceTitle(resource: string, t: TFunction): string {
  return t(`resources.${knownIn(en.resources, resource)}.title`);
}

export function resourceInSentence(resource: string, t: TFunction): string {
  return t(`resources.${knownIn(en.resources, resource)}.inSentence`);
}

export function badgeOf(
  state: State,
  { t, formats }: Reading,
): { readonly tone: Tone | undefined; readonly text: string } {
  switch (state.code) {
    case "off":
      return { tone: undefined, text: t("state.off.badge") };
    case "up_to_date":
      return { tone: "success", text: t("state.up_to_date.badge") };
    case "syncing":
      return { tone: "info", text: syncingBadge(state, t, formats) };
    case "behind":
      return { tone: "warning", text: t("state.behind.badge") };
    case "never_synced":
      return { tone: undefined, text: t("state.never_synced.badge") };
    case "failing":
      return { tone: "critical", text: t("state.failing.badge") };
    case "blocked":
      return { tone: "critical", text: t("state.blocked.badge") };
  }
}

function syncingBadge(state: State & { code: "syncing" }, t: TFunction, formats: Formats): string {
  if (state.queued) return t("state.syncing.badgeQueued");
  if (state.percent === null) return t("state.syncing.badgeUncounted");
  return t("state.syncing.badge", { percent: formats.percent(state.percent) });
}

export function stateSentence(state: State, reading: Reading): string {
  const { t, formats, now } = reading;
  switch (state.code) {
    case "off":
    case "up_to_date":
    case "never_synced":
    case "syncing":
      return t(`state.${state.code}.sentence`);
    case "failing": {
      const cause = causeOf(state.errorCode ?? "other", t).what;
      return t("state.failing.sentence", { since: formats.time(state.since, now), cause });
    }
    case "blocked":
      return t("state.blocked.sentence", { cause: causeOf(state.errorCode, t).what });
    case "behind":
      return behindSentence(state.because, reading);
  }
}

function behindSentence(
  because: (State & { code: "behind" })["because"],
  { t, formats, now }: Reading,
): string {
  switch (because.code) {
    case "waiting":
    case "unread": {
      const { code, count, oldestAt } = because;
      const age = formats.roughly(now.getTime() - oldestAt.getTime());
      return t(`state.behind.${code}`, { count, shown: formats.number(count), age });
    }
    case "incomplete":
      if (because.missing === null || because.missing === 0) return t("state.behind.incompleteUncounted");
      return t("state.behind.incomplete", {
        ...{ count: because.missing, missing: formats.number(because.missing) },
      });
    case "counts_differ": {
      const missing = formats.number(Math.abs(because.missing));
      return because.missing > 0
        ? t("state.behind.counts_differ_missing", { missing })
        : t("state.behind.counts_differ_extra", { missing });
    }
    case "paused":
      if (because.percent === null) return t("state.behind.pausedUncounted");
      return t("state.behind.paused", { percent: formats.percent(because.percent) });
  }
}

/** "Copying · 1,204 of 2,000 · 310 a second · about 3 s left", as far as it is known. */
export function progressSentence(run: RunView, { t, formats }: Reading): string {
  const phase = run.state === "queued" ? "queued" : knownIn(en.phase, run.phase ?? "other");
  const parts: string[] = [t(`phase.${phase}`)];
  if (run.total !== null && run.total > 0) {
    parts.push(t("progress.counted", { done: formats.number(run.done), total: formats.number(run.total) }));
  } else if (run.done > 0) {
    parts.push(t("progress.uncounted", { count: run.done, shown: formats.number(run.done) }));
  }
  if (run.perSecond !== null && run.perSecond >= 1)
    parts.push(t("progress.rate", { rate: formats.number(Math.round(run.perSecond)) }));
  if (run.etaMs !== null) parts.push(etaWords(run.etaMs, t, formats));
  return parts.join(" · ");
}

function etaWords(etaMs: number, t: TFunction, formats: Formats): string {
  if (etaMs < 1_000) return t("progress.etaSoon");
  return t("progress.eta", { eta: formats.roughly(etaMs) });
}

export function runTitle(run: Pick<RunView, "kind" | "resource">, t: TFunction): string {
  return t("runs.title_of", {
    kind: t(`runs.kind.${run.kind}`),
    resource: resourceInSentence(run.resource, t),
  });
}

export function runBadgeTone(state: RunView["state"]): Tone | undefined {
  if (state === "verified") return "success";
  if (state === "failed") return "critical";
  if (state === "incomplete" || state === "paused") return "warning";
  return state === "running" ? "info" : undefined;
}

export function runOutcome(run: RunView, { t, formats }: Reading): string {
  const done = formats.number(run.done);
  const took =
    run.startedAt && run.endedAt ? formats.duration(run.endedAt.getTime() - run.startedAt.getTime()) : "";
  const outcome = (() => {
    if (run.state === "failed")
      return t("runs.outcome.failed", { cause: causeOf(run.errorCode ?? "other", t).what });
    if (run.state !== "incomplete") return t(`runs.outcome.${run.state}`, { done, took });
    if (run.total === null) return t("runs.outcome.incompleteUncounted", { done, took });
    return t("runs.outcome.incomplete", { done, total: formats.number(run.total), took });
  })();
  if (run.rejected === 0) return outcome;
  return `${outcome} · ${t("runs.rejected", { count: run.rejected, shown: formats.number(run.rejected) })}`;
}

/** `startedBy` is a code, with what it stands for after a colon: "install", "user:42". */
export function startedByWords(startedBy: string, t: TFunction): string {
  const who = knownIn(en.runs.by, startedBy.split(":")[0] ?? "other");
  return t(`runs.by.${who}`, { who: startedBy });
}

export function causeOf(code: string, t: TFunction): { readonly what: string; readonly todo: string } {
  const cause = knownIn(en.cause, code);
  return { what: t(`cause.${cause}.what`, { code }), todo: t(`cause.${cause}.todo`) };
}

/** The key itself where the texts have it, else "other": a code that nobody has found words for yet. */
function knownIn<K extends string>(texts: Readonly<Record<K, unknown>>, key: string): K | ("other" & K) {
  return (Object.hasOwn(texts, key) ? key : "other") as K;
}
