// The watch: subscriptions that are wrong are repaired or explained. Silences are in watch-silence.test.ts.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMPLIANCE_TOPICS, topics } from "#app/resources/index.ts";
import { faultsOf } from "#app/shopify/subscription-faults.ts";
import { topicInEnum, type Subscription } from "#app/shopify/subscriptions.ts";
import { API_VERSION } from "#app/shopify/version.ts";
import { useDatabase } from "#tests/database.ts";
import type { Client } from "#app/shopify/client.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { watchSubscriptions } = await import("#app/sync/watch-subscriptions.ts");

const SHOP = "test-shop.myshopify.com";
const HERE = "https://counterfoil.test/webhooks";
let shopId: number;

beforeEach(async () => {
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [SHOP]);
  shopId = rows[0].id;
});
afterEach(async () => {
  await pool.query("TRUNCATE shops, sync_acts, sync_deliveries, sync_topics");
});

const acts = async () =>
  (await pool.query("SELECT actor, act, count, detail FROM sync_acts ORDER BY id")).rows;

let ids = 0;
const subscription = (topic: string, given: Partial<Subscription> = {}): Subscription => ({
  id: `gid://shopify/WebhookSubscription/${(ids += 1)}`,
  topic: topicInEnum(topic),
  uri: HERE,
  filter: null,
  format: "JSON",
  includeFields: [],
  createdAt: `2026-11-01T00:00:${String(ids % 60).padStart(2, "0")}Z`,
  apiVersion: { handle: API_VERSION },
  ...given,
});

