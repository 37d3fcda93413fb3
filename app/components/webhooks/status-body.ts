// The webhooks as the JSON API and alerts tell them: codes for programs beside the pages' own sentences. Pure.
import { formatsFor } from "#app/components/formats.ts";
import type { PastAlert } from "#app/status/alerts.ts";
import type { ShopView } from "#app/status/shop.ts";
import type { Reason, WebhookStatus } from "#app/status/webhooks.ts";
import { FALLBACK_LANGUAGE, textsFor } from "#app/texts/index.ts";
import type { Reading } from "../words.ts";
import { checkWords, pastAlertWords, reasonWords, roundTripWords, topicWords } from "./words.ts";
import type { CheckCode, RoundTripCode } from "./words.ts";

function readingAt(now: Date, timeZone: string | null): Reading {
  const { t } = textsFor(FALLBACK_LANGUAGE);
  return { t, formats: formatsFor(FALLBACK_LANGUAGE, timeZone ?? "UTC", t), now };
}

/** Body of GET /api/shopify/webhook-status; docs/api.md describes it. */
export function webhookStatusBody(
  { at, health, reasons, past, topics }: WebhookStatus,
  { timeZone }: Pick<ShopView, "timeZone">,
  address: string,
  isAlert: (code: Reason["code"]) => boolean,
) {
  const reading = readingAt(at, timeZone);
  const { t } = reading;
  return {
    at,
    health,
    message: t(`hooks.health.${health}`),
    reasons: reasons.map((reason) => ({
      ...reason,
      isAlert: isAlert(reason.code),
      message: reasonWords(reason, reading),
    })),
    pastAlerts: past.map((alert) => {
      const { id: _id, ...told } = alert;
      return { ...told, message: pastAlertWords(alert, reading) };
    }),
    address,
    note: [
      t("hooks.matrix.note"),
      ...(["lists", "hides", "proof", "repair"] as const).map((part) => t(`hooks.matrix.api.${part}`)),
    ].join(" "),
    topics: topics.map(({ code, ...topic }) => ({
      ...topic,
      state: code,
      message: topicWords({ code, ...topic }, reading).join(" "),
    })),
  };
}

/** Body of POST /api/shopify/test-webhook. */
export function webhookTestBody<
  T extends { readonly checks: readonly CheckCode[]; readonly roundTrip: RoundTripCode },
>({ checks, roundTrip, ...test }: T) {
  const { t } = readingAt(new Date(0), null);
  return {
    ...test,
    roundTrip: { ...roundTrip, message: roundTripWords(roundTrip, t) },
    checks: checks.map((check) => ({ ...check, message: checkWords(check, t) })),
  };
}

/** What an operator is told of an alert. Its code is a reason's, as the watch noted it. */
export function alertMessage({ code, topics, count }: Alert, now: Date): string {
  return reasonWords({ code: code as Reason["code"], topics, count }, readingAt(now, null));
}

type Alert = Pick<PastAlert, "code" | "topics" | "count">;
