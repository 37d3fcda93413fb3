// What a shop has chosen about its editions, in the settings of its row.
import { z } from "zod";
import { pool } from "#app/db.server.ts";
import type { Beside } from "#app/sync/rules-change.ts";
import type { Wrong } from "#app/sync/rules-wish.ts";

/** Namespace and key as Shopify allows them. */
const metafield = z
  .string()
  .trim()
  .regex(/^[\w$:-]{2,255}\.[\w-]{2,64}$/);

const choice = z.object({
  /** "namespace.key" of the metafield that holds the size. */
  metafield: metafield.catch("custom.edition_size"),
  /** What becomes of the number of a unit that comes back: never given again, or given to a later sale. */
  returned: z.enum(["void", "free"]).catch("void"),
  /** An edition is nearly sold out when so many percent of it, or fewer, are left. */
  nearlyPercent: z.int().min(1).max(50).catch(10),
});

export type EditionChoice = Readonly<z.infer<typeof choice>>;

/** Fields that were never chosen have their defaults. */
export async function readChoice(shopId: number): Promise<EditionChoice> {
  const { rows } = await pool.query<{ chosen: unknown }>(
    "SELECT settings->'editions' AS chosen FROM shops WHERE id = $1",
    [shopId],
  );
  return choice.parse(rows[0]?.chosen ?? {});
}

/**
 * What a person chose, to be kept with the rules (rules-change.ts), or what of it makes no sense. It holds for what happens
 * from then on: numbers that are void stay so.
 * @param wished fields from a form; null where nothing is to change.
 */
export async function readChoiceWish(
  shopId: number,
  wished: unknown,
): Promise<Beside | { readonly wrong: readonly Wrong[] } | null> {
  if (wished === null || wished === undefined) return null;
  if (typeof wished !== "object") return { wrong: [{ field: "editions", code: "type" }] };
  const chosen = wished as Readonly<Record<string, unknown>>;
  const wrong: Wrong[] = [];
  const { shape } = choice;
  if (!metafield.safeParse(chosen.metafield).success)
    wrong.push({ field: "editions.metafield", code: "metafield" });
  if (!shape.returned.unwrap().safeParse(chosen.returned).success)
    wrong.push({ field: "editions.returned", code: "type" });
  const nearlyPercent = Number(chosen.nearlyPercent);
  if (!shape.nearlyPercent.unwrap().safeParse(nearlyPercent).success)
    wrong.push({ field: "editions.nearlyPercent", code: "percent" });
  if (wrong.length > 0) return { wrong };
  const to = choice.parse({ ...chosen, nearlyPercent });
  return { part: "editions", from: await readChoice(shopId), to, needed: [to.metafield] };
}

/** What a change of the choice would do; null where there is none. What does not change is null in it. */
export interface ChoicePreview {
  readonly metafield: {
    readonly to: string;
    /** Editions of which the mirror has no such metafield, and products and variants that have one. */
    readonly ending: number;
    readonly having: number;
  } | null;
  readonly returned: EditionChoice["returned"] | null;
  readonly nearlyPercent: number | null;
}

export async function previewChoice(
  shopId: number,
  { from, to }: Pick<Beside, "from" | "to">,
): Promise<ChoicePreview | null> {
  const [before, after] = [choice.parse(from), choice.parse(to)];
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  return {
    metafield:
      before.metafield === after.metafield
        ? null
        : { to: after.metafield, ...(await countUnder(shopId, after.metafield)) },
    returned: before.returned === after.returned ? null : after.returned,
    nearlyPercent: before.nearlyPercent === after.nearlyPercent ? null : after.nearlyPercent,
  };
}

async function countUnder(
  shopId: number,
  name: string,
): Promise<{ readonly ending: number; readonly having: number }> {
  const dot = name.indexOf(".");
  const { rows } = await pool.query<{ ending: number; having: number }>(
    `WITH told AS (
       SELECT DISTINCT owner_type, owner_id FROM metafields
       WHERE shop_id = $1 AND namespace = $2 AND key = $3 AND value IS NOT NULL
         AND owner_type IN ('PRODUCT', 'PRODUCTVARIANT'))
     SELECT (SELECT count(*)::int FROM told) AS having,
       (SELECT count(*)::int FROM editions e WHERE e.shop_id = $1 AND e.ended_at IS NULL
          AND (e.owner_type, e.owner_id) NOT IN (SELECT owner_type, owner_id FROM told)) AS ending`,
    [shopId, name.slice(0, dot), name.slice(dot + 1)],
  );
  return rows[0]!;
}
