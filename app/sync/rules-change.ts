// What a change of the rules means, resource by resource, and carrying it out: runs that read by the old rules are called
// off, what is to be read again is read again, and what is to go from rows that are here becomes upkeep. One transaction
// that waits for all that is being written by the old rules, so that nothing of them comes after it.
import type { PoolClient } from "pg";
import { inTransaction } from "#app/db.server.ts";
import { backfillOrder, resources } from "#app/resources/index.ts";
import { recordAct } from "#app/sync/acts.ts";
import { FILTERED } from "#app/sync/change.ts";
import { omittedBy } from "#app/sync/narrow.ts";
import { everySeconds, goesWhenOff, isOn, narrowingOf, rulesFrom } from "#app/sync/rules.ts";
import { patternsFor } from "#app/sync/rules-metafields.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { announce, callOffRuns, createRun } from "#app/sync/runs.ts";
import { ringForAll } from "#app/sync/runs-rows.ts";
import { askUpkeep } from "#app/sync/upkeep-rows.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";
import type { Omitted } from "#app/sync/narrow.ts";
import type { Rules } from "#app/sync/rules.ts";
import type { UpkeepWork } from "#app/sync/upkeep-rows.ts";

export interface Effect {
  readonly resource: ResourceName;
  readonly isSwitched: "on" | "off" | null;
  /** Other records match than before. */
  readonly isFilterMoved: boolean;
  /** Fields or rows that are not kept any more, model → fields, and whole models. */
  readonly emptied: Omitted;
  /** Everything is read again: there is something to read that was not read before. */
  readonly isReadAgain: boolean;
  /** What is done to rows that are here. */
  readonly works: readonly UpkeepWork[];
  readonly isOnlyInterval: boolean;
}

/** Every resource that the change concerns. Pure. */
export function effectsOf(from: Rules, to: Rules, now: Date): Effect[] {
  return resources.flatMap((resource) => effectOn(resource, from, to, now) ?? []);
}

function effectOn(resource: Resource, from: Rules, to: Rules, now: Date): Effect | null {
  const { name } = resource;
  const [wasOn, isNowOn] = [isOn(from, name), isOn(to, name)];
  const [before, after] = [narrowingOf(from, name, now), narrowingOf(to, name, now)];
  const isFilterMoved = before.filter?.search !== after.filter?.search;
  const isHolderMoved = before.holderSearch !== after.holderSearch;
  const leavesNow = after.filter?.leaving === "remove" && before.filter?.leaving === "keep";
  const [outBefore, outAfter] = [omittedBy(resource, before), omittedBy(resource, after)];
  const emptied = minus(outAfter, outBefore);
  const isMoreRead = !isNothing(minus(outBefore, outAfter));
  const [listBefore, listAfter] = [patternsFor(resource, from), patternsFor(resource, to)];
  const isListMoved = String(listBefore) !== String(listAfter);
  const isInterval = everySeconds(from, name) !== everySeconds(to, name);
  const base = { resource: name, isFilterMoved, emptied, isOnlyInterval: false } as const;
  if (wasOn !== isNowOn) {
    const works: UpkeepWork[] = [];
    if (!isNowOn && goesWhenOff(to, name)) works.push("remove_all");
    else if (!isNothing(emptied)) works.push("empty_fields");
    return { ...base, isSwitched: isNowOn ? "on" : "off", isReadAgain: isNowOn, works };
  }
  const works: UpkeepWork[] = [];
  if (!isNothing(emptied)) works.push("empty_fields");
  // What is inside others goes with those.
  const isRoot = !resource.list.within;
  if (isRoot && after.filter?.leaving === "remove" && (isFilterMoved || leavesNow))
    works.push("remove_unmatched");
  if (isListMoved && listAfter !== null) works.push("remove_unlisted");
  const isReadAgain = isNowOn && (isFilterMoved || isHolderMoved || isMoreRead || isListMoved);
  const isTouched = works.length > 0 || isReadAgain;
  if (!isTouched && !isInterval) return null;
  return { ...base, isSwitched: null, isReadAgain, works, isOnlyInterval: !isTouched };
}

function minus(a: Omitted, b: Omitted): Omitted {
  const columns = [...a.columns].flatMap(([model, fields]) => {
    if (b.models.has(model)) return [];
    const left = [...fields].filter((field) => !b.columns.get(model)?.has(field));
    return left.length > 0 ? [[model, new Set(left)] as const] : [];
  });
  return {
    columns: new Map(columns),
    models: new Set([...a.models].filter((model) => !b.models.has(model))),
  };
}

function isNothing({ columns, models }: Omitted): boolean {
  return columns.size === 0 && models.size === 0;
}

export type Saved =
  | { readonly outcome: "saved"; readonly rules: Rules; readonly effects: readonly Effect[] }
  /** Somebody else changed them since they were read. */
  | { readonly outcome: "moved"; readonly rules: Rules }
  | { readonly outcome: "same"; readonly rules: Rules };

/** What another room keeps in the same row, and what the rules depend on: it changes with them or not at all. */
export interface Beside {
  readonly part: "editions";
  readonly from: Readonly<Record<string, unknown>>;
  readonly to: Readonly<Record<string, unknown>>;
  /** Metafields that it needs from then on, whatever the allow-list says. */
  readonly needed: readonly string[];
}

