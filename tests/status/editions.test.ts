// The list of an edition's units, among 60,000 of one edition: page by page along an index, never sorted and never read
// through from the beginning. The list of editions is edition-list.test.ts.
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { explain } from "./explain.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { readEdition, unitPageStatement, unitQueryOf } = await import("#app/status/editions.ts");

const UNITS = 60_000;
const UNNUMBERED = 200;

let shopId = 0;
let most = "";

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ('units.myshopify.com') RETURNING id",
  );
  shopId = rows[0]!.id;
  const { rows: made } = await pool.query<{ id: string }>(
    `INSERT INTO editions (shop_id, owner_type, owner_id, title, size, created_at)
     VALUES ($1, 'PRODUCT', 1, 'Print', 50, now()) RETURNING id`,
    [shopId],
  );
  most = made[0]!.id;
  await pool.query(
    `INSERT INTO edition_units (shop_id, edition_id, order_id, line_item_id, unit_index, state, number, sold_at, changed_at)
     SELECT $1, $2::int8, n, n, 0, 'sold', CASE WHEN n <= $3::int THEN n END, now(), now() FROM generate_series(1, $4::int) n`,
    [shopId, most, UNITS - UNNUMBERED, UNITS],
  );
  await pool.query("VACUUM (ANALYZE) editions, edition_units");
});

const after = (search: string) => unitQueryOf(`https://app/app/editions/1${search}`).after;

describe("the units of an edition", () => {
  it.each(["", "?after=30000_30000", `?after=${UNITS - UNNUMBERED}_${UNITS - UNNUMBERED}`])(
    "from %j on are read along their index, a page and a little",
    async (search) => {
      const { kinds, touched } = await explain(pool, unitPageStatement(shopId, most, after(search), 51));
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

describe("an edition", () => {
  it.each([
    [50, 0, "selling"],
    [50, 44, "selling"],
    [50, 45, "nearly"],
    [50, 50, "sold_out"],
    [50, 51, "oversold"],
    // A tenth of five is half a copy: the last one is few all the same, but of one that has sold none it is all.
    [5, 3, "selling"],
    [5, 4, "nearly"],
    [1, 0, "selling"],
    [null, 3, "unreadable"],
  ])("of %j of which %i are taken is %s", async (size, used, state) => {
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO editions (shop_id, owner_type, owner_id, size, used, created_at)
       VALUES ($1, 'PRODUCT', 100 + (SELECT count(*) FROM editions), $2, $3, now()) RETURNING id`,
      [shopId, size, used],
    );
    const detail = await readEdition(shopId, rows[0]!.id, after(""));
    expect(detail!.edition.state).toBe(state);
  });
});
