// The log: every Admin API call with its cost, and every webhook with its attempts and body, newest first.
import { html, type Html } from "#sandbox/pages/html.ts";
import { cut, hrefWith, matches, searchbar, sought } from "#sandbox/pages/listing.ts";
import { card, count, moment, table, tabs } from "#sandbox/pages/parts/blocks.ts";
import { callBadge, deliveryBadge, DELIVERY_STATES } from "#sandbox/pages/settings/words.ts";
import type { Rooms, View, Visit } from "#sandbox/pages/visit.ts";
import type { CallRecord } from "#sandbox/admin-api/call-log.ts";
import type { DeliveryRecord } from "#sandbox/webhooks/log.ts";

/** Both logs are rings in memory; this is more than either keeps. */
const RECORDS_MAX = 5000;
/** A body longer than this is shown cut; its own page has it whole. */
const BODY_CHARACTERS_SHOWN = 200_000;

function showLog(visit: Visit): View {
  const { path, query } = visit;
  const isWebhooks = query.get("view") === "webhooks";
  const tab = (label: string, view: string | null, current: boolean) => ({
    href: hrefWith(path, new URLSearchParams(), { view }),
    label,
    current,
  });
  return {
    title: "Log",
    active: "log",
    subtitle: "What the app asked, and what it was told.",
    actions: html`<label class="tick" hidden>
      <input type="checkbox" data-live-toggle checked /> <span>Refresh by itself</span>
    </label>`,
    body: card(
      null,
      html`${tabs("Log", [tab("Admin API calls", null, !isWebhooks), tab("Webhooks", "webhooks", isWebhooks)])}
      ${isWebhooks ? webhooks(visit) : calls(visit)}`,
      { flush: true },
    ),
  };
}

function calls(visit: Visit): Html {
  const { path, query, callLog } = visit;
  const asked = sought(query);
  const found = callLog
    .list({ limit: RECORDS_MAX })
    .filter((call) => matches(asked, [call.operation, String(call.status), ...call.errors]));
  const listing = cut(found, path, query);
  return html`${searchbar("Search operation, status or error", path, query)}
    <div data-live>
      ${table(
        "Admin API calls, newest first",
        [
          { label: "Operation", kind: "wide" },
          { label: "When" },
          { label: "Answer" },
          { label: "Cost, requested", kind: "number" },
          { label: "Cost, actual", kind: "number" },
          { label: "Bucket left", kind: "number" },
          { label: "Took", kind: "number" },
        ],
        listing.rows.map(callCells),
        asked === "" ? "The app has not called yet." : "No call matches.",
      )}
      ${listing.pager}
    </div>`;
}

function callCells(call: CallRecord) {
  const points = (value: number | null) => (value === null ? "–" : count(value));
  return [
    html`<span class="strong">${call.operation}</span>`,
    moment(call.at, { seconds: true }),
    callBadge(call),
    points(call.requestedCost),
    points(call.actualCost),
    points(call.bucketLeft),
    `${count(Math.round(call.durationMs))} ms`,
  ];
}

function webhooks(visit: Visit): Html {
  const { path, query, deliveries, base } = visit;
  const asked = sought(query);
  const state = DELIVERY_STATES.find((candidate) => candidate === query.get("state"));
  const found = deliveries
    .list({ limit: RECORDS_MAX, ...(state ? { state } : {}) })
    .filter((delivery) =>
      matches(asked, [delivery.topic, delivery.address, delivery.webhookId, delivery.state]),
    );
  const listing = cut(found, path, query);
  const states = [undefined, ...DELIVERY_STATES].map((candidate) => ({
    href: hrefWith(path, query, { state: candidate ?? null }),
    label: candidate === undefined ? "All" : candidate.charAt(0).toUpperCase() + candidate.slice(1),
    current: candidate === state,
  }));
  return html`${tabs("State", states)} ${searchbar("Search topic, address or id", path, query)}
    <div data-live>
      ${table(
        "Webhooks, newest first",
        [
          { label: "Topic", kind: "wide" },
          { label: "When" },
          { label: "State" },
          { label: "Attempts", kind: "number" },
          { label: "Last answer", kind: "number" },
          { label: "Took", kind: "number" },
          { label: "Subscription" },
        ],
        listing.rows.map((delivery) => deliveryCells(delivery, base)),
        asked === "" && !state ? "No webhook has been sent yet." : "No webhook matches.",
      )}
      ${listing.pager}
    </div>`;
}

function deliveryCells(delivery: DeliveryRecord, base: string) {
  const last = delivery.attempts.at(-1);
  return [
    html`<a href="${base}/log/webhooks/${delivery.webhookId}">${delivery.topic}</a>`,
    moment(delivery.triggeredAt, { seconds: true }),
    deliveryBadge(delivery.state),
    delivery.attempts.length,
    last ? (last.status ?? last.error ?? "–") : "–",
    last ? `${count(Math.round(last.durationMs))} ms` : "–",
    html`<small>${delivery.subscriptionId}</small>`,
  ];
}

function showDelivery(visit: Visit): View | null {
  const { deliveries, params, base } = visit;
  const delivery = deliveries.find(params.id ?? "");
  if (!delivery) return null;
  return {
    title: delivery.topic,
    active: "log",
    back: { href: `${base}/log?view=webhooks`, label: "Log" },
    badges: deliveryBadge(delivery.state),
    subtitle: html`${moment(delivery.triggeredAt, { seconds: true })} to ${delivery.address}`,
    body: html`${card(
      "Attempts",
      table(
        "Attempts",
        [
          { label: "When", kind: "wide" },
          { label: "Answer" },
          { label: "Error" },
          { label: "Took", kind: "number" },
        ],
        delivery.attempts.map((attempt) => [
          moment(attempt.at, { seconds: true }),
          attempt.status ?? "None",
          attempt.error ?? "–",
          `${count(Math.round(attempt.durationMs))} ms`,
        ]),
        delivery.state === "dropped"
          ? "The drop dial swallowed it: it was never sent."
          : "It has not been sent yet.",
      ),
      { flush: true },
    )}
    ${card(
      "Headers",
      html`<pre tabindex="0" aria-label="Headers">
X-Shopify-Topic: ${delivery.topic}
X-Shopify-Webhook-Id: ${delivery.webhookId}
X-Shopify-Event-Id: ${delivery.eventId}
X-Shopify-Triggered-At: ${delivery.triggeredAt}
X-Shopify-Shop-Domain: ${delivery.shop}
Subscription: ${delivery.subscriptionId}${delivery.nextAttemptAt ? `\nNext attempt: ${delivery.nextAttemptAt}` : ""}</pre>`,
    )}
    ${card("Body", html`<pre tabindex="0" aria-label="Body">${readable(delivery.body)}</pre>`)}`,
  };
}

/**
 * Indented without being parsed into numbers: ids past 2^53 must be shown as they were sent.
 * Strings are passed over whole, so nothing inside of one is broken.
 */
export function readable(body: string): string {
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.max(0, depth))}`;
  return body
    .slice(0, BODY_CHARACTERS_SHOWN)
    .replace(/"(?:[^"\\]|\\.)*"|\s+|\{\}|\[\]|[{}[\],:]/g, (token) => {
      if (token === "{" || token === "[") return ((depth += 1), token + line());
      if (token === "}" || token === "]") return ((depth -= 1), line() + token);
      if (token === ",") return token + line();
      if (token === ":") return ": ";
      return /^\s+$/.test(token) ? "" : token;
    });
}

export const LOG_ROOMS: Rooms = {
  log: { show: showLog },
  "log/webhooks/:id": { show: showDelivery },
};
