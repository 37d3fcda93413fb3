// Saved views: whose they are, which names they may have, and that a deletion can be taken back.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { changeView, deleteView, restoreView, saveView } = await import("#app/shops/views.ts");
const { VIEWS_MAX, viewQuery } = await import("#app/status/view-lists.ts");
const { readViews } = await import("#app/status/views.ts");

const NOW = new Date("2026-11-25T12:00:00.000Z");
let shopId = 0;
let otherId = 0;
const ann = () => ({ shopId, userId: "1" });
const bob = () => ({ shopId, userId: "2" });
const wish = (name: string, isShared = false, query = "state=failed") => ({
  list: "activity",
  name,
  query,
  isShared,
});
const namesOf = async (userId: string | null, shop = shopId) =>
  (await readViews(shop, "activity", userId)).map(({ name }) => name);
const idOf = async (name: string) => {
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM saved_views WHERE name = $1", [name]);
  return rows[0]!.id;
};

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ('a.myshopify.com'), ('b.myshopify.com') RETURNING id",
  );
  [shopId, otherId] = rows.map(({ id }) => id) as [number, number];
});
beforeEach(() => pool.query("TRUNCATE saved_views"));

describe("a view's filters", () => {
  it("are the same in any order, without the place in the list and what the admin adds", () => {
    expect(viewQuery("state=failed&resource=orders&after=2_3&shop=x&id_token=y&kind=")).toBe(
      viewQuery("resource=orders&state=failed"),
    );
    expect(viewQuery("after=2026_1")).toBe("");
  });
});

describe("a view", () => {
  it("is seen by its owner, a shared one by everybody in the shop, none by another shop", async () => {
    expect(await saveView(ann(), wish("Mine"), NOW)).toBe("saved");
    expect(await saveView(ann(), wish("Ours", true), NOW)).toBe("saved");
    expect(await namesOf("1")).toEqual(["Mine", "Ours"]);
    expect(await namesOf("2")).toEqual(["Ours"]);
    expect(await namesOf(null)).toEqual(["Ours"]);
    expect(await namesOf("1", otherId)).toEqual([]);
  });

  it("keeps what it shows, without the place in the list", async () => {
    await saveView(ann(), wish("Failed", true, "state=failed&after=2026-01-01T00:00:00Z_5"), NOW);
    expect(await readViews(shopId, "activity", "2")).toMatchObject([
      { query: "state=failed", isShared: true },
    ]);
    expect(await readViews(shopId, "errors", "2")).toEqual([]);
  });

  it("has a name of its own, of one line", async () => {
    expect(await saveView(ann(), wish("  Late\n orders "), NOW)).toBe("saved");
    expect(await namesOf("1")).toEqual(["Late orders"]);
    expect(await saveView(ann(), wish("late ORDERS"), NOW)).toBe("taken");
    expect(await saveView(ann(), wish(" \t"), NOW)).toBe("unnamed");
    expect(await saveView(ann(), wish("x".repeat(41)), NOW)).toBe("unnamed");
    // What is only another person's own is no obstacle.
    expect(await saveView(bob(), wish("Late orders"), NOW)).toBe("saved");
  });

  it("of an unknown list, or with more filters than a page writes, is refused", async () => {
    expect(await saveView(ann(), { ...wish("A"), list: "secrets" }, NOW)).toBe("refused");
    expect(await saveView(ann(), wish("A", false, `find=${"x".repeat(3_000)}`), NOW)).toBe("refused");
  });

  it("is one of at most so many", async () => {
    for (let index = 0; index < VIEWS_MAX; index += 1) await saveView(ann(), wish(`View ${index}`), NOW);
    expect(await saveView(ann(), wish("One more"), NOW)).toBe("full");
    expect(await saveView(bob(), wish("One more"), NOW)).toBe("saved");
  });

  it("is changed and deleted only by those who see it", async () => {
    await saveView(ann(), wish("Mine"), NOW);
    const id = await idOf("Mine");
    expect(await changeView(bob(), id, { name: "Stolen", isShared: false })).toBe("gone");
    expect(await deleteView(bob(), id, NOW)).toBe("gone");
    expect(await deleteView({ shopId: otherId, userId: "1" }, id, NOW)).toBe("gone");
    expect(await changeView(ann(), id, { name: "Everybody's", isShared: true })).toBe("changed");
    expect(await namesOf("2")).toEqual(["Everybody's"]);
    expect(await deleteView(bob(), id, NOW)).toBe("deleted");
    expect(await namesOf("1")).toEqual([]);
    for (const odd of ["", "abc", "1 OR 1=1", "99999999999999999999"]) {
      expect(await deleteView(ann(), odd, NOW)).toBe("gone");
    }
  });

  it("that was deleted can be taken back in its place, for a day", async () => {
    await saveView(ann(), wish("First"), NOW);
    await saveView(ann(), wish("Second"), new Date(NOW.getTime() + 1_000));
    const id = await idOf("First");
    await deleteView(ann(), id, NOW);
    expect(await namesOf("1")).toEqual(["Second"]);
    expect(await restoreView(ann(), id)).toBe("restored");
    expect(await namesOf("1")).toEqual(["First", "Second"]);
    await deleteView(ann(), id, NOW);
    await saveView(ann(), wish("Third"), new Date(NOW.getTime() + 25 * 3_600_000));
    expect(await restoreView(ann(), id)).toBe("gone");
  });
});
