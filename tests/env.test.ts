// The environment is checked whole: a process that lacks something says all that it lacks.
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { adoptTunnel } from "../server/tunnel.ts";

await useDatabase();
const { readEnv } = await import("#app/env.server.ts");

const COMPLETE = {
  DATABASE_URL: "postgresql://somewhere/counterfoil",
  SHOPIFY_API_KEY: "key",
  SHOPIFY_API_SECRET: "secret",
  SHOPIFY_APP_URL: "https://app.example",
};

it("defaults what may be left out", () => {
  expect(readEnv(COMPLETE)).toMatchObject({ PORT: 3000, WORKER: "inline", LOG_LEVEL: "info" });
  expect(readEnv({ ...COMPLETE, PORT: "", WORKER: "off" })).toMatchObject({ PORT: 3000, WORKER: "off" });
});

it("names everything that is missing at once", () => {
  for (const name of Object.keys(COMPLETE)) expect(() => readEnv({})).toThrow(`${name} is missing`);
  expect(() => readEnv({ ...COMPLETE, SHOPIFY_API_SECRET: "" })).toThrow(/SHOPIFY_API_SECRET is missing$/);
});

it("takes the address that Shopify's CLI gives, which is none to listen on", () => {
  // As @shopify/cli 4.8 starts a web process, beside a .env with the address of another day.
  const given: Record<string, string | undefined> = {
    ...COMPLETE,
    HOST: "https://new-words.trycloudflare.com",
    APP_URL: "https://new-words.trycloudflare.com",
    PORT: "50123",
  };
  adoptTunnel(given);
  expect(given.HOST).toBeUndefined();
  expect(readEnv(given)).toMatchObject({
    SHOPIFY_APP_URL: "https://new-words.trycloudflare.com",
    PORT: 50_123,
  });
  const own = { ...COMPLETE, HOST: "127.0.0.1" };
  adoptTunnel(own);
  expect(own).toEqual({ ...COMPLETE, HOST: "127.0.0.1" });
});

it.each([
  ["DATABASE_URL", "mysql://somewhere/x"],
  ["SHOPIFY_APP_URL", "app.example"],
  ["PORT", "70000"],
  ["PORT", "http"],
  ["WORKER", "yes"],
  ["TOKEN_KEY", "too-short"],
])("refuses %s=%s without showing the value", (name, value) => {
  const read = () => readEnv({ ...COMPLETE, [name]: value });
  expect(read).toThrow(name);
  expect(read).not.toThrow(value);
});

it("takes a key in base64 or hex", () => {
  const bytes = Buffer.alloc(32, 7);
  for (const encoding of ["hex", "base64"] as const) {
    expect(readEnv({ ...COMPLETE, TOKEN_KEY: bytes.toString(encoding) }).TOKEN_KEY).toBe(
      bytes.toString(encoding),
    );
  }
});