/** @param base the version that the person saw. */
export function saveRules(
  shopId: number,
  base: number,
  wanted: Rules,
  actor: string,
  now: Date,
  beside: Beside | null = null,
): Promise<Saved> {
  return inTransaction(async (client) => {
    // Whoever writes rows by the old rules holds the shop's row: this waits for them, and they see the new rules after it.
    await client.query("SELECT FROM shops WHERE id = $1 FOR UPDATE", [shopId]);
    const from = await readRules(shopId, client);
    if (from.version !== base) return { outcome: "moved", rules: from };
    const { timeZone } = from;
    const needed = beside?.needed ?? from.needed;
    const to = rulesFrom({ ...wanted, timeZone, needed, version: base + 1 });
    const changed = [...differences(from, to), ...(beside ? differencesBeside(beside) : [])];
    if (changed.length === 0) return { outcome: "same", rules: from };
    const { timeZone: _, needed: __, ...stored } = to;
    const parts = { rules: stored, ...(beside && { [beside.part]: beside.to }) };
    await client.query("UPDATE shops SET settings = settings || $2::jsonb WHERE id = $1", [
      shopId,
      JSON.stringify(parts),
    ]);
    const effects = effectsOf(from, to, now);
    await carryOut(client, shopId, effects, to, actor, now);
    const act = { act: "rules_changed", actor, count: changed.length, detail: { changed } } as const;
    await recordAct(client, shopId, act, now);
    await ringForAll(client);
    await announce(client, shopId);
    return { outcome: "saved", rules: to, effects };
  });
}

export interface Difference {
  /** "resources.orders.filter" */
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Field by field, as it is recorded. Pure. */
export function differences(from: Rules, to: Rules): Difference[] {
  return differ(flat(from), flat(to)).filter(({ field }) => field !== "version" && field !== "needed");
}

function differencesBeside({ part, from, to }: Beside): Difference[] {
  return differ(flat(from, part), flat(to, part));
}

function differ(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Difference[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((field) => JSON.stringify(a.get(field)) !== JSON.stringify(b.get(field)))
    .map((field) => ({ field, from: a.get(field) ?? null, to: b.get(field) ?? null }));
}

function flat(value: object, path = ""): Map<string, unknown> {
  return new Map(
    Object.entries(value as Readonly<Record<string, unknown>>).flatMap(
      ([name, inner]): [string, unknown][] => {
        const place = path === "" ? name : `${path}.${name}`;
        const isBranch = typeof inner === "object" && inner !== null && !Array.isArray(inner);
        return isBranch ? [...flat(inner, place)] : [[place, inner]];
      },
    ),
  );
}

async function carryOut(
  client: PoolClient,
  shopId: number,
  effects: readonly Effect[],
  to: Rules,
  actor: string,
  now: Date,
): Promise<void> {
  const touched = effects.filter(({ isOnlyInterval }) => !isOnlyInterval).map(({ resource }) => resource);
  const calledOff = await callOffRuns(client, shopId, touched, "RULES_CHANGED", now);
  const off = effects.filter(({ isSwitched }) => isSwitched === "off").map(({ resource }) => resource);
  await forgetPlans(client, shopId, off);
  await unprove(
    client,
    shopId,
    effects
      .filter(({ isSwitched, isFilterMoved }) => isSwitched || isFilterMoved)
      .map(({ resource }) => resource),
  );
  for (const { resource, works } of effects) await askUpkeep(client, shopId, resource, works, now);
  const again = new Set(effects.filter(({ isReadAgain }) => isReadAgain).map(({ resource }) => resource));
  for (const name of backfillOrder()) {
    if (!again.has(name)) continue;
    const whole = { resource: name, kind: "backfill", request: { mode: "full" }, startedBy: actor } as const;
    await createRun(client, shopId, whole, now);
  }
  for (const run of calledOff) {
    // What a person asked for is begun anew under the new rules; a catch-up comes by itself.
    const { resource, kind, request, startedBy } = run;
    if (isOn(to, resource) && kind !== "catch_up")
      await createRun(client, shopId, { resource, kind, request, startedBy }, now);
  }
  for (const { resource } of effects) {
    const due = new Date(now.getTime() + everySeconds(to, resource) * 1_000);
    await client.query(
      "UPDATE sync_cursors SET due_at = least(due_at, $3) WHERE shop_id = $1 AND resource = $2",
      [shopId, resource, due],
    );
  }
}

async function forgetPlans(
  client: PoolClient,
  shopId: number,
  names: readonly ResourceName[],
): Promise<void> {
  for (const table of ["sync_cursors", "sync_holes", "sync_watches", "sync_confirmations"]) {
    await client.query(`DELETE FROM ${table} WHERE shop_id = $1 AND resource = ANY ($2)`, [shopId, names]);
  }
  await client.query(
    `UPDATE sync_errors SET resolved_at = now() WHERE shop_id = $1 AND resource = ANY ($2) AND resolved_at IS NULL
       AND code <> 'CUSTOMER_DATA_REQUEST'`,
    [shopId, names],
  );
}

/** What was proven was proven of other records. Records that were left out may come again, also by a webhook alone. */
async function unprove(client: PoolClient, shopId: number, names: readonly ResourceName[]): Promise<void> {
  await client.query(
    `UPDATE sync_resources SET verified_at = NULL, read_at = NULL, in_shopify = NULL, counted_at = NULL
     WHERE shop_id = $1 AND resource = ANY ($2)`,
    [shopId, names],
  );
  await client.query(
    "DELETE FROM sync_tombstones WHERE shop_id = $1 AND resource = ANY ($2) AND reason = $3",
    [shopId, names, FILTERED],
  );
}
