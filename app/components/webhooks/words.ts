// Codes of the webhook read models → sentences for people. Pure; what a code means is said in app/texts.
import type { TFunction } from "i18next";
import type { ActView } from "#app/status/acts.ts";
import type { PastAlert } from "#app/status/alerts.ts";
import type { DeliveryLine, DeliveryState } from "#app/status/deliveries.ts";
import type { DeliveryEvent } from "#app/status/delivery-detail.ts";
import type { Reason, TopicCode, TopicView, WebhookStatus } from "#app/status/webhooks.ts";
import { en } from "#app/texts/en.ts";
import { causeOf, resourceInSentence, type Reading, type Tone } from "../words.ts";

export const HEALTH_TONES: Readonly<Record<WebhookStatus["health"], Tone>> = {
  healthy: "success",
  unproven: "info",
  attention: "warning",
  broken: "critical",
};

const TOPIC_TONES: Readonly<Record<TopicCode, Tone | undefined>> = {
  missing: "critical",
  silent: "critical",
  parked: "warning",
  doubled: "warning",
  low: "warning",
  arriving: "success",
  quiet: undefined,
  never: undefined,
  unneeded: undefined,
};

const STATE_TONES: Readonly<Record<DeliveryState, Tone | undefined>> = {
  received: "info",
  applied: "success",
  superseded: undefined,
  ignored: undefined,
  parked: "warning",
};

export const topicTone = (code: TopicCode) => TOPIC_TONES[code];
export const deliveryTone = (state: DeliveryState) => STATE_TONES[state];

export function reasonWords(
  { code, topics = [], count = 0, ms = 0 }: Reason,
  { t, formats }: Reading,
): string {
  const shown = formats.number(count);
  const named = formats.list(topics);
  if (code === "parked" || code === "refused") return t(`hooks.reason.${code}`, { count, shown });
  if (code === "backlog")
    return ms > 0 ? t("hooks.reason.backlog", { age: formats.roughly(ms) }) : t("hooks.reason.waiting");
  return t(`hooks.reason.${code}`, { topics: named });
}

/** What stood and is over, in a few words. */
export function pastAlertWords({ code, topics, count }: PastAlert, { t, formats }: Reading): string {
  const known = Object.hasOwn(en.hooks.alerts.was, code)
    ? (code as keyof typeof en.hooks.alerts.was)
    : "other";
  return t(`hooks.alerts.was.${known}`, {
    code,
    count,
    shown: formats.number(count),
    topics: formats.list(topics),
  });
}

/** The state in words, and what else is to be known of the topic. */
export function topicWords(
  { code, silence, faults, twins, declared, subscriptions }: TopicView,
  { t, formats, now }: Reading,
): string[] {
  const words: string[] = [];
  if (code === "silent" && silence) {
    const resource = resourceInSentence(silence.resource, t);
    words.push(t("hooks.state.silent.sentence", { resource, from: formats.time(silence.from, now) }));
  } else {
    words.push(t(`hooks.state.${code}.sentence`, { resource: "", from: "" }));
  }
  if (twins > 0) {
    const ways = (declared ? 1 : 0) + (subscriptions?.length ?? 0);
    words.push(t("hooks.twins", { count: twins, shown: formats.number(twins) }));
    if (ways === 1) words.push(t("hooks.twinsUnknown"));
  }
  if (silence?.to) {
    const span = { from: formats.time(silence.from, now), to: formats.time(silence.to, now) };
    words.push(t("hooks.silence", { ...span, missed: formats.number(silence.missed) }));
  }
  for (const fault of faults) words.push(t(`hooks.fault.${fault.code}`, { found: fault.found ?? "" }));
  return words;
}

type Result = "ok" | "warning" | "failed" | "unknown";

export interface CheckCode {
  readonly name: keyof typeof en.hooks.test.check;
  readonly result: Result;
}

