// Addresses that make no sense: every page of the app, found by its file, answers them with a page and never with a
// fault of the server; lists say what they left out.
import { globSync } from "node:fs";
import { basename } from "node:path";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "#scripts/prepare.ts";
import { startStack, type Stack } from "./stack.ts";
import { openComplete } from "./walk.ts";

const ADMIN = "/store/counterfoil-sandbox/apps/counterfoil";
const NONSENSE = [
  ...["nonsense", "0", "-1", "1e999", "NaN", "null", "[object Object]", "true", " ", "💥", "ﷺ", "a:b:c"],
  ...["9223372036854775807", "9223372036854775808", "99999999999999999999999999", "0x10", "1.5", "٣"],
  ...["2026-02-31", "2026-13-99", "0000-00-00", "+275760-09-13", "-000001-01-01", "tomorrow", "1/2/2026"],
  ...["0000-01-01", "0001-01-01", "9999-12-31", "2026-02-31T00:00:00Z_1", "0000-01-01T00:00:00Z_1"],
  ...[
    "0001-01-01T00:00:00Z_1",
    "9999-12-31T23:59:59.999999Z_1",
    "2026-01-01T23:59:60Z_1",
    "2026-01-01T1.Z_1",
  ],
  ...[
    "asked-desc_0000-01-01T00:00:00Z_1",
    "received-desc_9999-12-31T23:59:59.999999Z_1",
    "sold-desc",
    "sold-asc_1",
  ],
  ...[
    "added-desc_9999-12-31T23:59:59.999999Z_9223372036854775807",
    "added-desc_1",
    "asked-desc_1",
    "sold-up",
  ],
  ...["2026-01-01T00:00:00Z_x", "2026-01-01T00:00:00.000000Z_-1", "_", "_5", "9999999_1", "1_2_3"],
  ...[
    "'; DROP TABLE sync_runs; --",
    "%' OR 1=1 --",
    "\\",
    "%",
    "\0",
    "\u0000abc",
    "a\nb",
    "<script>alert(1)</script>",
  ],
  ...[
    "../../etc/passwd",
    "gid://shopify/Order/abc",
    "gid://shopify/Nothing/1",
    "{}",
    '{"a":1}',
    "x".repeat(5_000),
  ],
];
/** Every parameter that some page reads, and some that none does. */
const PARAMETERS = [
  ...[
    "resource",
    "kind",
    "state",
    "from",
    "until",
    "after",
    "show",
    "find",
    "source",
    "subject",
    "code",
    "topic",
  ],
  ...["reason", "record", "key", "queue", "span", "window", "page", "sort", "id", "view", "who", "by"],
];

let stack: Stack;
let page: Page;
const app = (): FrameLocator => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 5, products: 3 });
  page = await openComplete(stack);
});
afterAll(() => stack.stop());

/** `app.records.$resource.$key.tsx` → `/app/records/$resource/$key`; null for what is no page. */
function addressOf(file: string): string | null {
  const name = basename(file).replace(/\.tsx?$/, "");
  if (!name.startsWith("app.")) return null;
  return `/${name
    .split(".")
    .filter((part) => part !== "_index")
    .join("/")}`;
}

const pages = globSync("app/routes/app*.ts*", { cwd: ROOT }).flatMap((file) => addressOf(file) ?? []);

async function ask(path: string): Promise<number> {
  const address = `${stack.sandbox.urls.sandbox}/_sandbox/app/counterfoil/session-token`;
  const { token } = (await (await fetch(address)).json()) as { token: string };
  const response = await fetch(`${stack.appUrl}${path}`, {
    headers: { Authorization: `Bearer ${token}`, "User-Agent": "Mozilla/5.0 Chrome/140.0.0.0" },
    redirect: "manual",
  });
  await response.arrayBuffer();
  return response.status;
}

describe("a page whose parameters make no sense", () => {
  it("knows the pages that it walks", () => {
    expect(pages).toEqual(
      expect.arrayContaining(["/app/activity", "/app/records/$resource/$key", "/app/editions"]),
    );
    expect(pages.length).toBeGreaterThan(12);
  });

  it("is reached as a merchant reaches it", async () => {
    expect(await ask("/app/activity.data")).toBe(200);
    expect(await ask("/app/runs/0.data")).toBe(404);
  });

  it.each(pages)("%s is answered without a fault of the server", async (address) => {
    const answers: string[] = [];
    for (const value of NONSENSE) {
      const query = new URLSearchParams(PARAMETERS.map((name) => [name, value]));
      // A part of a path cannot be empty, nor begin with the dots that a client resolves by itself.
      const part = encodeURIComponent(value.replaceAll(".", "").trim() || "x");
      // What the browser asks for when it follows a link, and so passes each loader.
      const status = await ask(`${address.replaceAll(/\$\w+/g, part)}.data?${query}`);
      if (status >= 500) answers.push(`${status} for ${JSON.stringify(value.slice(0, 40))}`);
    }
    expect(answers).toEqual([]);
  });
});

it.each(["/api/shopify/runs/%E0%A4%A", "/%E0%A4%A"])(
  "%s, which nobody can decode, is refused in a sentence",
  async (address) => {
    const response = await fetch(`${stack.appUrl}${address}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "BAD_REQUEST", message: "The address cannot be read." });
  },
);

it("an address that is no page's is said to be none, inside the app", async () => {
  await page.goto(new URL(`${ADMIN}/app/no-such-page`, stack.sandbox.urls.sandbox).href);
  await app().getByRole("heading", { name: "There is no such page." }).waitFor();
  // The browser tells of an answer that says so, and of nothing else.
  expect(stack.failures.splice(0)).toEqual([expect.stringContaining("404")]);
  await app().getByRole("link", { name: "Go to the overview" }).click();
  await app().getByText("Your mirror is complete", { exact: false }).first().waitFor();
});

describe("a list", () => {
  it.each([
    ["/app/activity", "resource, kind, state, from, until, and after"],
    ["/app/webhooks/deliveries", "topic, state, reason, resource, record, from, until, and after"],
    ["/app/editions", "state and after"],
    ["/app/errors", "show"],
  ])("%s shows itself without what it did not understand, and says so", async (address, names) => {
    const query = new URLSearchParams(names.split(/, and |, | and /).map((name) => [name, "%no sense%"]));
    await page.goto(new URL(`${ADMIN}${address}?${query}`, stack.sandbox.urls.sandbox).href);
    await app().getByText(`These parts of it were left out: ${names}.`).waitFor();
    expect(await app().getByRole("heading", { level: 1 }).count()).toBe(1);
  });
});

it("leaves nothing gone wrong on the pages", () => {
  expect(stack.failures).toEqual([]);
});
