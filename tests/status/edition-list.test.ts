// The list of editions, in a shop of 100,000 among twenty: each way to sort it is read along an index, a page and no more,
// and leads from page to page until each edition was shown once.
import { beforeAll, describe, expect, it } from "vitest";
import { sortsBy, EDITION_SORT_KEYS } from "#app/status/sorts.ts";
import { useDatabase } from "#tests/database.ts";
import { explain } from "./explain.ts";

await useDatabase();
const { isoTime, pool } = await import("#app/db.server.ts");
const { EDITIONS_PER_PAGE, eachEdition, editionPartStatement, editionParts, editionQueryOf, readEditions } =
  await import("#app/status/edition-list.ts");
const { EDITION_VIEW } = await import("#app/status/editions.ts");

/** Of the first shop, the second and each of the others. */
const [MANY, SOME, FEW] = [100_000, 5_000, 2_000];
const SHOPS = 20;
const NEARLY_PERCENT = 10;

let big = 0;
let middle = 0;
let small = 0;
let alone = 0;

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) SELECT n || '.myshopify.com' FROM generate_series(1, $1::int) n RETURNING id",
    [SHOPS + 2],
  );
  const ids = rows.map(({ id }) => id);
  [big, middle, small, alone] = ids as [number, number, number, number];
  const give = (shops: readonly number[], count: number) =>
    pool.query(
      `INSERT INTO editions (shop_id, owner_type, owner_id, title, size, created_at, sold, used, last_sold_at)
       SELECT shop, 'PRODUCT', n, CASE WHEN n % 900 > 0 THEN 'Print no. ' || n END,
         CASE WHEN n % 700 > 0 THEN 10 + n % 90 END, timestamptz '2026-10-01Z' + n / 3 * interval '1 second',
         n * 7919 % 60, n * 7919 % 60,
         CASE WHEN n * 7919 % 60 > 0 THEN timestamptz '2026-11-01Z' + n % 4000 * interval '1.001 ms' END
       FROM unnest($1::int[]) AS shop, generate_series(1, $2::int) AS n`,
      [shops, count],
    );
  await give([big], MANY);
  await give([middle], SOME);
  await give(ids.slice(4), FEW);
  await pool.query("VACUUM (ANALYZE) editions");
});

const at = (search: string) => editionQueryOf(`https://app/app/editions${search}`);
const sorts = sortsBy(EDITION_SORT_KEYS);

/** Ids of all pages, one after the other. */
async function walk(shopId: number, search: string): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let after = ""; ;) {
    const query = at(`?${search}${after}`);
    expect(query.dropped).toEqual([]);
    const { editions, next } = await readEditions(shopId, query);
    expect(editions.length).toBeLessThanOrEqual(EDITIONS_PER_PAGE);
    seen.push(...editions.map(({ id }) => id));
    if (next === null) return seen;
    after = `&after=${encodeURIComponent(next)}`;
  }
}

