import { execFile } from "node:child_process";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const run = promisify(execFile);
const PRELOAD = new URL("../../sandbox/redirect.ts", import.meta.url).href;

let server: Server;
let origin: string;
let seen: {
  host: string | undefined;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}[];

beforeEach(async () => {
  seen = [];
  server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      seen.push({
        host: incoming.headers.host,
        method: incoming.method ?? "",
        path: incoming.url ?? "",
        headers: incoming.headers,
        body,
      });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          data: { shop: { name: "Sandbox" } },
          access_token: "shpat_1",
          scope: "read_orders",
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function runPreloaded(code: string): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ["--import", PRELOAD, "--input-type=module", "--eval", code],
    {
      env: { ...process.env, SANDBOX_URL: origin },
      cwd: new URL("../..", import.meta.url),
    },
  );
  return stdout.trim();
}

test("Node's own fetch reaches the sandbox with the shop's name as host", async () => {
  const out = await runPreloaded(`
    const answer = await fetch("https://one.myshopify.com/admin/api/x.json?a=1", { method: "POST", headers: { "X-Own": "1" }, body: "hello" });
    console.log((await answer.json()).data.shop.name);`);
  expect(out).toBe("Sandbox");
  expect(seen).toMatchObject([
    { host: "one.myshopify.com", method: "POST", path: "/admin/api/x.json?a=1", body: "hello" },
  ]);
  expect(seen[0]?.headers["x-own"]).toBe("1");
});

test("undici's request and fetch reach it too", async () => {
  await runPreloaded(`
    import { fetch, request } from "undici";
    await (await fetch("https://two.myshopify.com/a")).text();
    await (await request("https://two.myshopify.com/b", { headers: { "X-Own": "2" } })).body.text();`);
  expect(seen.map(({ host, path }) => `${host}${path}`)).toEqual([
    "two.myshopify.com/a",
    "two.myshopify.com/b",
  ]);
  expect(seen[1]?.headers["x-own"]).toBe("2");
});

test("Shopify's library reaches it for GraphQL and for tokens", async () => {
  const out = await runPreloaded(`
    import "@shopify/shopify-api/adapters/node";
    import { shopifyApi, Session } from "@shopify/shopify-api";
    const api = shopifyApi({ apiKey: "k", apiSecretKey: "s", apiVersion: "2026-10", isEmbeddedApp: true, hostName: "app.example", scopes: [], logger: { level: 0 } });
    const session = new Session({ id: "1", shop: "three.myshopify.com", state: "", isOnline: false, accessToken: "shpat_0" });
    const answer = await new api.clients.Graphql({ session }).request("{ shop { name } }");
    console.log(answer.data.shop.name);
    await api.auth.refreshToken({ shop: "three.myshopify.com", refreshToken: "shprt_1" }).catch((error) => console.log(error.message));`);
  expect(out).toContain("Sandbox");
  expect(seen[0]).toMatchObject({ host: "three.myshopify.com", path: "/admin/api/2026-10/graphql.json" });
  expect(seen[0]?.headers["x-shopify-access-token"]).toBe("shpat_0");
  expect(seen[1]).toMatchObject({ host: "three.myshopify.com", path: "/admin/oauth/access_token" });
});

test("other addresses are left alone", async () => {
  await runPreloaded(`await (await fetch("${origin}/bulk/1.jsonl")).text();`);
  expect(seen).toMatchObject([{ host: new URL(origin).host, path: "/bulk/1.jsonl" }]);
});

test("a process without SANDBOX_URL does not start", async () => {
  const env = { ...process.env };
  delete env.SANDBOX_URL;
  await expect(run(process.execPath, ["--import", PRELOAD, "--eval", ""], { env })).rejects.toThrow(
    "SANDBOX_URL must be",
  );
});
