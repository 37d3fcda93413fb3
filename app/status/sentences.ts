// Codes of the webhook read models → English sentences, each with what to do. For the JSON API, whose callers may show
// them as they are. Pure.
import type { RecordCode } from "#app/status/records.ts";
import type { Reason, TopicCode, WebhookStatus } from "#app/status/webhooks.ts";

const HEALTH: Readonly<Record<WebhookStatus["health"], string>> = {
  healthy: "Webhooks arrive and are applied.",
  attention: "Webhooks arrive, but something needs a look.",
  broken: "Changes are being missed: a topic that Counterfoil needs is not subscribed.",
};

export function healthSentence(health: WebhookStatus["health"]): string {
  return HEALTH[health];
}

const TOPICS: Readonly<Record<TopicCode, string>> = {
  missing:
    "Needed, but neither declared in shopify.app.toml nor subscribed through the API. Run `shopify app deploy`.",
  silent:
    "Shopify changed records and announced none of them. What was missed is being caught up; check that the app was deployed.",
  low: "Far fewer than usual at this time of the week. Check whether the store is just quiet.",
  parked: "Some deliveries were set aside. Look at their reasons, then replay them or sync the records.",
  doubled:
    "Subscribed more than once, so each change arrives twice. It is harmless, but costs time: keep one of them.",
  arriving: "Received within the last day.",
  quiet: "Nothing within the last day. That is normal while nothing of this kind changes in the store.",
  never: "Nothing received yet. It will come with the first change of this kind.",
  unneeded: "Not needed: nothing that Counterfoil mirrors changes with it.",
};

export function topicSentence(code: TopicCode): string {
  return TOPICS[code];
}

export function reasonSentence({ code, topics = [], count = 0, ms = 0 }: Reason): string {
  const named = topics.join(", ");
  switch (code) {
    case "missing":
      return `Not subscribed: ${named}. Run \`shopify app deploy\`, then a full sync to catch up.`;
    case "refused":
      return `${count} webhooks with a wrong signature were refused in the last hour. If they are Shopify's, check SHOPIFY_API_SECRET.`;
    case "backlog":
      return ms > 0
        ? `Deliveries wait for ${Math.round(ms / 1_000)} s. Check that a worker is running, or start another one.`
        : "Deliveries have been waiting. Check that a worker is running, or start another one.";
    case "parked":
      return `${count} deliveries were set aside (${named}). Look at their reasons, then replay them or sync the records.`;
    case "silent":
      return `Shopify changed records without announcing them: ${named}. They are caught up by themselves; run \`shopify app deploy\` if it lasts.`;
    case "low":
      return `Far fewer than usual at this time of the week: ${named}. Check whether the store is just quiet.`;
    case "outdated":
      return `Sent in another API version than Counterfoil reads: ${named}. Run \`shopify app deploy\`.`;
    case "doubled":
      return `Subscribed more than once: ${named}. Delete the subscriptions that were made through the API.`;
    case "elsewhere":
      return `Subscriptions made through the API lead to another address: ${named}. Delete or update them.`;
    case "nothing_yet":
      return "No webhook has arrived yet. The first one comes with the next change; the webhook test shows the way is open.";
    case "not_asked":
      return "Shopify could not be asked for the subscriptions made through the API, so only what arrived is shown.";
    case "toml_unknown":
      return "shopify.app.toml was not deployed beside the app, so it is not known which topics it declares.";
  }
}

/** Of an alert, whose code is a reason's. */
export function alertSentence(alert: { code: string; topics: readonly string[]; count: number }): string {
  return reasonSentence(alert as Reason);
}

/** Why a topic of the TOML is never among the subscriptions that the API lists. */
export const TOML_NOTE =
  "Topics declared in shopify.app.toml are subscribed and delivered by Shopify itself; its API never lists them.";

