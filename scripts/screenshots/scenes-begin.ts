// A shop that has just installed the app, its first sync, and a good day.
import type { FrameLocator } from "playwright-core";
import { placeOrder } from "../../sandbox/store/acts.ts";
import { paintFigures, paintRuns } from "./past.ts";
import { idOf, LISTS, type Scene } from "./scene.ts";
import { until } from "./until.ts";

const SLOW_MS = 6_000;

export const nothingYet: Scene = async (_stage, camera) => {
  await camera.take({ name: "empty-overview", path: "/app" });
  for (const [name, path] of Object.entries(LISTS)) await camera.take({ name: `empty-${name}`, path });
};

export const firstSync: Scene = async ({ sandbox, mirror, startWorker }, camera) => {
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

export const goodDay: Scene = async ({ sandbox: { store }, mirror }, camera) => {
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
  const isDrawn = (app: FrameLocator) => app.getByRole("slider").first().waitFor();
  for (const [name, path] of Object.entries(LISTS))
    await camera.take({ name, path, ...(name === "insights" ? { until: isDrawn } : {}) });
  for (const window of ["hour", "week"]) {
    await camera.take({
      name: `insights-${window}`,
      path: `/app/insights?window=${window}`,
      until: isDrawn,
    });
  }
  await camera.take({
    name: "insights-table",
    path: LISTS.insights,
    until: async (app) => {
      await isDrawn(app);
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
