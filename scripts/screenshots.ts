// `npm run screenshots`: starts a store of its own, opens every page of the app in the admin in its main states, at desktop
// and some at phone width, and writes the pictures to docs/screenshots/. Look at each before committing it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type FrameLocator, type Page } from "playwright-core";
import { startStack, untilCalm, type Stack } from "../bench/stack.ts";
import { ROOT, ensureChromium } from "./prepare.ts";

const TARGET = join(ROOT, "docs/screenshots");
/** Shopify's library answers 410 to headless user agents. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
const SYNCED_MS_MAX = 120_000;
/** Added to each of Shopify's answers during the first sync, which is otherwise over before it is seen. */
const SLOW_MS = 600;
/** Charts and counters settle with the first live update. */
const SETTLE_MS = 1_500;

interface Shot {
  readonly name: string;
  /** Below the app's address in the admin. */
  readonly path: string;
  /** What the picture is of: seen before it is taken. */
  readonly until?: (app: FrameLocator) => Promise<unknown>;
  /** At phone width too. */
  readonly isPhone?: boolean;
}

mkdirSync(TARGET, { recursive: true });
const executablePath = ensureChromium(console.log);
if (!executablePath) throw new Error("Screenshots need Chromium: install it, or set CHROMIUM_PATH.");
const stack = await startStack("screenshots", {
  shop: "counterfoil-sandbox.myshopify.com",
  orders: 2_000,
  traffic: 20,
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  await slowDown(stack, SLOW_MS);
  await takeFirstSync(stack, browser);
  await untilCalm(stack.database);
  await live(stack);
  for (const shot of await goodDay(stack, browser)) await take(stack, browser, shot);
  await spoil(stack);
  for (const shot of badDay()) await take(stack, browser, shot);
} finally {
  await browser.close();
  await stack.stop();
}

/** The one state that does not last: it is caught while it happens. */
async function takeFirstSync(stack: Stack, browser: Browser): Promise<void> {
  const page = await open(browser, stack.sandbox.urls.admin, SIZES.desktop);
  const app = page.frameLocator("iframe");
  await app
    .getByText(/Your first sync is running/)
    .first()
    .waitFor();
  await page.screenshot({ path: join(TARGET, "first-sync-desktop.png") });
  await slowDown(stack, 0);
  await app.getByText("Your mirror is", { exact: false }).first().waitFor({ timeout: SYNCED_MS_MAX });
  await app.getByRole("button", { name: /^(Done|Hide this guide)$/ }).click();
  await app.getByText("Getting started").waitFor({ state: "hidden" });
  await page.context().close();
}

async function slowDown({ sandbox }: Stack, apiSlowMs: number): Promise<void> {
  await fetch(`${sandbox.urls.sandbox}/_sandbox/dials`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ apiSlowMs }),
  });
}

/** Some orders more, and a view that somebody has saved. */
async function live({ sandbox, database }: Stack): Promise<void> {
  await fetch(`${sandbox.urls.sandbox}/_sandbox/traffic`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ orders: 12 }),
  });
  await database.query(
    `INSERT INTO saved_views (shop_id, list, name, query, created_by, created_at)
     SELECT id, list, name, query, '', now() FROM shops, (VALUES
       ('activity', 'Full syncs', 'kind=backfill'), ('activity', 'Short or failed', 'state=incomplete'),
       ('deliveries', 'Set aside', 'state=parked'), ('errors', 'Orders', 'source=records&subject=orders')
     ) AS v (list, name, query)`,
  );
}

