// The states of the app, in the order of a shop's life: nothing yet, the first sync, a good day, a bad one, the database or
// Shopify away. Each scene brings them about and has its pictures taken.
import type { FrameLocator } from "playwright-core";
import { deleteProduct, placeOrder, setMetafield, updateOrder } from "../../sandbox/store/acts.ts";
import { until } from "./until.ts";
import type { Camera } from "./camera.ts";
import type { Stage } from "./stage.ts";
import { paintErrors, paintFigures, paintLongRun, paintParked, paintRuns, ring, wipe } from "./past.ts";

type Scene = (stage: Stage, camera: Camera) => Promise<void>;

const LISTS = {
  ...{ activity: "/app/activity", records: "/app/records", errors: "/app/errors", webhooks: "/app/webhooks" },
  ...{ deliveries: "/app/webhooks/deliveries", queue: "/app/queue", insights: "/app/insights" },
  ...{ editions: "/app/editions", settings: "/app/settings" },
} as const;

/** Slow enough that a picture of each page is taken before the first sync ends. */
const SLOW_MS = 6_000;

const nothingYet: Scene = async (_stage, camera) => {
  await camera.take({ name: "empty-overview", path: "/app" });
  for (const [name, path] of Object.entries(LISTS)) await camera.take({ name: `empty-${name}`, path });
};

const firstSync: Scene = async ({ sandbox, mirror, startWorker }, camera) => {
  sandbox.dials.turn({ apiSlowMs: SLOW_MS });
  await camera.open("/app");
  await startWorker();
  await until(
    "a sync is running",
    mirror,
    "EXISTS (SELECT FROM sync_runs WHERE state = 'running' AND done > 0)",
  );
  await camera.take({
    name: "first-sync-overview",
    path: "/app",
    until: (app) => app.getByText("Your first sync is running").first().waitFor(),
  });
  await camera.take({ name: "first-sync-activity", path: LISTS.activity });
  const id = await idOf(
    mirror,
    "SELECT id FROM sync_runs WHERE state = 'running' ORDER BY done DESC LIMIT 1",
  );
  if (id) await camera.take({ name: "run-running", path: `/app/runs/${id}` });
  await camera.take({ name: "first-sync-queue", path: LISTS.queue });
  sandbox.dials.turn({ apiSlowMs: 0 });
  await until(
    "every sync has ended and the inbox is empty",
    mirror,
    `(SELECT count(*) FROM sync_runs) > 0 AND NOT EXISTS (SELECT FROM sync_runs WHERE state IN ('queued', 'running'))
     AND NOT EXISTS (SELECT FROM sync_confirmations)`,
  );
  await camera.take({
    name: "guide",
    path: "/app",
    until: (app) => app.getByText("All 13 resources are verified.").waitFor(),
  });
};

const goodDay: Scene = async ({ sandbox: { store }, mirror }, camera) => {
  const shopId = Number(await idOf(mirror, "SELECT id FROM shops"));
  await mirror.query(
    `UPDATE shops SET settings = settings || '{"guide":{"closedAt":"2026-11-01T08:00:00Z","closedBy":"user:88112047"}}'`,
  );
  for (let n = 0; n < 12; n += 1) {
    const variants = store.list("variants");
    placeOrder(store, {
      lines: [{ variantId: variants[(n * 37) % variants.length]!.id, quantity: 1 + (n % 2) }],
    });
  }
  await paintFigures(mirror, shopId);
  await until(
    "the news is settled",
    mirror,
    "NOT EXISTS (SELECT FROM sync_deliveries WHERE state = 'received')",
  );
  await until("it is confirmed", mirror, "NOT EXISTS (SELECT FROM sync_confirmations)");
  // Shopify is asked for its counts once a minute, and has none of fulfillment orders: those a full sync counts.
  await mirror.query(
    `INSERT INTO sync_runs (shop_id, resource, kind, request, started_by)
     SELECT id, 'fulfillment_orders', 'backfill', '{"mode":"full"}', 'user:88112047' FROM shops`,
  );
  await until(
    "Shopify has counted the same",
    mirror,
    "NOT EXISTS (SELECT FROM sync_resources WHERE mirrored <> in_shopify)",
  );
  const isCompleteAndLive = async (app: FrameLocator) => {
    await app.getByText("Your mirror is complete").first().waitFor();
    await app.getByText("Live", { exact: true }).first().waitFor();
  };
  await camera.take({ name: "overview", path: "/app", until: isCompleteAndLive });
  await camera.take({ name: "readme-overview", path: "/app", isFixed: true, until: isCompleteAndLive });
  await camera.take({
    ...{ name: "readme-insights", path: "/app/insights?window=week", isFixed: true },
    until: (app) => app.getByRole("slider").first().waitFor(),
  });
  await paintRuns(mirror, shopId);
  for (const [name, path] of Object.entries(LISTS)) await camera.take({ name, path });
  for (const window of ["hour", "week"]) {
    await camera.take({
      name: `insights-${window}`,
      path: `/app/insights?window=${window}`,
      until: (app) => app.getByRole("slider").first().waitFor(),
    });
  }
  await camera.take({
    name: "insights-table",
    path: LISTS.insights,
    until: async (app) => {
      await app.getByRole("button", { name: "Show table: Webhooks by topic" }).click();
      await app.getByRole("table", { name: "Webhooks by topic" }).waitFor();
    },
  });
  await camera.take({
    name: "insights-loading",
    path: LISTS.insights,
    before: (page) => page.route(/\/assets\/plot-/, () => {}),
  });
};