/** Shopify's subscriptions, as its API lists and changes them. */
function standIn(
  found: Subscription[],
  refuse?: string,
  isRefused: (variables: Record<string, unknown>) => boolean = () => true,
): { client: Client; sent: Record<string, unknown>[] } {
  const sent: Record<string, unknown>[] = [];
  const client = {
    async query(document: string, variables: Record<string, unknown>) {
      if (document.includes("query WebhookSubscriptions"))
        return {
          data: {
            webhookSubscriptions: { nodes: found, pageInfo: { hasNextPage: false, endCursor: null } },
          },
        };
      const verb = /mutation WebhookSubscription(\w+)/.exec(document)![1]!;
      sent.push({ verb, ...variables });
      return {
        data: { payload: { userErrors: refuse && isRefused(variables) ? [{ message: refuse }] : [] } },
      };
    },
  } as unknown as Client;
  return { client, sent };
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** One change of an order, delivered by two subscriptions that ask for different fields. */
const arriveTwice = (topic: string, minutes = -1) =>
  pool.query(
    `INSERT INTO sync_deliveries
       (shop_domain, webhook_id, event_id, topic, body, state, resource, record_key, triggered_at, received_at)
     SELECT $1, gen_random_uuid(), 'twice', $2, convert_to(n::text, 'UTF8'), 'applied', 'orders', '7', at, at
     FROM generate_series(1, 2) n, (SELECT now() + $3::int * interval '1 minute' AS at) t`,
    [SHOP, topic, minutes],
  );

const all = new Set(topics());
const watch = (client: Client, declared: ReadonlySet<string> | null = all) =>
  watchSubscriptions(shopId, { client, declared, address: HERE, now: new Date() });

describe("a subscription", () => {
  it("that is missing is created, and that is recorded", async () => {
    const { client, sent } = standIn([]);
    await watch(client, new Set([...all].filter((topic) => topic !== "orders/create")));
    expect(sent).toEqual([{ verb: "Create", topic: "ORDERS_CREATE", uri: HERE, fields: [] }]);
    expect(await acts()).toEqual([
      {
        actor: "watch",
        act: "subscription_created",
        count: 1,
        detail: { fault: "missing", topic: "orders/create", subscription: null, found: null },
      },
    ]);
  });

  it("that leads elsewhere is led here, or deleted where its news surely comes here anyway", async () => {
    const [needed, doubled] = [
      subscription("orders/create", { uri: "https://old.example/webhooks" }),
      subscription("products/update", { uri: "https://old.example/webhooks" }),
    ];
    await arriveTwice("products/update");
    const { client, sent } = standIn([needed, doubled]);
    await watch(client, new Set([...all].filter((topic) => topic !== "orders/create")));
    expect(sent).toEqual([
      { verb: "Update", id: needed.id, uri: HERE, fields: [] },
      { verb: "Delete", id: doubled.id },
    ]);
  });

  it("that doubles another is deleted, and the oldest stays", async () => {
    const [old, young] = [
      subscription("orders/create", { createdAt: "2026-01-01T00:00:00Z" }),
      subscription("orders/create", { createdAt: "2026-02-01T00:00:00Z" }),
    ];
    const { client, sent } = standIn([young, old]);
    await watch(client, new Set([...all].filter((topic) => topic !== "orders/create")));
    expect(sent).toEqual([{ verb: "Delete", id: young.id }]);
  });

  it("that doubles the TOML's is deleted; where the TOML is not known, nothing is", async () => {
    await arriveTwice("orders/create");
    const { client, sent } = standIn([subscription("orders/create")]);
    const faults = await watch(client, null);
    expect(sent).toEqual([]);
    expect(faults.every(({ code, repair }) => code === "missing_in_toml" && repair === null)).toBe(true);
    await watch(client);
    expect(sent).toMatchObject([{ verb: "Delete" }]);
  });

  it("that the TOML declares, too, is kept until the same news came twice: it may be the only one", async () => {
    const made = subscription("orders/create");
    const { client, sent } = standIn([made]);
    // News that came once says nothing of the TOML's.
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, event_id, topic, body, state, resource, record_key, triggered_at)
       VALUES ($1, 'one', 'event', 'orders/create', '{}', 'applied', 'orders', '1', now()),
              ($1, 'two', 'event', 'orders/create', '{}', 'applied', 'orders', '2', now()),
              ($1, 'three', 'event', 'orders/updated', '{}', 'applied', 'orders', '1', now())`,
      [SHOP],
    );
    const faults = await watch(client);
    expect(faults).toEqual([
      { code: "kept", topic: "orders/create", id: made.id, found: HERE, repair: null },
    ]);
    expect([sent, await acts()]).toEqual([[], []]);
    await arriveTwice("orders/create");
    expect(await watch(client)).toMatchObject([{ code: "duplicate" }]);
    expect(sent).toEqual([{ verb: "Delete", id: made.id }]);
  });

  it.each([
    ["before it was made", { minutes: -10 * 1_440, act: null }],
    ["more than a day ago", { minutes: -1_500, act: null }],
    ["before its subscriptions were last changed", { minutes: -10, act: "subscription_deleted" }],
  ])("is not proven a second one by what came twice %s", async (_when, { minutes, act }) => {
    const { client, sent } = standIn([subscription("orders/create", { createdAt: daysAgo(5) })]);
    await arriveTwice("orders/create", minutes);
    if (act) {
      await pool.query(
        "INSERT INTO sync_acts (shop_id, at, actor, act, count, detail) VALUES ($1, now(), 'watch', $2, 1, $3)",
        [shopId, act, { topic: "orders/create" }],
      );
    }
    expect(await watch(client)).toMatchObject([{ code: "kept" }]);
    expect(sent).toEqual([]);
  });

  it("is not proven a second one of the TOML's where two were made through the API: one of those goes", async () => {
    const [old, young] = [
      subscription("orders/create", { createdAt: daysAgo(6) }),
      subscription("orders/create", { createdAt: daysAgo(5) }),
    ];
    await arriveTwice("orders/create");
    const { client, sent } = standIn([young, old]);
    const faults = await watch(client);
    expect(faults.map(({ code, id }) => [code, id])).toEqual([
      ["kept", old.id],
      ["duplicate", young.id],
    ]);
    expect(sent).toEqual([{ verb: "Delete", id: young.id }]);
  });

  it("that only a deploy can mend is explained and left alone", async () => {
    const found = [
      subscription("orders/create", { apiVersion: { handle: "unstable" } }),
      subscription("products/update", { uri: "pubsub://project:topic" }),
    ];
    const declared = new Set(
      [...all].filter((topic) => topic !== "orders/create" && topic !== "shop/redact"),
    );
    const { client, sent } = standIn(found);
    const faults = await watch(client, declared);
    expect(sent).toEqual([]);
    expect(faults.map(({ code, topic }) => [code, topic]).sort()).toEqual([
      ["elsewhere", "products/update"],
      ["missing_in_toml", "shop/redact"],
      ["outdated", "orders/create"],
    ]);
  });

  it("that is right, as all of them usually are, costs nothing and writes nothing", async () => {
    const { client, sent } = standIn([]);
    expect(await watch(client)).toEqual([]);
    expect(sent).toEqual([]);
    expect(await acts()).toEqual([]);
  });

  it("whose repair Shopify refuses does not keep the others, and is recorded once a day", async () => {
    const found = [
      subscription("orders/create", { uri: "https://old.example/a" }),
      subscription("products/update", { uri: "https://old.example/b" }),
    ];
    const { client, sent } = standIn(found, "Address is invalid");
    await watch(client);
    await watch(client);
    expect(sent).toHaveLength(4);
    expect((await acts()).map(({ act, detail }) => [act, detail.topic, detail.refusal])).toEqual([
      ["repair_refused", "orders/create", "Address is invalid"],
      ["repair_refused", "products/update", "Address is invalid"],
    ]);
  });

  it("whose fields Shopify refuses is made with all of them, for no news would be worse", async () => {
    await pool.query("UPDATE shops SET settings = $2 WHERE id = $1", [
      shopId,
      { rules: { isPersonalOut: true } },
    ]);
    const { client, sent } = standIn(
      [],
      "Fields are invalid",
      ({ fields }) => (fields as string[]).length > 0,
    );
    await watch(client, new Set([...all].filter((topic) => topic !== "customers/update")));
    expect(sent.map(({ verb, topic, fields }) => [verb, topic, (fields as string[]).length > 0])).toEqual([
      ["Create", "CUSTOMERS_UPDATE", true],
      ["Create", "CUSTOMERS_UPDATE", false],
    ]);
    expect((await acts()).map(({ act }) => act)).toEqual(["subscription_created"]);
  });

  it("that nothing reads is removed where it leads here, under its own name where it ever came", async () => {
    const [carts, checkouts, other] = [
      subscription("carts/update"),
      subscription("checkouts/create"),
      subscription("themes/publish", { uri: "pubsub://project:topic" }),
    ];
    await pool.query("INSERT INTO sync_topics VALUES ($1, 'carts/update', now(), now())", [shopId]);
    const { client, sent } = standIn([carts, checkouts, other]);
    const faults = await watch(client);
    expect(faults.map(({ code, topic }) => [code, topic])).toEqual([
      ["not_needed", "carts/update"],
      ["not_needed", "CHECKOUTS_CREATE"],
      ["elsewhere", "THEMES_PUBLISH"],
    ]);
    expect(sent).toEqual([
      { verb: "Delete", id: carts.id },
      { verb: "Delete", id: checkouts.id },
    ]);
    expect((await acts()).map(({ act, detail }) => [act, detail.topic])).toEqual([
      ["subscription_deleted", "carts/update"],
      ["subscription_deleted", "CHECKOUTS_CREATE"],
    ]);
  });

  it("in XML is switched to JSON", () => {
    const xml = subscription("orders/create", { format: "XML" });
    const wanted = {
      needed: ["orders/create"],
      declared: new Set<string>(),
      proven: new Set<string>(),
      off: [],
      heard: [],
      address: HERE,
      fieldsOf: () => null,
    };
    expect(faultsOf([xml], { ...wanted, complianceTopics: COMPLIANCE_TOPICS })).toMatchObject([
      { code: "wrong_format", found: "XML", repair: { change: "update", id: xml.id, uri: HERE } },
    ]);
  });
});