describe("sorted by", () => {
  /** Where a page far from both ends, and one among those without a value, ends. */
  async function placesOf(sort: string): Promise<readonly string[]> {
    const query = at(`?sort=${sort}`);
    const places = [""];
    for (const part of editionParts(query)) {
      const { text, values } = editionPartStatement(big, NEARLY_PERCENT, query, part, "id, $2::int", null);
      const { rows } = await pool.query<{ id: string }>(text, values);
      expect(rows.length).toBeGreaterThan(2 * EDITIONS_PER_PAGE);
      const before = rows[Math.floor(rows.length / 2)]!.id;
      const [key] = (
        await pool.query<{ key: string | null }>(KEYS[sort.split("-")[0] as keyof typeof KEYS], [before])
      ).rows;
      places.push(key!.key === null ? `${sort}_${before}` : `${sort}_${key!.key}_${before}`);
    }
    return places;
  }

  const KEYS = {
    added: `SELECT ${isoTime("created_at")} AS key FROM editions WHERE id = $1`,
    title: "SELECT 'print no. ' || lpad(substr(title, 11), 10, '0') AS key FROM editions WHERE id = $1",
    size: "SELECT size::text AS key FROM editions WHERE id = $1",
    sold: "SELECT sold::text AS key FROM editions WHERE id = $1",
    remaining: "SELECT (size - used)::text AS key FROM editions WHERE id = $1",
    sale: `SELECT ${isoTime("last_sold_at")} AS key FROM editions WHERE id = $1`,
  };

  it.each(sorts)("%s it is read along the index, a page and no more", async (sort) => {
    for (const place of await placesOf(sort)) {
      const query = at(`?sort=${sort}&after=${encodeURIComponent(place)}`);
      expect(query).toMatchObject({ sort, dropped: [] });
      for (const part of editionParts(query)) {
        const { kinds, touched } = await explain(
          pool,
          editionPartStatement(big, NEARLY_PERCENT, query, part, EDITION_VIEW, EDITIONS_PER_PAGE + 1),
        );
        expect(kinds).not.toContain("Seq Scan");
        expect(kinds.filter((kind) => kind.includes("Sort"))).toEqual([]);
        expect(touched).toBeLessThanOrEqual(60);
      }
    }
  });
});

describe("from page to page", () => {
  interface Kept {
    readonly id: string;
    readonly title: string | null;
    readonly size: number | null;
    readonly sold: number;
    readonly used: number;
    readonly added: string;
    readonly sale: string | null;
  }
  const values: Readonly<Record<(typeof EDITION_SORT_KEYS)[number], (edition: Kept) => number | null>> = {
    added: ({ added }) => Number(added),
    // The only digits in these titles.
    title: ({ title }) => (title === null ? null : Number(title.replace(/\D/g, ""))),
    size: ({ size }) => size,
    sold: ({ sold }) => sold,
    remaining: ({ size, used }) => (size === null ? null : size - used),
    sale: ({ sale }) => (sale === null ? null : Number(sale)),
  };

  it.each(sorts)(
    "sorted by %s each comes once: equals by their id, those without a value last",
    async (sort) => {
      const [key, way] = sort.split("-") as [keyof typeof values, "asc" | "desc"];
      const sign = way === "asc" ? 1 : -1;
      const { rows } = await pool.query<Kept>(
        "SELECT id, title, size, sold, used, extract(epoch FROM created_at) AS added, extract(epoch FROM last_sold_at) AS sale FROM editions WHERE shop_id = $1",
        [middle],
      );
      const expected = rows.toSorted((a, b) => {
        const [one, other] = [values[key](a), values[key](b)];
        if ((one === null) !== (other === null)) return one === null ? 1 : -1;
        return sign * ((one ?? 0) - (other ?? 0) || Number(a.id) - Number(b.id));
      });
      expect(await walk(middle, `sort=${sort}`)).toEqual(expected.map(({ id }) => id));
    },
  );

  it("it is newest first by itself, and filters go along with the sort", async () => {
    // 49, 490 to 499 and 4900 to 4999.
    const newest = await walk(middle, "find=no.%2049");
    expect(newest).toHaveLength(111);
    expect(newest).toEqual([...new Set(newest)].sort((a, b) => Number(b) - Number(a)));
    const byTitle = await walk(middle, "find=no.%2049&sort=title-asc");
    expect(byTitle).toEqual(newest.toReversed());
    const oversold = await walk(middle, "state=oversold&sort=remaining-asc");
    expect(oversold).toEqual((await walk(middle, "sort=remaining-asc")).slice(0, oversold.length));
    expect(oversold.length).toBeGreaterThan(EDITIONS_PER_PAGE);
  });

  // A state depends on what the shop calls nearly sold out, and a title is found anywhere in it.
  it.each([
    "?state=selling",
    "?state=oversold",
    "?find=no.%2049",
    "?find=nothing%20like%20it&sort=sold-desc",
  ])("filtered by %j it looks through the shop's own, and nobody else's", async (search) => {
    const query = at(search);
    const statement = editionPartStatement(middle, NEARLY_PERCENT, query, "with", EDITION_VIEW, 51);
    const { kinds, touched } = await explain(pool, statement);
    expect(kinds).not.toContain("Seq Scan");
    expect(touched).toBeLessThanOrEqual(SOME);
  });

  it("titles are in the order in which people look for them", async () => {
    const titles = [
      "Äpfel",
      "apricot",
      "Print no. 2",
      "PRINT no. 9",
      "print no. 10",
      "Print no. 123456789012",
      "Zebra",
      null,
    ];
    await pool.query(
      `INSERT INTO editions (shop_id, owner_type, owner_id, title, created_at)
       SELECT $1, 'PRODUCT', n, title, now() FROM unnest($2::text[]) WITH ORDINALITY AS t(title, n) ORDER BY random()`,
      [small, titles],
    );
    const { editions } = await readEditions(small, at("?sort=title-asc"));
    expect(editions.map(({ title }) => title)).toEqual(titles);
  });
});