const runs: Scene = async ({ mirror }, camera) => {
  const shopId = Number(await idOf(mirror, "SELECT id FROM shops"));
  const long = await paintLongRun(mirror, shopId);
  await camera.take({ name: "run-incomplete", path: `/app/runs/${long}` });
  for (const [name, where] of [
    ["run-verified", "kind = 'backfill' AND state = 'verified' AND resource = 'orders'"],
    ["run-catch-up", "kind = 'catch_up' AND state = 'verified'"],
    ["run-failed", "state = 'failed'"],
    ["run-cancelled", "state = 'cancelled'"],
  ] as const) {
    const id = await idOf(mirror, `SELECT id FROM sync_runs WHERE ${where} ORDER BY id DESC LIMIT 1`);
    await camera.take({ name, path: `/app/runs/${id}` });
  }
  await camera.take({ name: "run-missing", path: "/app/runs/999999" });
  await camera.take({ name: "activity-none", path: "/app/activity?resource=locations&kind=targeted" });
  await camera.take({ name: "nonsense", path: "/app/activity?state=sideways&from=yesterday" });
  await camera.take({
    name: "view-form",
    path: "/app/activity?kind=backfill",
    isFixed: true,
    until: async (app) => {
      await app.getByRole("button", { name: "Save view" }).click();
      await app.getByLabel("Name").fill("Whole syncs");
    },
  });
};

/** The painted runs say of resources what is not so. */
const wipeRuns: Scene = async ({ mirror }) => {
  await mirror.query("DELETE FROM sync_runs WHERE started_by = 'user:88112047' OR phases = '{}'");
};

const form: Scene = async ({ mirror }, camera) => {
  const path = "/app/runs/new?resource=orders";
  await camera.take({ name: "form-wait", path });
  await mirror.query(
    "UPDATE sync_runs SET created_at = created_at - interval '1 day' WHERE kind = 'backfill'",
  );
  await camera.take({ name: "form", path });
  await camera.take({
    name: "form-preview",
    path: `${path}&resource=customers`,
    until: async (app) => {
      await app.getByRole("button", { name: "Preview" }).click();
      await app.getByRole("heading", { name: "What it will take" }).waitFor();
    },
  });
  await camera.take({
    name: "form-problem",
    path,
    until: async (app) => {
      await app.getByText("What a search finds", { exact: true }).click();
      await app.getByLabel("Search", { exact: true }).fill("colour:red");
      await app.getByRole("button", { name: "Preview" }).click();
      await app.getByText("What to do:", { exact: false }).waitFor();
    },
  });
};

