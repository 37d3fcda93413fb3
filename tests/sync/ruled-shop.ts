// A shop with sync rules, and a store behind it whose news can be heard or missed: what tests of rules have in common.
// Import it dynamically, after useDatabase().
import { createHash } from "node:crypto";
import { pool } from "#app/db.server.ts";
import { scopes } from "#app/resources/index.ts";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { CONFIRMED_AT_ONCE } from "#app/sync/confirm-rows.ts";
import { confirm } from "#app/sync/confirm.ts";
import { drain, receive } from "#app/sync/inbox.ts";
import { saveRules } from "#app/sync/rules-change.ts";
import { rulesFrom } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { readRun } from "#app/sync/runs.ts";
import { stepRun } from "#app/sync/schedule.ts";
import { keepRules, upkeepShop } from "#app/sync/upkeep.ts";
import { bodyOf } from "#sandbox/webhooks/bodies/body.ts";
import { print } from "#sandbox/webhooks/bodies/json.ts";
import { openShop, type Shop } from "#tests/sandbox/api-shop.ts";
import type { DomainEvent } from "#sandbox/store/events.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Saved } from "#app/sync/rules-change.ts";
import type { ResourceRule, Rules } from "#app/sync/rules.ts";
import type { Run } from "#app/sync/runs.ts";

const STEPS_MAX = 300;
/** Longer than a "no" of Shopify's search waits to be asked again. */
const SECOND_LOOK_MS = 61_000;

export type Wanted = Partial<Omit<Rules, "resources">> & {
  readonly resources?: { readonly [name in ResourceName]?: Partial<ResourceRule> };
};

export interface RuledShop extends Pick<Shop, "store" | "clock"> {
  readonly id: number;
  readonly domain: string;
  readonly client: Client;
  readonly sandbox: Shop;
  /** Documents, in order. */
  readonly asked: { document: string; variables: unknown }[];
  now(): Date;
  save(wanted: Wanted): Promise<Saved>;
  /** Every run that waits for a step, to its end. */
  finishRuns(): Promise<Run[]>;
  finish(run: { id: bigint }): Promise<Run>;
  /** Removes and empties what the rules do not want any more. */
  upkeep(): Promise<void>;
  /** Store's news since the last time arrives, and is confirmed: once, or until nothing waits. */
  hear(times?: 1 | 2): Promise<void>;
  /** Store's news since the last time is lost. */
  miss(): void;
  keys(table: string): Promise<string[]>;
}

let number = 0;

export async function openRuledShop(sizes: { orders: number; products: number }): Promise<RuledShop> {
  const sandbox = openShop({
    sizes,
    scopes: [...scopes(), "read_all_orders"],
    api: { bulkObjectsPerSecond: 1_000_000 },
  });
  sandbox.turn({ plan: "enterprise" });
  // Rows are queued by the database's clock.
  sandbox.clock.set(new Date());
  number += 1;
  const domain = `ruled-${number}.myshopify.com`;
  const { rows } = await pool.query<{ id: number }>("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [
    domain,
  ]);
  let news: DomainEvent[] = [];
  sandbox.store.on("event", (event) => void news.push(event));
  const now = () => new Date(Math.max(sandbox.clock.now().getTime(), Date.now()) + 1);
  const signal = new AbortController().signal;
  const confirmAll = async () => {
    while ((await confirm(shop.id, { client: shop.client, signal, now })).taken === CONFIRMED_AT_ONCE);
  };

  const shop: RuledShop = {
    id: rows[0]!.id,
    domain,
    store: sandbox.store,
    clock: sandbox.clock,
    sandbox,
    asked: [],
    now,
    client: createClient({
      shop: "counterfoil-sandbox.myshopify.com",
      accessToken: () => sandbox.token(),
      budget: createBudget(),
      fetch: async (url, init) => {
        const request = new Request(String(url), init);
        if (!request.url.includes("myshopify.com")) return (await sandbox.api.serveFile(request))!;
        const { query, variables } = JSON.parse(await request.clone().text()) as Record<string, unknown>;
        shop.asked.push({ document: String(query), variables });
        return sandbox.api.handle(request);
      },
    }),
    async save(wanted) {
      const rules = await readRules(shop.id);
      const resources = Object.fromEntries(
        Object.entries(rules.resources).map(([name, rule]) => [
          name,
          { ...rule, ...wanted.resources?.[name as ResourceName] },
        ]),
      );
      const next = rulesFrom({ ...rules, ...wanted, resources });
      return saveRules(shop.id, rules.version, next, "user:7", now());
    },
    async finish(run) {
      const context = { clientFor: async () => shop.client, signal, now };
      for (let count = 0; count < STEPS_MAX; count += 1) {
        const next = await stepRun(run.id, context);
        if (!next) return (await readRun(run.id))!;
        if (next > now()) sandbox.clock.set(next);
      }
      throw new Error(`the run did not end: ${JSON.stringify((await readRun(run.id))!.progress)}`);
    },
    async finishRuns() {
      const ended: Run[] = [];
      const { rows: open } = await pool.query<{ id: string }>(
        "SELECT id FROM sync_runs WHERE shop_id = $1 AND state IN ('queued', 'running') ORDER BY id",
        [shop.id],
      );
      for (const { id } of open) ended.push(await shop.finish({ id: BigInt(id) }));
      return ended;
    },
    async upkeep() {
      const context = { clientFor: async () => shop.client, signal, now };
      await keepRules(shop.id, context);
      await upkeepShop(shop.id, context);
    },
    async hear(times = 2) {
      const told = news;
      news = [];
      for (const event of told) await receive(envelopeOf(sandbox, domain, event));
      for (let look = 0; look < times; look += 1) {
        while ((await drain({}, now())).taken > 0);
        await confirmAll();
        if (look + 1 < times) sandbox.clock.set(new Date(now().getTime() + SECOND_LOOK_MS));
      }
    },
    miss() {
      news = [];
    },
    async keys(table) {
      const found = await pool.query<{ id: string }>(
        `SELECT id FROM ${table} WHERE shop_id = $1 ORDER BY id::text`,
        [shop.id],
      );
      return found.rows.map(({ id }) => id);
    },
  };
  return shop;
}

function envelopeOf({ store }: Shop, shopDomain: string, event: DomainEvent) {
  const { topic, eventId, triggeredAt, recordId } = event;
  const webhookId = createHash("sha256").update(`${eventId}/${topic}/${recordId}`).digest("hex");
  const body = Buffer.from(print(bodyOf(store, event)));
  return { shopDomain, webhookId, eventId, topic, apiVersion: "2026-10", triggeredAt, body };
}

/** Every value of every table that holds rows of the shop, stored webhooks included, as one text. */
export async function everythingOf({ id, domain }: RuledShop): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = current_schema() AND column_name = 'shop_id'`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(
      `SELECT t::text AS row FROM ${name} t WHERE shop_id = $1`,
      [id],
    );
    parts.push(...rows.map(({ row }) => row));
  }
  const { rows: bodies } = await pool.query<{ body: Buffer; detail: string | null }>(
    "SELECT body, detail FROM sync_deliveries WHERE shop_domain = $1",
    [domain],
  );
  parts.push(...bodies.map(({ body, detail }) => `${body.toString("utf8")} ${detail ?? ""}`));
  return parts.join("\n");
}
