// The admin over the real parts of a running sandbox: the log, the traffic, the app's standing, the truth.
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "#sandbox/sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, proxyPort: 0, orders: 20, products: 10 });
});
afterAll(() => sandbox.stop());

const address = (path: string): string => `${sandbox.urls.sandbox}/store/counterfoil-sandbox${path}`;
const read = async (path: string): Promise<string> => (await fetch(address(path))).text();
async function send(path: string, fields: Record<string, string> = {}): Promise<string> {
  const body = new URLSearchParams(fields);
  const answer = await fetch(address(path), { method: "POST", body, redirect: "manual" });
  expect(answer.status, await answer.text()).toBe(303);
  return answer.headers.get("Location") ?? "";
}

it("is dressed by the sandbox's own style and script", async () => {
  const text = await read("/orders");
  for (const [, asset] of text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
    expect((await fetch(`${sandbox.urls.sandbox}${asset}`)).status, asset).toBe(200);
  }
  expect(text).toContain("/assets/pages.css");
});

it("places believable orders at once", async () => {
  const before = sandbox.store.list("orders").length;
  await send("/orders/samples", { count: "5" });
  expect(sandbox.store.list("orders").length).toBe(before + 5);
  expect(await read("/orders")).toContain(sandbox.store.list("orders").at(-1)?.name);
});

it("turns the dials that webhooks and API read", async () => {
  await send("/dials", { dropPercent: "7", plan: "plus" });
  expect(sandbox.dials.read()).toMatchObject({ dropPercent: 7, plan: "plus" });
  await send("/dials/presets", { preset: "calm" });
  expect(sandbox.dials.read().dropPercent).toBe(0);
});

it("installs and uninstalls the app, grants and withdraws", async () => {
  await send("/dials/installation");
  expect(sandbox.installs.read().installed).toBe(true);
  await send("/dials/scopes", { scopes: "read_orders" });
  expect(sandbox.installs.read().scopes).toEqual(["read_orders"]);
  await send("/dials/protected-data", { approved: "no" });
  expect(sandbox.installs.read().protectedData).toBe(false);
  await send("/dials/bulk-failures");
  await send("/dials/uninstallation");
  expect(sandbox.installs.read().installed).toBe(false);
});