const records: Scene = async ({ sandbox: { store }, mirror }, camera) => {
  const orders = store.list("orders");
  const order = orders.findLast(({ refunds }) => refunds.length > 0) ?? orders.at(-1)!;
  await camera.take({
    name: "records-found",
    path: `/app/records?find=${encodeURIComponent(order.name)}`,
    until: (app) => app.getByRole("link", { name: order.name }).first().waitFor(),
  });
  await camera.take({ name: "records-none", path: "/app/records?find=%23404404" });
  updateOrder(store, order.id, {
    note: "Ring twice; leave it with the neighbour if nobody answers",
    tags: ["gift"],
  });
  await until("it is here", mirror, `(SELECT note FROM orders WHERE id = ${order.id}) LIKE 'Ring%'`);
  await until("it is confirmed", mirror, "NOT EXISTS (SELECT FROM sync_confirmations)");
  const path = `/app/records/orders/${order.id}`;
  await camera.take({
    name: "record",
    path,
    until: (app) => app.getByText("The mirror and Shopify say the same").waitFor(),
  });
  await mirror.query("UPDATE orders SET note = 'Ring once' WHERE id = $1", [order.id]);
  await camera.take({
    name: "record-differs",
    path,
    until: (app) =>
      app
        .getByText(/fields? differs?/)
        .first()
        .waitFor(),
  });
  await camera.take({
    ...{ name: "readme-record", path, isFixed: true },
    until: (app) =>
      app
        .getByText(/fields? differs?/)
        .first()
        .waitFor(),
  });
  const product = store.list("products").at(-1)!;
  deleteProduct(store, product.id);
  await until("it is gone", mirror, `NOT EXISTS (SELECT FROM products WHERE id = ${product.id})`);
  await camera.take({
    name: "record-deleted",
    path: `/app/records/products/${product.id}`,
    until: (app) => app.getByText("deleted", { exact: false }).first().waitFor(),
  });
  await camera.take({
    name: "record-missing",
    path: "/app/records/orders/77",
    until: (app) => app.getByText("Neither the mirror nor Shopify has this record").waitFor(),
  });
};

const editions: Scene = async ({ sandbox: { store }, mirror }, camera) => {
  const rows = await mirror.query<{ id: string; owner_id: string }>(
    `SELECT e.id, e.owner_id FROM editions e JOIN edition_units u ON u.edition_id = e.id AND u.shop_id = e.shop_id
     WHERE text_type = 'single_line_text_field' GROUP BY 1, 2 ORDER BY count(*) DESC`,
  );
  const [most, second] = rows.rows;
  if (!most || !second) throw new Error("the store has no sold editions");
  await camera.take({ name: "edition", path: `/app/editions/${most.id}` });
  await camera.take({
    name: "edition-correction",
    path: `/app/editions/${most.id}`,
    until: async (app) => {
      await app.getByLabel("Number to make void").fill("9999");
      await app.getByLabel("Why").fill("Torn in the press");
      await app.getByRole("button", { name: "Correct" }).click();
      await app.getByRole("alert").first().waitFor();
    },
  });
  setMetafield(store, {
    ...{ ownerType: "PRODUCT", ownerId: second.owner_id, namespace: "custom", key: "edition_size" },
    ...{ type: "single_line_text_field", value: "25/100" },
  });
  await until(
    "the size is read",
    mirror,
    `(SELECT problem FROM editions WHERE id = ${second.id}) IS NOT NULL`,
  );
  await camera.take({ name: "edition-problem", path: `/app/editions/${second.id}` });
  await camera.take({ name: "editions-none", path: "/app/editions?find=nothing%20like%20it" });
  await camera.take({ name: "edition-missing", path: "/app/editions/999999" });
};

const settings: Scene = async (_stage, camera) => {
  await camera.take({
    name: "settings-rules",
    path: LISTS.settings,
    until: async (app) => {
      await app.getByRole("button", { name: "Rules: Orders", exact: true }).click();
      await app.getByLabel("Only records that match this search").fill("tag:gift");
    },
  });
  await camera.take({
    name: "settings-preview",
    path: LISTS.settings,
    until: async (app, page) => {
      await app.getByRole("button", { name: "Rules: Orders", exact: true }).click();
      await app.getByLabel("Only records that match this search").fill("tag:gift");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await app.getByText("Before it is saved: what will happen").waitFor();
    },
  });
  await camera.take({
    name: "settings-problem",
    path: LISTS.settings,
    until: async (app, page) => {
      await app.getByRole("button", { name: "Rules: Orders", exact: true }).click();
      await app.getByLabel("Only records that match this search").fill("colour:red");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await app.getByText("Shopify does not understand this search", { exact: false }).waitFor();
    },
  });
};

