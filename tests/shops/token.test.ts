import { Session } from "@shopify/shopify-api";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Permanent, Transient } from "#app/shopify/errors.ts";
import { useDatabase } from "#tests/database.ts";

const database = await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { sessionStorage } = await import("#app/shops/sessions.server.ts");
const { accessTokenFor } = await import("#app/shops/token.server.ts");

/** A shop of its own for each test: tokens are kept in memory for a while. */
let shop = "";
let number = 0;
let answer: (body: Record<string, string>) => Response | Promise<Response>;
const asked: Record<string, string>[] = [];

beforeEach(() => {
  shop = `shop-${(number += 1)}.myshopify.com`;
  asked.length = 0;
  answer = () => grant("new");
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    expect(url).toBe(`https://${shop}/admin/oauth/access_token`);
    const body = JSON.parse(String(init.body)) as Record<string, string>;
    asked.push(body);
    return answer(body);
  });
});
afterEach(() => vi.unstubAllGlobals());

function grant(name: string): Response {
  return Response.json({
    access_token: `shpat_${name}`,
    scope: "read_orders",
    expires_in: 3_600,
    refresh_token: `shprt_${name}`,
    refresh_token_expires_in: 7_776_000,
  });
}

async function store(name: string, leftMs: number | null): Promise<void> {
  const isExpiring = leftMs !== null;
  await sessionStorage.storeSession(
    new Session({
      id: `offline_${shop}`,
      shop,
      state: "",
      isOnline: false,
      scope: "read_orders",
      accessToken: `shpat_${name}`,
      ...(isExpiring ? { expires: new Date(Date.now() + leftMs), refreshToken: `shprt_${name}` } : {}),
    }),
  );
}

const stored = () => sessionStorage.loadSession(`offline_${shop}`);
const MINUTE = 60_000;

describe("accessTokenFor", () => {
  it("gives a token that holds for long enough as it is", async () => {
    await store("old", 30 * MINUTE);
    expect(await accessTokenFor(shop)).toBe("shpat_old");
    expect(asked).toEqual([]);
  });

  it("gives a token without an end as it is", async () => {
    await store("old", null);
    expect(await accessTokenFor(shop)).toBe("shpat_old");
    expect(await accessTokenFor(shop, "shpat_old")).toBe("shpat_old");
  });

  it("refreshes one with less than five minutes left, and stores the new pair", async () => {
    await store("old", 4 * MINUTE);
    expect(await accessTokenFor(shop)).toBe("shpat_new");
    expect(asked).toMatchObject([{ grant_type: "refresh_token", refresh_token: "shprt_old" }]);
    const session = await stored();
    expect(session).toMatchObject({ accessToken: "shpat_new", refreshToken: "shprt_new" });
    expect(session!.expires!.getTime() - Date.now()).toBeGreaterThan(59 * MINUTE);
    const { rows } = await pool.query<{ access_token: string }>(
      "SELECT access_token FROM sessions WHERE shop = $1",
      [shop],
    );
    expect(rows[0]?.access_token).not.toContain("shpat");
  });

  it("refreshes once however many ask at once", async () => {
    await store("old", MINUTE);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => accessTokenFor(shop)));
    expect(new Set(tokens)).toEqual(new Set(["shpat_new"]));
    expect(asked).toHaveLength(1);
  });

  it("waits for another process's refresh and takes its token instead of refreshing again", async () => {
    await store("old", MINUTE);
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [`token ${shop}`]);
    const token = accessTokenFor(shop);
    const blocked = async () => {
      const { rows } = await pool.query(
        `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
         WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`,
      );
      return rows.length;
    };
    await expect.poll(blocked).toBeGreaterThan(0);
    await store("theirs", 60 * MINUTE);
    await other.end();
    expect(await token).toBe("shpat_theirs");
    expect(asked).toEqual([]);
  });

  it("refreshes a token that Shopify has refused, whatever its time", async () => {
    await store("old", 60 * MINUTE);
    expect(await accessTokenFor(shop)).toBe("shpat_old");
    expect(await accessTokenFor(shop, "shpat_old")).toBe("shpat_new");
    expect(await accessTokenFor(shop)).toBe("shpat_new");
  });

  it("keeps the old pair when Shopify is away, and uses it while it holds", async () => {
    await store("old", 4 * MINUTE);
    answer = () => new Response("busy", { status: 503 });
    expect(await accessTokenFor(shop)).toBe("shpat_old");
    expect(await stored()).toMatchObject({ refreshToken: "shprt_old" });
  });

  it("passes when Shopify is away and the token no longer holds", async () => {
    await store("old", -MINUTE);
    answer = () => Promise.reject(new TypeError("fetch failed"));
    await expect(accessTokenFor(shop)).rejects.toBeInstanceOf(Transient);
    answer = () => Response.json({ something: "else" });
    await expect(accessTokenFor(shop)).rejects.toBeInstanceOf(Transient);
    answer = () => grant("new");
    expect(await accessTokenFor(shop)).toBe("shpat_new");
  });

  it("says when only a visit of the merchant can help", async () => {
    await expect(accessTokenFor(shop)).rejects.toMatchObject({ name: "Permanent", code: "NO_TOKEN" });
    await store("old", -MINUTE);
    answer = () => Response.json({ error: "invalid_grant" }, { status: 400 });
    const error = await accessTokenFor(shop).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Permanent);
    expect(error).toMatchObject({ code: "TOKEN_REFUSED" });
    expect((error as Error).message).not.toContain("shprt");
  });

  it("lets the next visit bring a new token when both are refused, though the old one's hour is not up", async () => {
    await store("old", 30 * MINUTE);
    answer = () => Response.json({ error: "invalid_grant" }, { status: 400 });
    await expect(accessTokenFor(shop, "shpat_old")).rejects.toMatchObject({ code: "TOKEN_REFUSED" });
    expect((await stored())!.isActive(undefined)).toBe(false);
    // One that came meanwhile stays.
    answer = async () => {
      await store("theirs", 60 * MINUTE);
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    };
    await expect(accessTokenFor(shop, "shpat_old")).rejects.toMatchObject({ code: "TOKEN_REFUSED" });
    expect((await stored())!.isActive(undefined)).toBe(true);
  });
});
