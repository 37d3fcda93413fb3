// Settings as a page or a program sends them: read, checked with Shopify, previewed or kept.
import { answer, refusal } from "#app/shops/caller.server.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { dayOf } from "#app/sync/days.ts";
import { checkFilters, previewRules } from "#app/sync/rules-preview.ts";
import { saveRules } from "#app/sync/rules-change.ts";
import { readRulesWish } from "#app/sync/rules-wish.ts";
import { readRules } from "#app/sync/rules-store.ts";
import type { ApiCall } from "#app/shops/api-door.server.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Beside } from "#app/sync/rules-change.ts";
import type { Preview } from "#app/sync/rules-preview.ts";
import type { Wrong } from "#app/sync/rules-wish.ts";

export interface SettingsWish {
  readonly shopId: number;
  readonly clientFor: () => Promise<Client>;
  /** Only what is to change. */
  readonly wished: unknown;
  /** The version that the wish goes out from. */
  readonly base: number;
  /** What is changed along with the rules, or what of it makes no sense. */
  readonly beside?: Beside | { readonly wrong: readonly Wrong[] } | null;
  readonly actor: string;
  readonly now: Date;
}

export type SettingsAnswer =
  | { readonly answer: "wrong"; readonly wrong: readonly Wrong[] }
  /** Somebody else changed them meanwhile. */
  | { readonly answer: "moved" }
  | { readonly answer: "preview"; readonly preview: readonly Preview[] }
  | { readonly answer: "saved"; readonly version: number };

/**
 * Everything is read and checked before anything is kept, and all of it is kept at once.
 * @throws Transient, Throttled, Permanent when Shopify could not be asked.
 */
export async function answerSettings(wish: SettingsWish, isPreview: boolean): Promise<SettingsAnswer> {
  const { shopId, clientFor, wished, base, beside = null, actor, now } = wish;
  const from = await readRules(shopId);
  if (from.version !== base) return { answer: "moved" };
  const read = readRulesWish(from, wished, dayOf(now, from.timeZone));
  if ("wrong" in read || (beside && "wrong" in beside))
    return {
      answer: "wrong",
      wrong: [read, beside].flatMap((part) => (part && "wrong" in part ? part.wrong : [])),
    };
  const client = await clientFor();
  const wanted = beside ? { ...read.rules, needed: beside.needed } : read.rules;
  const checked = await checkFilters(client, from, wanted);
  if ("wrong" in checked) return { answer: "wrong", wrong: checked.wrong };
  if (isPreview) {
    return { answer: "preview", preview: await previewRules(client, shopId, from, checked.rules, now) };
  }
  const saved = await saveRules(shopId, base, checked.rules, actor, now, beside);
  return saved.outcome === "moved" ? { answer: "moved" } : { answer: "saved", version: saved.rules.version };
}

const BODY_CHARS_MAX = 100_000;

/** As docs/api.md states it: the rules as they are, with the version that a change must name. */
export async function tellSettings({ shop }: ApiCall): Promise<Response> {
  const { version, isPersonalOut, metafields, resources, kept } = await readRules(shop.id);
  return answer({ version, isPersonalOut, metafields, resources, kept });
}

/** 200 with the preview or the new version; 400 with every field that is wrong; 409 when the version is not the present one. */
export async function patchSettings({ shop, userId, request, now }: ApiCall): Promise<Response> {
  const text = await request.text();
  if (text.length > BODY_CHARS_MAX)
    return refusal(413, "BODY_TOO_LARGE", `The body is larger than ${BODY_CHARS_MAX} characters.`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refusal(400, "INVALID_JSON", "The body is not JSON.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return refusal(400, "BAD_REQUEST", "The body must be an object.");
  const { version, dryRun = false, ...wished } = body as Record<string, unknown>;
  if (typeof version !== "number" || typeof dryRun !== "boolean")
    return refusal(400, "BAD_REQUEST", "Say the version that the change goes out from, as GET tells it.");
  const wish = { wished, base: version, actor: `api:${userId}`, now };
  const said = await answerSettings(
    { shopId: shop.id, clientFor: () => clientFor(shop.domain), ...wish },
    dryRun,
  );
  switch (said.answer) {
    case "wrong":
      return answer(
        { error: "BAD_REQUEST", message: "Nothing was saved: some fields make no sense.", wrong: said.wrong },
        { status: 400 },
      );
    case "moved":
      return refusal(409, "MOVED", "The settings were changed meanwhile. Get them again.");
    case "preview":
      return answer({ dryRun: true, preview: said.preview });
    case "saved":
      return answer({ dryRun: false, version: said.version });
  }
}
