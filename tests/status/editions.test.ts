// The lists of editions and of an edition's units, among 43,000 editions of twenty shops and 60,000 units: page by page
// along an index, never sorted and never read through from the beginning.
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { editionPageStatement, editionQueryOf, readEdition, readEditions, unitPageStatement, unitQueryOf } =
  await import("#app/status/editions.ts");

const EDITIONS = 5_000;
/** Of each of the other shops. */
const OTHERS = 2_000;
const SHOPS = 20;
const UNITS = 60_000;
const UNNUMBERED = 200;
const NEARLY_PERCENT = 10;

let shopId = 0;
let most = "";

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) SELECT n || '.myshopify.com' FROM generate_series(1, $1::int) n RETURNING id",
    [SHOPS],
  );
  shopId = rows[0]!.id;
  const give = (shops: readonly number[], count: number) =>
    pool.query(
      `INSERT INTO editions (shop_id, owner_type, owner_id, title, text, text_type, size, proofs, created_at, sold, used, returned)
       SELECT shop, 'PRODUCT', n, 'Print no. ' || n, '50', 'number_integer', 50, 0, now(), n % 50, n % 50, 0
       FROM unnest($1::int[]) AS shop, generate_series(1, $2::int) AS n`,
      [shops, count],
    );
  await give([shopId], EDITIONS);
  await give(
    rows.map(({ id }) => id).filter((id) => id !== shopId),
    OTHERS,
  );
  const { rows: made } = await pool.query<{ id: string }>(
    "SELECT id FROM editions WHERE shop_id = $1 ORDER BY id LIMIT 1",
    [shopId],
  );
  most = made[0]!.id;
  await pool.query(
    `INSERT INTO edition_units (shop_id, edition_id, order_id, line_item_id, unit_index, state, number, sold_at, changed_at)
     SELECT $1, $2::int8, n, n, 0, 'sold', CASE WHEN n <= $3::int THEN n END, now(), now() FROM generate_series(1, $4::int) n`,
    [shopId, most, UNITS - UNNUMBERED, UNITS],
  );
  await pool.query("VACUUM (ANALYZE) editions, edition_units");
}, 60_000);

interface Node {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

async function explain({ text, values }: { readonly text: string; readonly values: readonly unknown[] }) {
  const { rows } = await pool.query<{ "QUERY PLAN": [{ Plan: Node }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    [...values],
  );
  const nodes = nodesOf(rows[0]!["QUERY PLAN"][0].Plan);
  return {
    kinds: nodes.map((node) => node["Node Type"]),
    touched: Math.max(...nodes.map((node) => node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0))),
  };
}

const at = (search: string) => editionQueryOf(`https://app/app/editions${search}`);

describe("the list of editions", () => {
  it.each(["", "?after=2500"])("from %j on is read along the index, a page and no more", async (search) => {
    const { kinds, touched } = await explain(editionPageStatement(shopId, NEARLY_PERCENT, at(search)));
    expect(kinds).not.toContain("Seq Scan");
    expect(kinds).not.toContain("Sort");
    expect(touched).toBeLessThanOrEqual(60);
  });

  // A state depends on what the shop calls nearly sold out, and a title is found anywhere in it.
  it.each(["?state=selling", "?state=oversold", "?find=no.%2049", "?find=nothing%20like%20it"])(
    "filtered by %j looks through the shop's own, and nobody else's",
    async (search) => {
      const { kinds, touched } = await explain(editionPageStatement(shopId, NEARLY_PERCENT, at(search)));
      expect(kinds).not.toContain("Seq Scan");
      expect(touched).toBeLessThanOrEqual(EDITIONS);
    },
  );

  it("leads from page to page until each was shown once, newest first", async () => {
    const seen: string[] = [];
    for (let search = "?find=no.%2049"; ;) {
      const { editions, next } = await readEditions(shopId, at(search));
      seen.push(...editions.map(({ id }) => id));
      if (next === null) break;
      search = `?find=no.%2049&after=${next}`;
    }
    // 49, 490 to 499 and 4900 to 4999.
    expect(seen).toHaveLength(111);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => Number(b) - Number(a)));
  });
});

describe("the units of an edition", () => {
  const after = (search: string) => unitQueryOf(`https://app/app/editions/1${search}`).after;

  it.each(["", "?after=30000_30000", `?after=${UNITS - UNNUMBERED}_${UNITS - UNNUMBERED}`])(
    "from %j on are read along their index, a page and a little",
    async (search) => {
      const { kinds, touched } = await explain(unitPageStatement(shopId, most, after(search), 51));
      expect(kinds).not.toContain("Seq Scan");
      expect(touched).toBeLessThanOrEqual(1_000);
    },
  );

  it("come by number, then those without one, each once over all pages", async () => {
    const seen: (number | null)[] = [];
    let search = `?after=${UNITS - UNNUMBERED - 60}_${UNITS - UNNUMBERED - 60}`;
    for (;;) {
      const detail = await readEdition(shopId, most, after(search));
      seen.push(...detail!.units.map(({ number }) => number));
      if (detail!.next === null) break;
      search = `?after=${detail!.next}`;
    }
    expect(seen).toHaveLength(60 + UNNUMBERED);
    expect(seen.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, n) => UNITS - UNNUMBERED - 59 + n));
    expect(seen.slice(60).every((number) => number === null)).toBe(true);
  });
});
