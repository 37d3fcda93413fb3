// The rules in the settings of a shop's row: read whole, written with a version, so that of two people who change them at
// once the second one is told. What follows from a change is rules-change.ts's.
import type { Pool, PoolClient } from "pg";
import { pool, prepared } from "#app/db.server.ts";
import { Permanent, Transient } from "#app/shopify/errors.ts";
import { DEFAULT_RULES, rulesFrom } from "#app/sync/rules.ts";
import type { Rules } from "#app/sync/rules.ts";

/** Rules of so many shops are kept at hand, by their text. */
const KNOWN_MAX = 500;
const known = new Map<string, Rules>();

/**
 * What of a shop's row `rulesIn` reads: the rules, and what else they depend on. Editions read one metafield, which is
 * then mirrored whatever the allow-list says.
 */
export const RULES_OF = (shop: string) => `
  (coalesce(${shop}.settings->'rules', '{}') || jsonb_build_object(
    'timeZone', coalesce(${shop}.time_zone, 'UTC'),
    'scopes', ${shop}.scopes,
    'needed', jsonb_build_array(coalesce(${shop}.settings->'editions'->>'metafield', 'custom.edition_size'))))::text`;

/** The same object for the same text, so that what is derived from it is derived once. */
export function rulesIn(text: string): Rules {
  const found = known.get(text) ?? rulesFrom(JSON.parse(text));
  known.delete(text);
  known.set(text, found);
  if (known.size > KNOWN_MAX) known.delete(known.keys().next().value!);
  return found;
}

/** Defaults for a shop that is not there (any more). */
export async function readRules(shopId: number, client: Pool | PoolClient = pool): Promise<Rules> {
  const { rows } = await client.query<{ rules: string }>(
    `SELECT ${RULES_OF("s")} AS rules FROM shops s WHERE s.id = $1`,
    [shopId],
  );
  return rows[0] ? rulesIn(rows[0].rules) : DEFAULT_RULES;
}

/**
 * Holds the rules until the transaction ends, for whoever writes rows by them.
 * @throws Transient when they are not the same any more: what was read by them must not be written; Permanent SHOP_GONE for
 *   a shop that was erased, of which nothing must be written (I8).
 */
export async function holdRules(client: PoolClient, shopId: number, rules: Rules): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    prepared(
      `SELECT coalesce((settings->'rules'->>'version')::int, 0) AS version FROM shops WHERE id = $1 FOR KEY SHARE`,
      [shopId],
    ),
  );
  if (!rows[0]) throw new Permanent("SHOP_GONE", `shop ${shopId} is not there, or no more`);
  if (rows[0].version !== rules.version) throw new Transient("the shop's rules were changed meanwhile");
}
