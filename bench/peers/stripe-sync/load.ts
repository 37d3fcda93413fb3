// The bulk upsert of npm's @supabase/stripe-sync-engine: charges as large as our orders, the order itself their metadata.
//   node bench/peers/stripe-sync/load.ts FILE ORDERS      (DATABASE_URL)   prints { "seconds": …, "records": … }
import { createRequire } from "node:module";
import { nodesIn } from "../../order-files.ts";

interface Engine {
  upsertCharges(charges: readonly object[]): Promise<unknown>;
  readonly postgresClient: { readonly pool: { end(): Promise<void> } };
}

interface Library {
  readonly StripeSync: new (config: object) => Engine;
  runMigrations(config: object): Promise<void>;
}

/** As Stripe's own lists are paged. */
const PAGE = 100;
const [file = "", orders = "0"] = process.argv.slice(2);
const databaseUrl = process.env.DATABASE_URL!;
// The package's ES build cannot find its migrations.
const { StripeSync, runMigrations } = createRequire(import.meta.url)(
  "@supabase/stripe-sync-engine",
) as Library;

await runMigrations({ databaseUrl, schema: "stripe" });
const engine = new StripeSync({
  schema: "stripe",
  stripeSecretKey: "sk_test_bench",
  stripeWebhookSecret: "whsec_bench",
  poolConfig: { connectionString: databaseUrl, max: 10 },
});
const charges = (await nodesIn(file, Number(orders))).map((order, index) => ({
  ...{ id: `ch_${order.id.slice(order.id.lastIndexOf("/") + 1)}`, object: "charge", amount: 1_000 + index },
  ...{ currency: "usd", created: 1_790_000_000 + index, paid: true, captured: true, status: "succeeded" },
  ...{ refunded: false, livemode: false, amount_refunded: 0, customer: null, invoice: null },
  ...{ refunds: { object: "list", data: [], has_more: false }, metadata: order },
}));
await engine.upsertCharges(charges.slice(0, PAGE));
const startedAt = performance.now();
for (let at = PAGE; at < charges.length; at += PAGE) await engine.upsertCharges(charges.slice(at, at + PAGE));
console.log(
  JSON.stringify({ seconds: (performance.now() - startedAt) / 1_000, records: charges.length - PAGE }),
);
await engine.postgresClient.pool.end();
