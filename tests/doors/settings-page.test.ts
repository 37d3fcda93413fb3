// The action behind the page of settings: rules and the editions' choice are kept together, or none of them is.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { sessionToken } from "#tests/doors/session-token.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { sessionStorage } = await import("#app/shops/sessions.server.ts");
const { scopes } = await import("#app/resources/index.ts");
const { Session } = await import("@shopify/shopify-api");
const { action } = await import("#app/routes/app.settings.tsx");

const SHOP = "test-shop.myshopify.com";
const PRINTS = { metafield: "custom.prints", returned: "free", nearlyPercent: "25" };
let shopId: number;

beforeEach(async () => {
  await pool.query("TRUNCATE shops, sessions, sync_acts, sync_runs, sync_upkeep, metafields, editions");
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [SHOP]);
  shopId = rows[0].id;
  await sessionStorage.storeSession(
    new Session({
      ...{ id: `offline_${SHOP}`, shop: SHOP, state: "", isOnline: false, accessToken: "shpat_test" },
      scope: scopes().join(","),
    }),
  );
});

function ask(act: "preview" | "save", said: Readonly<Record<string, unknown>>) {
  const body = JSON.stringify({ act, base: 0, wish: {}, editions: null, ...said });
  const headers = { authorization: `Bearer ${sessionToken()}`, "content-type": "application/json" };
  const request = new Request("https://counterfoil.test/app/settings", { method: "POST", headers, body });
  return action({ request, params: {}, context: {} });
}

async function settingsKept(): Promise<unknown> {
  return (await pool.query("SELECT settings FROM shops WHERE id = $1", [shopId])).rows[0].settings;
}

async function choose(editions: object, base = 0) {
  expect(await ask("save", { editions, base })).toEqual({ answer: "saved", version: base + 1 });
}

async function startedRuns(): Promise<string[]> {
  const { rows } = await pool.query<{ resource: string }>(
    "SELECT resource FROM sync_runs WHERE shop_id = $1 AND state = 'queued' ORDER BY 1",
    [shopId],
  );
  return rows.map(({ resource }) => resource);
}

async function putMetafield(id: number, key: string): Promise<void> {
  await pool.query(
    `INSERT INTO metafields (shop_id, id, gid, owner_type, owner_id, namespace, key, type, value,
       observed_at, origin_kind, applied_at)
     VALUES ($1, $2, 'gid', 'PRODUCT', $2, 'custom', $3, 'number_integer', '50', now(), 'run', now())`,
    [shopId, id, key],
  );
}

describe("the editions' choice", () => {
  it("is kept with its act and a version of its own, and nobody overwrites it unseen", async () => {
    await choose(PRINTS);
    const { rows } = await pool.query("SELECT act, actor, count, detail FROM sync_acts WHERE shop_id = $1", [
      shopId,
    ]);
    const changed = [
      { field: "editions.metafield", from: "custom.edition_size", to: "custom.prints" },
      { field: "editions.returned", from: "void", to: "free" },
      { field: "editions.nearlyPercent", from: 10, to: 25 },
    ];
    expect(rows).toEqual([{ act: "rules_changed", actor: "user:42", count: 3, detail: { changed } }]);
    expect(await ask("save", { editions: { ...PRINTS, returned: "void" } })).toEqual({ answer: "moved" });
    expect(await settingsKept()).toMatchObject({
      editions: { metafield: "custom.prints", returned: "free" },
    });
  });

  it.each([
    ["came too late", { base: 7 }, "moved"],
    ["have a rule beside them that makes no sense", { wish: { metafields: ["a b"] } }, "wrong"],
    [
      "make no sense",
      { editions: { ...PRINTS, metafield: "prints" }, wish: { isPersonalOut: true } },
      "wrong",
    ],
  ])("is not kept, nor the rules, where they %s", async (_, said, answer) => {
    expect(await ask("save", { editions: PRINTS, ...said })).toMatchObject({ answer });
    expect(await settingsKept()).toEqual({});
  });

  it("is not kept while Shopify cannot be asked about a filter beside it", async () => {
    const away = vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("fetch failed"));
    const said = await ask("save", {
      editions: PRINTS,
      wish: { resources: { orders: { filter: "tag:x" } } },
    });
    away.mockRestore();
    expect(said).toEqual({ answer: "shopify_away" });
    expect(await settingsKept()).toEqual({});
  });

  it("that makes no sense is said at its fields already before it is confirmed, beside the others", async () => {
    const editions = { metafield: "x", returned: "no", nearlyPercent: "a" };
    const said = await ask("preview", { editions, wish: { isPersonalOut: 1 } });
    expect(said).toEqual({
      answer: "wrong",
      wrong: [
        { field: "isPersonalOut", code: "type" },
        { field: "editions.metafield", code: "metafield" },
        { field: "editions.returned", code: "type" },
        { field: "editions.nearlyPercent", code: "percent" },
      ],
    });
  });

  it("is previewed by what ends and what is there, and nothing is kept", async () => {
    await putMetafield(1, "edition_size");
    await putMetafield(2, "edition_size");
    await putMetafield(3, "prints");
    for (const owner of [1, 2])
      await pool.query(
        "INSERT INTO editions (shop_id, owner_type, owner_id, created_at) VALUES ($1, 'PRODUCT', $2, now())",
        [shopId, owner],
      );
    expect(await ask("preview", { editions: PRINTS })).toEqual({
      answer: "preview",
      preview: [],
      editions: {
        metafield: { to: "custom.prints", ending: 2, having: 1 },
        returned: "free",
        nearlyPercent: 25,
      },
    });
    expect(await settingsKept()).toEqual({});
  });

  it("has a metafield read that the allow-list has kept out, of products and variants; without a list it is here", async () => {
    await choose(PRINTS);
    expect(await startedRuns()).toEqual([]);
    expect(await ask("save", { base: 1, wish: { metafields: ["specs"] } })).toMatchObject({
      answer: "saved",
    });
    await pool.query("UPDATE sync_runs SET state = 'verified' WHERE shop_id = $1", [shopId]);
    await choose({ ...PRINTS, metafield: "custom.copies" }, 2);
    expect(await startedRuns()).toEqual(["product_metafields", "variant_metafields"]);
  });
});