export interface RoundTripCode {
  /** Which change was made; null where none could be. */
  readonly way: "product_metafield" | "bulk_operation" | null;
  readonly result: Result;
}

/** Of one check of the webhook test. */
export function checkWords({ name, result }: CheckCode, t: TFunction): string {
  return t(`hooks.test.checked.${name}.${result}`);
}

/** Of the real change of the webhook test. */
export function roundTripWords({ way, result }: RoundTripCode, t: TFunction): string {
  if (way === null) return t("hooks.test.trip.none");
  return t(`hooks.test.trip.${result}`, { change: t(`hooks.test.way.${way}`) });
}

export function subscribedWords({ declared, subscriptions }: TopicView, { t }: Reading): string {
  const isMade = (subscriptions?.length ?? 0) > 0;
  if (declared && isMade) return t("hooks.by.both");
  if (declared) return t("hooks.by.toml");
  if (isMade) return t("hooks.by.api");
  return declared === null || subscriptions === null ? t("hooks.by.unknown") : t("hooks.by.nothing");
}

/** Why a delivery ended as it did; null where its state says it all. */
export function becauseWords(reason: string | null, { t }: Reading): string | null {
  if (reason === null) return null;
  if (Object.hasOwn(en.hooks.because, reason))
    return t(`hooks.because.${reason as keyof typeof en.hooks.because}`);
  return causeOf(reason, t).what;
}

export function outcomeWords(
  { state, reason }: Pick<DeliveryLine, "state" | "reason">,
  reading: Reading,
): string {
  return becauseWords(reason, reading) ?? reading.t(`hooks.outcome.${state}.sentence`);
}

export function eventWords({ act, reason, by }: DeliveryEvent, reading: Reading): string {
  const { t } = reading;
  const known = Object.hasOwn(en.hooks.event, act) ? (act as keyof typeof en.hooks.event) : "other";
  const because = becauseWords(reason, reading);
  const what = t(`hooks.event.${known}`, { act, by: actorWords(by ?? "", reading) });
  return because ? `${what} ${because}` : what;
}

export function actorWords(actor: string, { t }: Reading): string {
  const kind = actor.split(":")[0] ?? "";
  const who = /^user:(.+)$/.exec(actor)?.[1];
  if (who !== undefined) return t("hooks.acts.by.staff", { who });
  if (kind === "user" || kind === "api" || kind === "watch" || kind === "shopify")
    return t(`hooks.acts.by.${kind}`);
  return t("hooks.acts.by.other", { actor });
}

/** What the watch put right, where it did not lead a subscription here. */
const UPDATES: Readonly<Record<string, "subscription_renewed" | "subscription_json">> = {
  other_fields: "subscription_renewed",
  wrong_format: "subscription_json",
};

/** "3 deliveries were replayed by a person in the admin." */
export function actWords({ act, actor, count, detail }: ActView, reading: Reading): string {
  const { t, formats } = reading;
  const text = (name: string) => (typeof detail[name] === "string" ? detail[name] : "");
  const said = {
    shown: formats.number(count),
    topic: text("topic"),
    found: text("found"),
    refusal: text("refusal"),
    delivery: text("delivery"),
    customer: text("customer"),
    resource: resourceInSentence(text("resource"), t),
    act,
  };
  const what = (() => {
    switch (act) {
      case "replayed":
      case "silence_found":
      case "customer_redacted":
      case "rules_changed":
        return t(`hooks.acts.${act}`, { count, ...said });
      case "subscription_updated":
        return t(`hooks.acts.${UPDATES[text("fault")] ?? act}`, said);
      case "subscription_created":
      case "subscription_deleted":
      case "repair_refused":
      case "silence_over":
      case "revealed":
      case "data_exported":
        return t(`hooks.acts.${act}`, said);
      default:
        return t("hooks.acts.other", said);
    }
  })();
  return `${what} ${actorWords(actor, reading)}`;
}