async function goodDay({ database, sandbox }: Stack, browser: Browser): Promise<readonly Shot[]> {
  const { rows } = await database.query<Record<"run" | "order" | "edition" | "delivery", string | null>>(
    `SELECT (SELECT id FROM sync_runs WHERE resource = 'orders' AND kind = 'backfill' ORDER BY id LIMIT 1) AS run,
            (SELECT id FROM orders ORDER BY processed_at DESC NULLS LAST LIMIT 1) AS "order",
            (SELECT id FROM editions ORDER BY sold DESC LIMIT 1) AS edition,
            (SELECT max(id) FROM sync_deliveries WHERE topic = 'orders/create') AS delivery`,
  );
  const { run, order, edition, delivery } = rows[0]!;
  const known: readonly Shot[] = [
    {
      name: "overview",
      path: "/app",
      until: (app) => app.getByText("Your mirror is", { exact: false }).first().waitFor(),
      isPhone: true,
    },
    { name: "activity", path: "/app/activity", isPhone: true },
    { name: "run", path: `/app/runs/${run}` },
    { name: "run-form", path: "/app/runs/new", isPhone: true },
    { name: "records", path: "/app/records?find=10" },
    {
      name: "record",
      path: `/app/records/orders/${order}`,
      until: (app) =>
        app
          .getByText(/say the same|differ/)
          .first()
          .waitFor(),
      isPhone: true,
    },
    { name: "errors-none", path: "/app/errors" },
    { name: "webhooks", path: "/app/webhooks", isPhone: true },
    { name: "deliveries", path: "/app/webhooks/deliveries" },
    { name: "delivery", path: `/app/webhooks/deliveries/${delivery}` },
    { name: "editions", path: "/app/editions", isPhone: true },
    ...(edition === null ? [] : [{ name: "edition", path: `/app/editions/${edition}` }]),
  ];
  // Whatever else is in the menu has a picture, too.
  const others = (await menuOf(browser, sandbox.urls.admin)).filter(
    (path) => path !== "/app/errors" && !known.some((shot) => shot.path === path || path === "/app/records"),
  );
  return [...known, ...others.map((path) => ({ name: path.split("/").at(-1)!, path, isPhone: true }))];
}

async function menuOf(browser: Browser, admin: string): Promise<readonly string[]> {
  const page = await open(browser, admin, SIZES.desktop);
  const app = page.frameLocator("iframe");
  await app.getByRole("heading").first().waitFor();
  const links = await app
    .locator("ui-nav-menu a")
    .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  await page.context().close();
  return links.filter((href): href is string => href !== null);
}

/** What a bad day leaves behind, by rows: records that cannot be copied, webhooks set aside, a scope withdrawn. */
async function spoil({ database }: Stack): Promise<void> {
  await database.query(
    `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, first_at, occurred_at)
     SELECT s.id, 'orders', o.id::text, (ARRAY['WRONG_TYPE','NOT_A_CURRENCY','UNSTORABLE_TEXT'])[1 + o.n % 3],
            'note_attributes[2].value: holds U+0000', now() - o.n % 9 * interval '1 day' - interval '2 hours',
            now() - o.n % 9 * interval '1 day' - interval '9 minutes'
     FROM shops s, (SELECT id, row_number() OVER (ORDER BY id)::int AS n FROM orders LIMIT 23) o`,
  );
  await database.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, attempts, settled_at, received_at)
     SELECT domain, 'odd-' || n, 'products/update', '{"id":', 'parked', 'INVALID_JSON', 1, now(), now() - n * interval '7 minutes'
     FROM shops, generate_series(1, 3) n`,
  );
  await database.query(
    `UPDATE shops SET scopes = array_remove(array_remove(scopes, 'read_inventory'), 'read_all_orders')`,
  );
}

function badDay(): readonly Shot[] {
  return [
    {
      name: "overview-trouble",
      path: "/app",
      until: (app) =>
        app
          .getByText(/was set aside|were set aside/)
          .first()
          .waitFor(),
    },
    { name: "errors", path: "/app/errors", isPhone: true },
    { name: "errors-cause", path: "/app/errors/group?source=records&subject=orders&code=WRONG_TYPE" },
    { name: "webhooks-trouble", path: "/app/webhooks" },
    { name: "filter-dropped", path: "/app/activity?state=nonsense&from=2026-02-31" },
  ];
}

async function take({ sandbox }: Stack, browser: Browser, shot: Shot): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    if (size === "phone" && !shot.isPhone) continue;
    const page = await open(browser, sandbox.urls.admin + shot.path, viewport);
    const app = page.frameLocator("iframe");
    await app.getByRole("heading").first().waitFor();
    await shot.until?.(app);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: join(TARGET, `${shot.name}-${size}.png`) });
    await page.context().close();
  }
}

async function open(
  browser: Browser,
  url: string,
  viewport: { width: number; height: number },
): Promise<Page> {
  const context = await browser.newContext({ viewport, userAgent: USER_AGENT });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}
