// A bad day, and the database or Shopify away.
import type { FrameLocator } from "playwright-core";
import { paintErrors, paintParked, ring, wipe } from "./past.ts";
import { idOf, LISTS, type Scene } from "./scene.ts";

export const badDay: Scene = async ({ mirror }, camera) => {
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
  // As a pause writes it in life.
  await mirror.query(
    `INSERT INTO sync_acts (shop_id, at, actor, act, count, detail)
     SELECT shop_id, held_at, held_by, 'queue_paused', 1, '{"queue":"runs"}' FROM sync_holds`,
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

export const shopifyAway: Scene = async ({ sandbox, mirror }, camera) => {
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

export const databaseAway: Scene = async ({ shutDatabase, openDatabase }, camera) => {
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
