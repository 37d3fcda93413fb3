// Codes of runs' requests and of causes → sentences. Pure, as words.ts.
import type { TFunction } from "i18next";
import type { GroupState, RetryPlan } from "#app/status/choices.ts";
import type { ErrorGroup } from "#app/status/error-groups.ts";
import type { RequestView } from "#app/status/run-detail.ts";
import { resourceInSentence, resourceTitle } from "./words.ts";
import type { Reading, Tone } from "./words.ts";

/** "3 orders by name: #1001, #1002, #1003" */
export function askedWords(request: RequestView | null, { t, formats, now }: Reading): string {
  switch (request?.mode) {
    case "full":
      return t("activity.asked.full");
    case "since": {
      const since = formats.time(request.since, now);
      if (request.until === null) return t("activity.asked.since", { since });
      return t("activity.asked.between", { since, until: formats.time(request.until, now) });
    }
    case "created": {
      const from = request.from && formats.time(request.from, now);
      const until = request.until && formats.time(request.until, now);
      if (from && until) return t("activity.asked.created", { from, until });
      if (from) return t("activity.asked.created_from", { from });
      return until ? t("activity.asked.created_until", { until }) : t("activity.asked.other");
    }
    case "search":
      return t("activity.asked.search", { search: request.search });
    case "ids":
    case "names": {
      const listed = request.listed.join(", ");
      const list =
        request.count > request.listed.length ? t("activity.asked.more", { list: listed }) : listed;
      return t(`activity.asked.${request.mode}`, {
        ...{ count: request.count, shown: formats.number(request.count) },
        list,
      });
    }
    default:
      return t("activity.asked.other");
  }
}

export function groupTone(state: GroupState): Tone | undefined {
  if (state === "open" || state === "reopened") return "critical";
  if (state === "resolved") return "success";
  return state === "acknowledged" ? "warning" : undefined;
}

/** Where the errors of a cause are: a resource, or webhooks of a topic. */
export function groupPlace(
  { source, subject }: Pick<ErrorGroup, "source" | "subject">,
  t: TFunction,
): string {
  return source === "records"
    ? t("faults.inRecords", { resource: resourceTitle(subject, t) })
    : t("faults.inDeliveries", { topic: subject });
}

export function planWords(plan: RetryPlan, subject: string, { t, formats }: Reading): string {
  switch (plan.how) {
    case "fetch":
    case "replay":
      return t(`faults.plan.${plan.how}`, { count: plan.count, shown: formats.number(plan.count) });
    case "sync":
      return t("faults.plan.sync", { resource: resourceInSentence(subject, t) });
    case "none":
      return t("faults.plan.none");
  }
}

/** "financialStatus" → "Financial status", "OrderLineItem" → "Order line item": as a record's page names its columns. */
export function fieldWords(name: string): string {
  return columnWords(snakeOf(name));
}

export function snakeOf(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

const SPELLED: Readonly<Record<string, string>> = {
  address1: "address line 1",
  address2: "address line 2",
  gid: "GraphQL id",
  html: "HTML",
  ip: "IP",
  po: "PO",
  seo: "SEO",
  sku: "SKU",
  sms: "SMS",
  url: "URL",
  v2: "",
};

/** `total_price` → "Total price": columns are Shopify's own words, so that they need no dictionary. */
export function columnWords(column: string): string {
  const words = column
    .split("_")
    .map((word) => SPELLED[word] ?? word)
    .filter((word) => word !== "")
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
