// Holds a life against the rules. Some are watched while it goes on, the others asked at its end.
import type pg from "pg";
import { resources } from "#app/resources/index.ts";
import { differences } from "#tests/oracle.ts";
import type { Store } from "#sandbox/store/store.ts";
import type { Courier } from "./courier.ts";
import { execute, type Result } from "./postgres.ts";

const ROOTS = [
  "orders",
  "fulfillment_orders",
  "customers",
  "products",
  "collections",
  "inventory_items",
  "inventory_levels",
  "locations",
] as const;

/** The store's table of a resource whose runs are held to what they had to read. */
const IN_STORE = {
  orders: "orders",
  customers: "customers",
  products: "products",
  collections: "collections",
  inventory_items: "inventoryItems",
  locations: "locations",
} as const;

interface EndedRun {
  readonly resource: string;
  readonly kind: string;
  readonly state: string;
  readonly started_at: Date;
  /** Of a catch-up, its window. */
  readonly since: string | null;
  readonly until: string | null;
}

const READ_ENDED = `
  SELECT resource, kind, state, started_at, request->>'since' AS since, progress->'ground'->>'until' AS until
  FROM sync_runs WHERE id = $1`;

export class Audit {
  readonly failures: string[] = [];
  readonly #store: Store;
  readonly #shopId: number;

  constructor(store: Store, shopId: number) {
    this.#store = store;
    this.#shopId = shopId;
  }

  /** Rules that a statement of the app can break: I1 (outside apply's lock) and I2 (an older version over a newer one). */
  static async watch(): Promise<void> {
    await execute("CREATE TABLE IF NOT EXISTS public.watched (what text NOT NULL)");
    for (const table of ROOTS) {
      await execute(`CREATE OR REPLACE FUNCTION watch_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.shop_id <> OLD.shop_id THEN
            INSERT INTO watched VALUES ('I9: a row of ${table} changed its shop');
          ELSIF NEW.updated_at < OLD.updated_at
             OR (NEW.updated_at = OLD.updated_at AND NEW.observed_at < OLD.observed_at) THEN
            INSERT INTO watched VALUES ('I2: ${table} ' || OLD.gid || ' went back from ' || OLD.updated_at || ' to '
              || NEW.updated_at);
          END IF;
          RETURN NEW;
        END $$`);
      await execute(
        `CREATE OR REPLACE TRIGGER watch BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION watch_${table}()`,
      );
    }
  }

  /**
   * I10, at the moment at which a run ends verified: whatever it had to see is there, and was read since the run began, whatever
   * webhooks have told meanwhile.
   */
  async checkEnded(runId: bigint): Promise<void> {
    const { rows } = await execute<EndedRun>(READ_ENDED, [String(runId)]);
    const run = rows[0];
    if (run?.state !== "verified" || !Object.hasOwn(IN_STORE, run.resource)) return;
    const wanted = this.#wantedOf(run);
    if (wanted.length === 0) return;
    // Bulk operations are dated by whole seconds.
    const seen = await execute<{ id: string }>(
      `SELECT id FROM ${run.resource} WHERE shop_id = $1 AND seen_at >= date_trunc('second', $2::timestamptz)`,
      [this.#shopId, run.started_at],
    );
    const ids = new Set(seen.rows.map(({ id }) => id));
    for (const id of wanted) {
      if (!ids.has(id)) this.failures.push(`I10: run ${runId} is verified without ${run.resource} ${id}`);
    }
  }

  #wantedOf({ resource, kind, started_at, since, until }: EndedRun): string[] {
    const records = this.#store.list(IN_STORE[resource as keyof typeof IN_STORE]);
    const ms = (time: string | null) => Date.parse(time ?? "");
    if (kind === "backfill")
      return records.filter(({ createdAt }) => ms(createdAt) < +started_at).map(({ id }) => id);
    if (kind !== "catch_up") return [];
    // What changed since has left the window.
    return records
      .filter(({ updatedAt }) => ms(updatedAt) >= ms(since) && ms(updatedAt) < ms(until))
      .map(({ id }) => id);
  }

  /** Mirror = store, field by field. */
  async compare(when: string, isUntold: (difference: string) => boolean = () => false): Promise<void> {
    const found = (await differences(POOL, this.#store)).filter((difference) => !isUntold(difference));
    this.failures.push(...found.map((difference) => `${when}: ${difference}`));
  }

  /** What holds whenever nothing is left to do. */
  async checkRules(courier: Courier, bystander: string): Promise<void> {
    await this.#expectNone("", "SELECT what FROM watched");
    await this.#expectNone(
      "I6: a delivery is neither settled nor explained: ",
      `SELECT topic || ' ' || webhook_id || ' ' || state || ' ' || coalesce(reason, '') || ' ' || coalesce(detail, '')
       FROM sync_deliveries WHERE state IN ('received', 'parked')`,
    );
    await this.#expectNone(
      "I7: more than one run is active: ",
      `SELECT resource || ' ' || kind FROM sync_runs WHERE state IN ('queued', 'running', 'paused')
       GROUP BY shop_id, resource, kind HAVING count(*) > 1`,
    );
    const stored = await execute<{ webhook_id: string }>("SELECT webhook_id FROM sync_deliveries");
    const ids = new Set(stored.rows.map((row) => row.webhook_id));
    for (const id of courier.answered)
      if (!ids.has(id)) this.failures.push(`I5: ${id} was answered and is not stored`);
    for (const { name, model } of resources) {
      const table = ROOTS.find((root) => root === name);
      if (!table) continue;
      await this.#expectNone(
        `the counter of ${model} is wrong: `,
        `SELECT mirrored || ', ' || there FROM sync_resources,
           (SELECT count(*) AS there FROM ${table} WHERE shop_id = $1) AS counted
         WHERE shop_id = $1 AND resource = $2 AND mirrored <> there`,
        [this.#shopId, name],
      );
    }
    if ((await digestOf(this.#shopId)) !== bystander)
      this.failures.push("I9: another shop's rows have changed");
  }

  async #expectNone(words: string, text: string, values: readonly unknown[] = []): Promise<void> {
    const { rows } = await execute<Record<string, string>>(text, values);
    this.failures.push(...rows.map((row) => words + Object.values(row).join(" ")));
  }

  /** I8, after Shopify has ordered the erasure. */
  async checkErased(): Promise<void> {
    const { rows } = await execute<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'shop_id' ORDER BY 1`,
    );
    const counts = rows.map(
      ({ name }) => `SELECT '${name}' AS name, count(*) AS rest FROM "${name}" WHERE shop_id = $1`,
    );
    await this.#expectNone(
      "I8: rows are left in ",
      `SELECT name, rest FROM (${counts.join(" UNION ALL ")}) AS t WHERE rest > 0`,
      [this.#shopId],
    );
  }
}

/** Everything that belongs to other shops than this one, as one text. */
export async function digestOf(shopId: number): Promise<string> {
  const parts = [...ROOTS, "sync_resources", "sync_runs"].map(
    (table) => `SELECT '${table}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest
                FROM ${table} AS t WHERE shop_id <> $1`,
  );
  const { rows } = await execute<{ name: string; digest: string | null }>(parts.join(" UNION ALL "), [
    shopId,
  ]);
  return rows.map(({ name, digest }) => `${name} ${digest}`).join("\n");
}

/** The oracle asks a pool; it gets one that nothing interferes with, and that shows the living shop's rows alone. */
const POOL = {
  query: (text: string): Promise<Result> => execute(`${text} WHERE shop_id = 1`),
} as unknown as pg.Pool;
