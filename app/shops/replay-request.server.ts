// A replay asked for through the API: which deliveries, and whether to count only.
import { z } from "zod";
import { answer, refusal } from "#app/shops/caller.server.ts";
import type { ApiCall } from "#app/shops/api-door.server.ts";
import { DELIVERY_STATES, type DeliveryChoice } from "#app/sync/delivery-choice.ts";
import { isStorable } from "#app/sync/stored-forms.ts";
import { countReplay, replay } from "#app/sync/replay.ts";

const BODY_CHARS_MAX = 100_000;
const IDS_MAX = 1_000;

const id = z.union([
  z.int().positive().transform(String),
  z.string().regex(/^[1-9]\d{0,17}$/, "must be an id"),
]);
const storable = z.string().min(1).max(255).refine(isStorable, "holds characters that no text can");
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const request = z.strictObject({
  dryRun: z.boolean().default(false),
  ids: z.array(id).min(1).max(IDS_MAX).optional(),
  topic: storable.optional(),
  state: z.enum(DELIVERY_STATES).optional(),
  reason: storable.optional(),
  resource: storable.optional(),
  record: storable.optional(),
  from: moment.optional(),
  until: moment.optional(),
});

/** As docs/api.md states it: 200 with the counts of a dry run, 202 with how many were put back, 400 or 413. */
export async function startReplay({ shop, userId, request: asked, now }: ApiCall): Promise<Response> {
  const text = await asked.text();
  if (text.length > BODY_CHARS_MAX) {
    return refusal(413, "BODY_TOO_LARGE", `The body is larger than ${BODY_CHARS_MAX} characters.`);
  }
  let body: unknown;
  try {
    body = JSON.parse(text.trim() === "" ? "{}" : text);
  } catch {
    return refusal(400, "INVALID_JSON", "The body is not JSON.");
  }
  const parsed = request.safeParse(body);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return refusal(400, "BAD_REQUEST", `${path.join(".") || "body"}: ${message}`);
  }
  const { dryRun, record, ...rest } = parsed.data;
  const choice: DeliveryChoice = { ...rest, recordKey: record };
  if (Object.values(choice).every((value) => value === undefined)) {
    return refusal(400, "BAD_REQUEST", 'Say which deliveries: ids, or a filter such as {"state": "parked"}.');
  }
  const counted = await countReplay(shop.domain, choice);
  if (dryRun) return answer({ dryRun: true, ...counted });
  const actor = `api:${userId}`;
  const count = await replay({ shopId: shop.id, shopDomain: shop.domain, actor }, choice, now);
  return answer({ dryRun: false, ...counted, count }, { status: 202 });
}
