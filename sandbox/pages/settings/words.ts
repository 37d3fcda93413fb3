// How the states of deliveries and API calls are put in words and colours.
import type { Html } from "#sandbox/pages/html.ts";
import { badge, words, type Tone } from "#sandbox/pages/parts/blocks.ts";
import type { CallRecord } from "#sandbox/admin-api/call-log.ts";
import type { DeliveryState } from "#sandbox/webhooks/log.ts";

const TONES: Record<DeliveryState, Tone> = {
  pending: "info",
  delivered: "success",
  dropped: "warning",
  failed: "critical",
};

export const DELIVERY_STATES = Object.keys(TONES) as DeliveryState[];

export function deliveryBadge(state: DeliveryState): Html {
  return badge(words(state), TONES[state]);
}

export function callBadge(call: CallRecord): Html {
  if (call.errors.length > 0) return badge(call.errors.map((code) => words(code)).join(", "), "warning");
  return badge(String(call.status), call.status < 400 ? "success" : "critical");
}
