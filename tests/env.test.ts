// The environment is checked whole: a process that lacks something says all that it lacks.
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

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