const RECORDS: Readonly<Record<RecordCode, string>> = {
  confirmed: "In the mirror, and compared with Shopify since its last change.",
  waiting: "In the mirror; a newer change has arrived and is being applied.",
  unconfirmed: "In the mirror as Shopify's webhook stated it; the comparison with Shopify follows by itself.",
  deleted: "Deleted in Shopify; the mirror keeps its last state aside.",
  absent: "Not in the mirror. Sync it by its id, or check that the app may read records of its age.",
};

export function recordSentence(code: RecordCode): string {
  return RECORDS[code];
}

type CheckName = "address_https" | "reachable" | "api_version" | "secrets" | "scopes" | "delivery";
type CheckResult = "ok" | "warning" | "failed" | "unknown";

const CHECKS: Readonly<Record<CheckName, Readonly<Record<CheckResult, string>>>> = {
  address_https: {
    ok: "The app's address uses HTTPS.",
    warning: "The app's address is not HTTPS. Shopify delivers webhooks to HTTPS addresses only.",
    failed: "The app's address cannot be understood. Set SHOPIFY_APP_URL to its public URL.",
    unknown: "The app's address was not checked.",
  },
  reachable: {
    ok: "The app's public address answers, asked from where the app runs.",
    warning: "The app's public address answers late.",
    failed:
      "The app's public address does not answer. Check DNS, the proxy in front of the app, and SHOPIFY_APP_URL.",
    unknown: "The app's public address was not asked.",
  },
  secrets: {
    ok: "Shopify signs with the present secret.",
    warning:
      "The last webhook was signed with the secret before. Keep SHOPIFY_API_SECRET_PREVIOUS until Shopify signs with the new one.",
    failed:
      "The last webhook was signed with a secret that Counterfoil does not know. If it was Shopify's, correct SHOPIFY_API_SECRET.",
    unknown: "No webhook of Shopify's was seen lately, so it is not known which secret it signs with.",
  },
  api_version: {
    ok: "Shopify answers in the API version that Counterfoil speaks, and supports it.",
    warning:
      "The API version that Counterfoil speaks ends soon, or Shopify answered in another one already. Update Counterfoil.",
    failed:
      "Shopify refused the API call, or no longer supports the version. Open Counterfoil once in the store's admin, or update it.",
    unknown: "Shopify could not be asked for the API version. Try again.",
  },
  scopes: {
    ok: "The store has granted every scope that the topics need.",
    warning: "The store has granted more than is needed.",
    failed:
      "The store has not granted every scope that is needed. Open Counterfoil in its admin and accept them.",
    unknown: "Shopify could not be asked for the granted scopes. Try again.",
  },
  delivery: {
    ok: "A signed delivery came in through the public address, was stored and was settled.",
    warning: "The delivery was stored, but not settled in time. Check that a worker is running.",
    failed: "The delivery did not get in. Check that SHOPIFY_APP_URL is the address that leads to this app.",
    unknown: "No delivery was sent.",
  },
};

/** Of one check of the webhook test. */
export function checkSentence({ name, result }: { name: CheckName; result: CheckResult }): string {
  return CHECKS[name][result];
}

type RoundTripWay = "product_metafield" | "bulk_operation";

const WAYS: Readonly<Record<RoundTripWay, string>> = {
  product_metafield: "An own metafield of a product was changed",
  bulk_operation: "A bulk operation that finds nothing was started",
};

/** Of the real change of the webhook test. */
export function roundTripSentence(way: RoundTripWay | null, result: CheckResult): string {
  if (way === null)
    return "No real change could be made, so only Counterfoil's own signed delivery was sent.";
  switch (result) {
    case "ok":
      return `${WAYS[way]}, and Shopify's own delivery of it came in and was settled.`;
    case "warning":
      return `${WAYS[way]}, but Shopify's delivery of it has not come in or not settled yet. Look for it in the log.`;
    case "failed":
      return `${WAYS[way]}; Shopify's delivery of it came in, but was set aside.`;
    case "unknown":
      return "Shopify did not let a change be made just now, so only Counterfoil's own signed delivery was sent.";
  }
}
