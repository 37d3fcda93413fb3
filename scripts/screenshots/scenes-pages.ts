// Pages in the states that a person brings about: runs, forms, records, editions, settings.
import { deleteProduct, setMetafield, updateOrder } from "../../sandbox/store/acts.ts";
import { paintLongRun } from "./past.ts";
import { idOf, LISTS, type Scene } from "./scene.ts";
import { until } from "./until.ts";

export const runs: Scene = async ({ mirror }, camera) => {
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
export const wipeRuns: Scene = async ({ mirror }) => {
  await mirror.query("DELETE FROM sync_runs WHERE started_by = 'user:88112047' OR phases = '{}'");
};

export const form: Scene = async ({ mirror }, camera) => {
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

export const records: Scene = async ({ sandbox: { store }, mirror }, camera) => {
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
    until: (app) => app.getByText("Late news of it cannot bring it back").waitFor(),
  });
  await camera.take({
    name: "record-missing",
    path: "/app/records/orders/77",
    until: (app) => app.getByText("Neither the mirror nor Shopify has this record").waitFor(),
  });
};

export const editions: Scene = async ({ sandbox: { store }, mirror }, camera) => {
  const rows = await mirror.query<{ id: string; owner_id: string }>(
    `SELECT e.id, e.owner_id FROM editions e JOIN edition_units u ON u.edition_id = e.id AND u.shop_id = e.shop_id
     WHERE text_type = 'single_line_text_field' GROUP BY 1, 2 ORDER BY count(*) DESC`,
  );
  const [most, second] = rows.rows;
  if (!most || !second) throw new Error("the store has no sold editions");
  await camera.take({
    name: "editions-sorted",
    path: "/app/editions?sort=remaining-asc",
    until: async (app) => {
      await app.getByRole("button", { name: "Sort: Remaining · Lowest first" }).click();
      await app.getByRole("radio", { name: "Remaining" }).waitFor();
    },
  });
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

export const settings: Scene = async (_stage, camera) => {
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
