// What a shop has chosen, for the page where it chooses. Reads only.
import { pool } from "#app/db.server.ts";
import { readChoice } from "#app/editions/choice.ts";
import { holderOf, resources } from "#app/resources/index.ts";
import { EVERY_MINUTES_MIN } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import type { ChoicePreview, EditionChoice } from "#app/editions/choice.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Kept, ResourceRule } from "#app/sync/rules.ts";
import type { Preview } from "#app/sync/rules-preview.ts";
import type { UpkeepWork } from "#app/sync/upkeep-rows.ts";
import type { Wrong, WrongCode } from "#app/sync/rules-wish.ts";

export type { ChoicePreview, EditionChoice, Kept, Preview, ResourceName, ResourceRule, Wrong, WrongCode };

export interface ResourceChoice {
  readonly name: ResourceName;
  /** The resource in whose records it lives: off with it, and with no filter of its own. */
  readonly holder: ResourceName | null;
  readonly canSearch: boolean;
  /** Its records can be chosen by when they were created. */
  readonly isDated: boolean;
  readonly groups: readonly string[];
  /** Those of them that are left out unless they are asked for. */
  readonly optIn: readonly string[];
  readonly mirrored: number;
}

export interface UpkeepView {
  readonly resource: ResourceName;
  readonly work: UpkeepWork;
  readonly changed: number;
}

export interface SettingsView {
  readonly version: number;
  readonly isPersonalOut: boolean;
  readonly metafields: readonly string[];
  readonly rules: Readonly<Record<ResourceName, ResourceRule>>;
  readonly kept: Kept;
  readonly editions: EditionChoice;
  readonly choices: readonly ResourceChoice[];
  /** The least that the operator allows. */
  readonly everyMinutesMin: number;
  /** What earlier changes still have to do. */
  readonly upkeep: readonly UpkeepView[];
  /** Who changed them last, "user:7", and when. */
  readonly lastChange: { readonly at: Date; readonly actor: string } | null;
}

export async function readSettings(shopId: number): Promise<SettingsView> {
  const [rules, editions, counts, upkeep, last] = await Promise.all([
    readRules(shopId),
    readChoice(shopId),
    pool.query<{ resource: string; mirrored: string }>(
      "SELECT resource, mirrored FROM sync_resources WHERE shop_id = $1",
      [shopId],
    ),
    pool.query<UpkeepView>(
      "SELECT resource, work, changed FROM sync_upkeep WHERE shop_id = $1 AND done_at IS NULL ORDER BY resource, work",
      [shopId],
    ),
    pool.query<{ at: Date; actor: string }>(
      "SELECT at, actor FROM sync_acts WHERE shop_id = $1 AND act = 'rules_changed' ORDER BY id DESC LIMIT 1",
      [shopId],
    ),
  ]);
  const mirrored = new Map(counts.rows.map((row) => [row.resource, Number(row.mirrored)]));
  return {
    version: rules.version,
    isPersonalOut: rules.isPersonalOut,
    metafields: rules.metafields,
    rules: rules.resources,
    kept: rules.kept,
    editions,
    choices: resources.map((resource) => ({
      name: resource.name,
      holder: holderOf(resource)?.name ?? null,
      canSearch: !resource.list.within,
      isDated: resource.isDated === true,
      groups: (resource.groups ?? []).map(({ name }) => name),
      optIn: (resource.groups ?? []).flatMap(({ name, isOptIn }) => (isOptIn ? [name] : [])),
      mirrored: mirrored.get(resource.name) ?? 0,
    })),
    everyMinutesMin: EVERY_MINUTES_MIN,
    upkeep: upkeep.rows,
    lastChange: last.rows[0] ?? null,
  };
}
