// GET and PATCH /api/shopify/settings: what is told, a rehearsal that keeps nothing, a change, and every kind of refusal.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { sessionToken } from "#tests/doors/session-token.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { sessionStorage } = await import("#app/shops/sessions.server.ts");
const { scopes } = await import("#app/resources/index.ts");
const { Session } = await import("@shopify/shopify-api");
const door = await import("#app/routes/api.shopify.settings.ts");

const SHOP = "test-shop.myshopify.com";
let shopId: number;

beforeEach(async () => {
  await pool.query("TRUNCATE shops, sessions, sync_acts, sync_runs, sync_upkeep");
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [SHOP]);
  shopId = rows[0].id;
  await sessionStorage.storeSession(
    new Session({
      ...{ id: `offline_${SHOP}`, shop: SHOP, state: "", isOnline: false, accessToken: "shpat_test" },
      scope: scopes().join(","),
    }),
  );
});

const headers = { authorization: `Bearer ${sessionToken()}` };
const url = "https://counterfoil.test/api/shopify/settings";
const told = async () => (await door.loader({ request: new Request(url, { headers }), params: {} })).json();
async function patch(body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await door.action({
    request: new Request(url, { method: "PATCH", headers, body: text }),
    params: {},
  });
  return { status: response.status, json: await response.json() };
}

/** Shopify counts 5 records for whatever it is asked, or says with these warnings that it does not understand. */
function shopify(warnings: readonly object[] = []) {
  const real = globalThis.fetch;
  return vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : String(input));
    if (!address.hostname.endsWith(".myshopify.com")) return real(input, init);
    const { query } = JSON.parse(String(init?.body)) as { query: string };
    const names = [...query.matchAll(/(\w+): \w+Count/g)].map(([, name]) => name!);
    const data = Object.fromEntries([...names, "it"].map((name) => [name, { count: 5, precision: "EXACT" }]));
    const extensions = { search: [{ path: ["it"], query: "", parsed: {}, warnings }] };
    return Response.json({ data, extensions }, { headers: { "x-shopify-api-version": "2026-10" } });
  });
}

describe("settings", () => {
  it("are told as they are, with the version that a change must name", async () => {
    const json = await told();
    expect(json).toMatchObject({
      version: 0,
      isPersonalOut: false,
      metafields: [],
      kept: { deliveries: 30 },
    });
    expect(json.resources.orders).toMatchObject({ isOn: true, filter: "", without: [] });
    expect(json).not.toHaveProperty("needed");
    expect(json).not.toHaveProperty("scopes");
  });

  it("change where the body names them, and say who changed them", async () => {
    const asked = shopify();
    const { status, json } = await patch({ version: 0, resources: { orders: { without: ["notes"] } } });
    asked.mockRestore();
    expect({ status, json }).toEqual({ status: 200, json: { dryRun: false, version: 1 } });
    const after = await told();
    expect(after.resources.orders).toMatchObject({ isOn: true, without: ["notes"] });
    const { rows } = await pool.query("SELECT act, actor FROM sync_acts WHERE shop_id = $1", [shopId]);
    expect(rows).toEqual([{ act: "rules_changed", actor: "api:42" }]);
  });

  it("stay as they are after a dry run, which tells what would come of it", async () => {
    const asked = shopify();
    const { status, json } = await patch({
      version: 0,
      dryRun: true,
      resources: { customers: { isOn: false } },
    });
    asked.mockRestore();
    expect(status).toBe(200);
    expect(json).toMatchObject({ dryRun: true });
    expect(json.preview).toContainEqual(
      expect.objectContaining({ resource: "customers", isSwitched: "off" }),
    );
    expect(await told()).toMatchObject({ version: 0, resources: { customers: { isOn: true } } });
    expect((await pool.query("SELECT FROM sync_acts")).rowCount).toBe(0);
  });

  it("of a version that somebody has changed meanwhile are answered 409, and nothing is kept", async () => {
    const { status, json } = await patch({ version: 7, isPersonalOut: true });
    expect(status).toBe(409);
    expect(json.error).toBe("MOVED");
    expect((await told()).isPersonalOut).toBe(false);
  });

  it.each([
    ["no JSON", "{", 400, "INVALID_JSON"],
    ["a list", [], 400, "BAD_REQUEST"],
    ["null", null, 400, "BAD_REQUEST"],
    ["no version", { isPersonalOut: true }, 400, "BAD_REQUEST"],
    ["a version in words", { version: "0" }, 400, "BAD_REQUEST"],
    ["a dry run in words", { version: 0, dryRun: "yes" }, 400, "BAD_REQUEST"],
    ["a body without end", `{"version":0,"x":"${"x".repeat(100_001)}"}`, 413, "BODY_TOO_LARGE"],
  ])("refuse %s", async (_, body, status, code) => {
    const refused = await patch(body);
    expect(refused.status).toBe(status);
    expect(refused.json.error).toBe(code);
    expect((await told()).version).toBe(0);
  });

  it("name every field that makes no sense, and keep none of the others", async () => {
    const { status, json } = await patch({
      version: 0,
      isPersonalOut: true,
      nonsense: 1,
      resources: {
        orders: { isOn: "yes", createdSince: "yesterday", without: ["shoes"] },
        shoes: { isOn: true },
      },
      kept: { runs: 0 },
    });
    expect(status).toBe(400);
    const fields = (json.wrong as { field: string }[]).map(({ field }) => field);
    expect(fields).toEqual(
      expect.arrayContaining([
        "nonsense",
        "resources.orders.isOn",
        "resources.orders.createdSince",
        "kept.runs",
      ]),
    );
    expect(fields.some((field) => field.startsWith("resources.shoes"))).toBe(true);
    expect(await told()).toMatchObject({ version: 0, isPersonalOut: false });
  });
});