const badDay: Scene = async ({ mirror }, camera) => {
  const shopId = Number(await idOf(mirror, "SELECT id FROM shops"));
  await wipe(mirror);
  await camera.take({ name: "errors-none", path: LISTS.errors });
  await paintErrors(mirror, shopId);
  await paintParked(mirror);
  await camera.take({
    name: "overview-needs",
    path: "/app",
    until: (app) => app.getByText("open error", { exact: false }).first().waitFor(),
  });
  await camera.take({ name: "errors-open", path: LISTS.errors });
  await camera.take({
    name: "errors-retry",
    path: LISTS.errors,
    isFixed: true,
    until: async (app) => {
      await app.getByRole("button", { name: "Try all of these again…" }).click();
      await app.getByText("read from Shopify again", { exact: false }).waitFor();
    },
  });
  await camera.take({
    name: "error",
    path: "/app/errors/group?source=records&subject=orders&code=WRONG_TYPE",
  });
  await camera.take({ name: "webhooks-attention", path: LISTS.webhooks });
  await camera.take({ name: "deliveries-parked", path: `${LISTS.deliveries}?state=parked` });
  const parked = await idOf(mirror, "SELECT max(id) AS id FROM sync_deliveries WHERE state = 'parked'");
  await camera.take({ name: "delivery-parked", path: `/app/webhooks/deliveries/${parked}` });
  const delivery = await idOf(
    mirror,
    "SELECT max(id) AS id FROM sync_deliveries WHERE state = 'applied' AND topic = 'orders/updated'",
  );
  if (delivery) await camera.take({ name: "delivery", path: `/app/webhooks/deliveries/${delivery}` });
  await camera.take({
    name: "webhooks-test",
    path: LISTS.webhooks,
    until: async (app) => {
      await app.getByRole("button", { name: "Test the webhooks" }).click();
      await app.getByText("The way in is open.").waitFor();
    },
  });
  await mirror.query(
    "INSERT INTO sync_holds SELECT id, 'runs', 'user:88112047', now() - interval '12 minutes' FROM shops",
  );
  await mirror.query(
    `INSERT INTO sync_runs (shop_id, resource, kind, request, started_by)
     SELECT id, 'products', 'targeted', '{"mode":"ids","ids":["8123","8124"]}', 'api' FROM shops`,
  );
  await camera.take({ name: "queue-paused", path: LISTS.queue });
  await camera.take({
    name: "queue-ask",
    path: LISTS.queue,
    isFixed: true,
    until: async (app) => {
      await app
        .getByRole("button", { name: /^Cancel:/ })
        .first()
        .click();
      await app.getByRole("dialog").getByRole("button", { name: "Go back" }).waitFor();
    },
  });
  await mirror.query("DELETE FROM sync_holds");
  await mirror.query(
    "UPDATE sync_runs SET state = 'cancelled', ended_at = now() WHERE state IN ('queued', 'running')",
  );
  await wipe(mirror);
  await ring(mirror);
};

const shopifyAway: Scene = async ({ sandbox, mirror }, camera) => {
  const order = await idOf(mirror, "SELECT max(id) AS id FROM orders");
  sandbox.dials.turn({ apiErrorPercent: 100 });
  await camera.take({
    name: "shopify-away-record",
    path: `/app/records/orders/${order}`,
    until: (app) => app.getByText("could not be asked", { exact: false }).first().waitFor(),
  });
  await camera.take({
    name: "shopify-away-form",
    path: "/app/runs/new?resource=orders",
    until: async (app) => {
      await app.getByRole("button", { name: "Preview" }).click();
      await app.getByText("Shopify", { exact: false }).last().waitFor();
    },
  });
  await camera.take({ name: "shopify-away-webhooks", path: LISTS.webhooks });
  await camera.take({ name: "shopify-away-overview", path: "/app" });
  sandbox.dials.turn({ apiErrorPercent: 0 });
};

const databaseAway: Scene = async ({ shutDatabase, openDatabase }, camera) => {
  const isOpen = {
    // Only its headline says that it is live.
    overview: (app: FrameLocator) => app.getByText("Live", { exact: true }).first().waitFor(),
    activity: (app: FrameLocator) => app.getByRole("heading", { level: 1, name: "Activity" }).waitFor(),
  };
  for (const [name, path] of [
    ["overview", "/app"],
    ["activity", LISTS.activity],
  ] as const) {
    openDatabase();
    await camera.take({
      name: `database-away-${name}`,
      path,
      until: async (app) => {
        await isOpen[name](app);
        shutDatabase();
        await app
          .getByText(/Not reachable|cannot be reached|could not be reached/)
          .first()
          .waitFor();
        openDatabase();
      },
    });
  }
  shutDatabase();
  await camera.take({ name: "database-away-opened", path: LISTS.activity });
  openDatabase();
};

export const SCENES: readonly Scene[] = [
  ...[nothingYet, firstSync, goodDay, runs, wipeRuns, form, records, editions],
  ...[settings, badDay, shopifyAway, databaseAway],
];

async function idOf(mirror: Stage["mirror"], sql: string): Promise<string | null> {
  const { rows } = await mirror.query<{ id: string | number }>(sql);
  return rows[0] ? String(rows[0].id) : null;
}
