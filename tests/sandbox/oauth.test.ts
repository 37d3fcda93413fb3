// Tokens: exchange, refresh, expiry, uninstall.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { EXCHANGE, KEY, openShop, SECRET, type Shop } from "#tests/sandbox/api-shop.ts";

const shops: Shop[] = [];
const open = (options: Parameters<typeof openShop>[0] = {}): Shop => {
  const shop = openShop(options);
  shops.push(shop);
  return shop;
};
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.api.close();
});

type Tokens = Record<"access_token" | "refresh_token" | "scope" | "error", string> & Record<string, unknown>;

async function ask(shop: Shop, body: Record<string, unknown>): Promise<{ status: number; body: Tokens }> {
  const answer = await shop.post("/admin/oauth/access_token", body);
  return { status: answer.status, body: (await answer.json()) as Tokens };
}
const exchange = (shop: Shop, more: Record<string, unknown> = {}) =>
  ask(shop, { ...EXCHANGE, subject_token: shop.api.openApp(), ...more });
const refresh = (shop: Shop, token: string) =>
  ask(shop, { client_id: KEY, client_secret: SECRET, grant_type: "refresh_token", refresh_token: token });

async function works(shop: Shop, token: string): Promise<boolean> {
  const headers = { "x-shopify-access-token": token };
  const answer = await shop.post("/admin/api/2026-10/graphql.json", { query: "{ shop { id } }" }, headers);
  return answer.status === 200;
}

describe("token exchange", () => {
  it("gives an expiring pair with the scopes of the installation", async () => {
    const shop = open();
    const { status, body } = await exchange(shop);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^shpat_[0-9a-f]{32}$/),
      scope: shop.installs.app.scopes.join(","),
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^shprt_[0-9a-f]{32}$/),
      refresh_token_expires_in: 7_776_000,
    });
    expect(await works(shop, body.access_token)).toBe(true);
  });

  it("gives a lasting token where an expiring one is not asked for, and moves it to an expiring one", async () => {
    const shop = open();
    const { body } = await exchange(shop, { expiring: "0" });
    expect(Object.keys(body)).toEqual(["access_token", "scope"]);
    shop.clock.advance(10 * 3_600_000);
    expect(await works(shop, body.access_token)).toBe(true);
    const migrated = await ask(shop, {
      ...EXCHANGE,
      subject_token: body.access_token,
      subject_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
    });
    expect(await works(shop, migrated.body.access_token)).toBe(true);
    expect(await works(shop, body.access_token)).toBe(false);
  });

  it("gives an online token with the person", async () => {
    const shop = open();
    const online = "urn:shopify:params:oauth:token-type:online-access-token";
    const { body } = await exchange(shop, { requested_token_type: online });
    expect(body).toMatchObject({
      expires_in: 86_399,
      associated_user: { id: 91000001, account_owner: true },
    });
    expect(await works(shop, body.access_token)).toBe(true);
  });

  it.each([
    ["another app", { client_id: "other" }, 400, "application_cannot_be_found"],
    ["a wrong secret", { client_secret: "wrong" }, 401, "invalid_client"],
    ["a forged token", { subject_token: "a.b.c" }, 400, "invalid_subject_token"],
    ["no token", { subject_token: "" }, 400, "invalid_subject_token"],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type"],
  ])("refuses %s", async (_name, more, status, error) => {
    const answer = await exchange(open(), more);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  it("refuses a session token past its minute", async () => {
    const shop = open();
    const token = shop.api.openApp();
    shop.clock.advance(71_000);
    const { status, body } = await ask(shop, { ...EXCHANGE, subject_token: token });
    expect([status, body.error]).toEqual([400, "invalid_subject_token"]);
  });

  it("refuses an app that is not installed", async () => {
    const shop = open();
    const answer = await ask(shop, { ...EXCHANGE, subject_token: shop.api.mintSessionToken() });
    expect(answer.status).toBe(400);
  });
});

describe("refresh", () => {
  it("rotates both tokens; the old pair ends when the new one is used", async () => {
    const shop = open();
    const first = (await exchange(shop)).body;
    const second = (await refresh(shop, first.refresh_token)).body;
    expect(second.access_token).not.toBe(first.access_token);
    expect(await works(shop, first.access_token)).toBe(true);
    expect(await works(shop, second.access_token)).toBe(true);
    expect(await works(shop, first.access_token)).toBe(false);
    expect((await refresh(shop, first.refresh_token)).body.error).toBe("invalid_grant");
  });

  it("answers again when the answer was lost, and forgets what it gave then", async () => {
    const shop = open();
    const first = (await exchange(shop)).body;
    const lost = (await refresh(shop, first.refresh_token)).body;
    const second = (await refresh(shop, first.refresh_token)).body;
    expect(await works(shop, lost.access_token)).toBe(false);
    expect(await works(shop, second.access_token)).toBe(true);
  });

  it("lives ninety days, and thirty after its first use", async () => {
    const shop = open();
    const day = 86_400_000;
    const first = (await exchange(shop)).body;
    shop.clock.advance(89 * day);
    expect((await refresh(shop, first.refresh_token)).status).toBe(200);
    const young = (await exchange(shop)).body;
    await refresh(shop, young.refresh_token);
    shop.clock.advance(31 * day);
    expect((await refresh(shop, young.refresh_token)).body.error).toBe("invalid_grant");
  });

  it("keeps one current pair: a new exchange replaces the last one", async () => {
    const shop = open();
    const first = (await exchange(shop)).body;
    const second = (await exchange(shop)).body;
    expect(await works(shop, second.access_token)).toBe(true);
    expect(await works(shop, first.access_token)).toBe(false);
  });
});

describe("life of a token", () => {
  it("ends after an hour, or after the life it was given", async () => {
    const shop = open({ installs: { tokenLifeSeconds: 30 } });
    const { body } = await exchange(shop);
    expect(body.expires_in).toBe(30);
    shop.clock.advance(29_000);
    expect(await works(shop, body.access_token)).toBe(true);
    shop.clock.advance(1_000);
    expect(await works(shop, body.access_token)).toBe(false);
  });

  it("ends with the installation, which is told of; a reinstall begins anew", async () => {
    const shop = open();
    const { body } = await exchange(shop);
    shop.installs.uninstall();
    expect(shop.told).toEqual(["app/uninstalled"]);
    expect(await works(shop, body.access_token)).toBe(false);
    expect((await refresh(shop, body.refresh_token)).status).toBe(400);
    const again = await exchange(shop);
    expect(await works(shop, again.body.access_token)).toBe(true);
    expect(shop.installs.current()?.timesInstalled).toBe(2);
  });

  it("survives a restart of the sandbox", async () => {
    const directory = mkdtempSync(join(tmpdir(), "oauth-"));
    try {
      const { body } = await exchange(open({ directory }));
      const reopened = open({ directory });
      expect(await works(reopened, body.access_token)).toBe(true);
      expect((await refresh(reopened, body.refresh_token)).status).toBe(200);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

it("tells of a change of scopes", async () => {
  const shop = open({ scopes: ["read_orders"] });
  await exchange(shop);
  shop.installs.grant(["read_orders", "read_products"]);
  expect(shop.told).toEqual(["scopes 1 → 2"]);
  expect(() => shop.installs.grant(["everything"])).toThrow('There is no access scope "everything"');
});
