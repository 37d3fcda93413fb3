// What a shop has chosen about its editions, in the settings of its row.
import { z } from "zod";
import { pool } from "#app/db.server.ts";

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
 * Keeps what a person chose. It holds for what happens from now on: numbers that are void stay so.
 * @returns null when it was kept, or the fields that make no sense.
 */
export async function writeChoice(
  shopId: number,
  chosen: Readonly<Record<keyof EditionChoice, unknown>>,
): Promise<(keyof EditionChoice)[] | null> {
  const wrong: (keyof EditionChoice)[] = [];
  const { shape } = choice;
  if (!metafield.safeParse(chosen.metafield).success) wrong.push("metafield");
  if (!shape.returned.unwrap().safeParse(chosen.returned).success) wrong.push("returned");
  const nearlyPercent = Number(chosen.nearlyPercent);
  if (!shape.nearlyPercent.unwrap().safeParse(nearlyPercent).success) wrong.push("nearlyPercent");
  if (wrong.length > 0) return wrong;
  const kept = choice.parse({ ...chosen, nearlyPercent });
  await pool.query(
    `UPDATE shops SET settings = settings || jsonb_build_object('editions', $2::jsonb) WHERE id = $1`,
    [shopId, JSON.stringify(kept)],
  );
  return null;
}