it("those whose size cannot be read are also those that go on with the size before", async () => {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO editions (shop_id, owner_type, owner_id, text, size, problem, ended_at, created_at)
     VALUES ($1, 'PRODUCT', 101, 'a dozen', 10, 'NOT_A_SIZE', NULL, now()),
            ($1, 'PRODUCT', 102, 'a dozen', NULL, 'NOT_A_SIZE', NULL, now()),
            ($1, 'PRODUCT', 103, NULL, 10, NULL, now(), now()), ($1, 'PRODUCT', 104, '10', 10, NULL, NULL, now())
     RETURNING id`,
    [alone],
  );
  const [first, second] = rows.map(({ id }) => id);
  const { editions } = await readEditions(alone, at("?state=unreadable"));
  expect(editions.map(({ id, state }) => [id, state])).toEqual([
    [second, "unreadable"],
    [first, "selling"],
  ]);
});

describe("an address", () => {
  it.each([
    ["?sort=price-asc", ["sort"]],
    ["?sort=sold", ["sort"]],
    ["?sort=sold-desc%00", ["sort"]],
    ["?sort=sold-desc&after=sold-desc_12_4711", []],
    // A place in a list that is sorted otherwise.
    ["?sort=sold-desc&after=sold-asc_12_4711", ["after"]],
    ["?after=sold-desc_12_4711", ["after"]],
    // No place of this list: without a number, without a value, without an id.
    ["?sort=sold-desc&after=sold-desc_many_4711", ["after"]],
    ["?sort=sold-desc&after=sold-desc_4711", ["after"]],
    ["?sort=size-desc&after=size-desc_4711", []],
    ["?sort=title-asc&after=title-asc_x_y_0", ["after"]],
    ["?sort=title-asc&after=title-asc_x_y_1", []],
    ["?after=2500", ["after"]],
  ])("%s drops %j and reads the rest", async (search, dropped) => {
    const query = at(search);
    expect(query.dropped).toEqual(dropped);
    if (dropped.length > 0) expect(query.after).toBeNull();
    expect((await readEditions(middle, query)).editions.length).toBeGreaterThanOrEqual(0);
  });
});

describe("a file", () => {
  it("has each edition once, in the order of the page, though sums move while it is written", async () => {
    const query = at("?sort=sold-desc");
    const expected = await walk(middle, "sort=sold-desc");
    const seen: string[] = [];
    for await (const batch of eachEdition(middle, query)) {
      if (seen.length === 0) {
        await pool.query("UPDATE editions SET sold = 60 - sold, used = 60 - used WHERE shop_id = $1", [
          middle,
        ]);
      }
      seen.push(...batch.map(({ id }) => id));
    }
    expect(seen).toEqual(expected);
  });
});
