// What new rules would do, before they are kept: Shopify's counts under the new filters beside what is here. Also asks
// Shopify whether it understands the filters, which nobody else can say.
import { pool } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import { Permanent } from "#app/shopify/errors.ts";
import { allOf, group } from "#app/shopify/search.ts";
import { readCount } from "#app/sync/counts.ts";
import { narrow } from "#app/sync/narrow.ts";
import { look } from "#app/sync/searches.ts";
import { effectsOf } from "#app/sync/rules-change.ts";
import { isOn, narrowingOf, rulesFrom } from "#app/sync/rules.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Effect } from "#app/sync/rules-change.ts";
import type { Rules } from "#app/sync/rules.ts";
import type { Wrong } from "#app/sync/rules-wish.ts";

export interface Preview {
  readonly resource: ResourceName;
  readonly isSwitched: "on" | "off" | null;
  readonly isFilterMoved: boolean;
  readonly isReadAgain: boolean;
  /** Some fields or parts are not kept any more: so many of the rows that are here lose them. */
  readonly isEmptied: boolean;
  /** Metafields that are not on the list leave. */
  readonly isListMoved: boolean;
  readonly here: number;
  /** Shopify's count under the new rules; null where it does not count, or where nothing of it moves. */
  readonly inShopify: number | null;
  /** Records that leave the mirror, and that come into it; null where only the run will tell. */
  readonly leaving: number | null;
  readonly coming: number | null;
}

const LANE = { lane: "targeted" } as const;

/**
 * The rules with what only Shopify knows of their filters, or what it does not understand.
 * @throws Transient, Throttled; Permanent when Shopify refuses for another reason.
 */
export async function checkFilters(
  client: Client,
  from: Rules,
  to: Rules,
): Promise<{ readonly rules: Rules } | { readonly wrong: readonly Wrong[] }> {
  const wrong: Wrong[] = [];
  const resources = { ...to.resources };
  for (const [name, rule] of Object.entries(to.resources) as [
    ResourceName,
    Rules["resources"][ResourceName],
  ][]) {
    if (rule.filter === from.resources[name].filter) continue;
    if (rule.filter === "") {
      resources[name] = { ...rule, isCounted: true };
      continue;
    }
    const search = group(rule.filter);
    const refusal = await refusalOf(() => look(client, resourceOf(name), search, LANE));
    if (refusal !== null)
      wrong.push({ field: `resources.${name}.filter`, code: "not_understood", detail: refusal });
    const counting = await refusalOf(() => readCount(client, resourceOf(name), { ...LANE, search }));
    resources[name] = { ...rule, isCounted: counting === null };
  }
  return wrong.length > 0 ? { wrong } : { rules: rulesFrom({ ...to, resources }) };
}

/** Shopify's words, or null when it understood. */
async function refusalOf(ask: () => Promise<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    if (error instanceof Permanent && error.code !== "ACCESS_DENIED") return error.message;
    throw error;
  }
}

/** One line a resource that the change concerns. @throws as readCount. */
export async function previewRules(
  client: Client,
  shopId: number,
  from: Rules,
  to: Rules,
  now: Date,
): Promise<Preview[]> {
  const effects = effectsOf(from, to, now).filter(({ isOnlyInterval }) => !isOnlyInterval);
  const here = await readHere(shopId);
  const previews: Preview[] = [];
  for (const effect of effects) previews.push(await previewOf(client, effect, from, to, here, now));
  return previews;
}

async function previewOf(
  client: Client,
  effect: Effect,
  from: Rules,
  to: Rules,
  mirrored: ReadonlyMap<string, number>,
  now: Date,
): Promise<Preview> {
  const { resource: name, isSwitched, isFilterMoved, isReadAgain, emptied, works } = effect;
  const here = mirrored.get(name) ?? 0;
  const base = {
    ...{ resource: name, isSwitched, isFilterMoved, isReadAgain, here },
    isEmptied: emptied.columns.size > 0 || emptied.models.size > 0,
    isListMoved: works.includes("remove_unlisted"),
  };
  if (isSwitched === "off") {
    const leaving = works.includes("remove_all") ? here : 0;
    return { ...base, inShopify: null, leaving, coming: 0 };
  }
  if (!isFilterMoved && isSwitched !== "on") return { ...base, inShopify: null, leaving: 0, coming: 0 };
  const after = narrow(resourceOf(name), narrowingOf(to, name, now));
  const inShopify = await readCount(client, after, LANE);
  const before = narrowingOf(from, name, now).filter?.counted ?? "";
  const both = isOn(from, name) && inShopify !== null ? await readBoth(client, after, before) : 0;
  const isKept = after.filter?.leaving === "keep";
  if (inShopify === null || both === null)
    return { ...base, inShopify, leaving: isKept ? 0 : null, coming: null };
  return {
    ...base,
    inShopify,
    leaving: isKept || after.filter === undefined ? 0 : Math.max(0, here - both),
    coming: Math.max(0, inShopify - both),
  };
}

/** Records that match the old filter and the new one. */
async function readBoth(
  client: Client,
  after: Parameters<typeof readCount>[1],
  before: string,
): Promise<number | null> {
  try {
    return await readCount(client, after, { ...LANE, search: allOf(before) });
  } catch (error) {
    // The old one may be such as the count does not understand.
    if (error instanceof Permanent) return null;
    throw error;
  }
}

async function readHere(shopId: number): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ resource: string; mirrored: string }>(
    "SELECT resource, mirrored FROM sync_resources WHERE shop_id = $1",
    [shopId],
  );
  return new Map(rows.map(({ resource, mirrored }) => [resource, Number(mirrored)]));
}
