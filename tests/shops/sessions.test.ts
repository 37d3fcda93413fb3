import { Session } from "@shopify/shopify-api";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool, prisma } = await import("#app/db.server.ts");
const { sessionStorage } = await import("#app/shops/sessions.server.ts");
const { deriveKey, keyFromText, open, seal } = await import("#app/shops/seal.ts");

const SHOP = "test-shop.myshopify.com";
const session = () =>
  new Session({
    id: `offline_${SHOP}`,
    shop: SHOP,
    state: "",
    isOnline: false,
    scope: "read_orders",
    accessToken: "shpat_the_access_token",
    expires: new Date("2026-11-23T12:00:00Z"),
    refreshToken: "shprt_the_refresh_token",
    refreshTokenExpires: new Date("2027-02-21T12:00:00Z"),
  });

beforeEach(() => pool.query("TRUNCATE sessions"));

describe("session storage", () => {
  // First: the storage is made at its first use.
  it("recovers from a database that is away at its first use", async () => {
    const away = vi.spyOn(prisma.session, "count").mockRejectedValueOnce(new Error("connection refused"));
    await expect(sessionStorage.loadSession("x")).rejects.toThrow("connection refused");
    away.mockRestore();
    expect(await sessionStorage.loadSession("x")).toBeUndefined();
  });

  it("gives back what was stored, and leaves the caller's session as it was", async () => {
    const stored = session();
    await sessionStorage.storeSession(stored);
    expect(stored.accessToken).toBe("shpat_the_access_token");
    const loaded = await sessionStorage.loadSession(stored.id);
    expect(loaded?.equals(stored)).toBe(true);
    expect(loaded).toMatchObject({
      refreshToken: stored.refreshToken,
      refreshTokenExpires: stored.refreshTokenExpires,
    });
    expect(await sessionStorage.findSessionsByShop?.(SHOP)).toEqual([
      expect.objectContaining({ accessToken: "shpat_the_access_token" }),
    ]);
  });

  it("keeps no token readable in the database", async () => {
    await sessionStorage.storeSession(session());
    const { rows } = await pool.query(
      "SELECT to_jsonb(s)::text AS text, access_token, refresh_token FROM sessions s",
    );
    expect(rows[0].text).not.toMatch(/shpat|shprt|the_access|the_refresh/);
    expect(rows[0].access_token).not.toBe(rows[0].refresh_token);
  });

  it("takes a token that was copied into another row for absent", async () => {
    await sessionStorage.storeSession(session());
    await pool.query("UPDATE sessions SET id = 'offline_thief.myshopify.com', shop = 'thief.myshopify.com'");
    expect(await sessionStorage.loadSession("offline_thief.myshopify.com")).toBeUndefined();
  });

  it("deletes", async () => {
    await sessionStorage.storeSession(session());
    await sessionStorage.deleteSession(session().id);
    expect(await sessionStorage.loadSession(session().id)).toBeUndefined();
  });
});

describe("seal", () => {
  const key = keyFromText("11".repeat(32));
  const older = deriveKey("a secret", "a purpose");

  it("opens with any of the keys, in its place only", () => {
    const sealed = seal("token", "here", older);
    expect(open(sealed, "here", [key, older])).toBe("token");
    expect(open(sealed, "there", [key, older])).toBeNull();
    expect(open(sealed, "here", [key])).toBeNull();
    expect(seal("token", "here", older)).not.toBe(sealed);
  });

  it("notices every changed character, and what was never sealed", () => {
    const sealed = seal("token", "here", key);
    for (let index = 3; index < sealed.length - 1; index += 1) {
      const changed = sealed.slice(0, index) + (sealed[index] === "A" ? "B" : "A") + sealed.slice(index + 1);
      expect(open(changed, "here", [key])).toBeNull();
    }
    for (const text of ["", "v1:", "v1:AAAA", "shpat_plain"]) expect(open(text, "here", [key])).toBeNull();
  });

  it("reads a key in hex as in base64", () => {
    expect(keyFromText(Buffer.from(key).toString("base64"))).toEqual(Buffer.from(key));
  });
});
