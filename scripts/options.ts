// The options of `npm start`, checked before anything is started.
import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { ROOT } from "./prepare.ts";

export const HELP = `npm start -- [options]

Brings up a Shopify store on this machine with Counterfoil embedded in it.

The store
  --seed NAME           same seed, same history             (default: counterfoil)
  --orders N            orders in the seeded history        (default: 2000)
  --products N          products in the seeded history      (default: 300)
  --traffic N           live orders a minute                (default: 6; 0 for none)
  --plan NAME           standard, advanced, plus, enterprise: size of the API budget (default: standard)
  --chaos NAME          off, light, heavy: lost, doubled, late webhooks and failing calls (default: off)
  --recent-only         without Shopify's approval to read orders older than 60 days (read_all_orders)
  --reset               begin again: the store's history anew, and an empty mirror

This machine
  --port N              the store's admin                   (default: 4000, or the next free one)
  --proxy-port N        the app's public address            (default: 4001, or the next free one)
  --app-port N          the app itself                      (default: 4002, or the next free one)
  --database-port N     the embedded PostgreSQL             (default: 4003, or the next free one)
  --data DIR            where all data is kept              (default: .data)

With DATABASE_URL set, that PostgreSQL (14 or newer) is used instead of the embedded one.`;

const SPECIFICATION = {
  help: { type: "boolean", short: "h" },
  seed: { type: "string" },
  orders: { type: "string" },
  products: { type: "string" },
  traffic: { type: "string" },
  plan: { type: "string" },
  chaos: { type: "string" },
  "recent-only": { type: "boolean" },
  reset: { type: "boolean" },
  port: { type: "string" },
  "proxy-port": { type: "string" },
  "app-port": { type: "string" },
  "database-port": { type: "string" },
  data: { type: "string" },
} as const;

const PLANS = ["standard", "advanced", "plus", "enterprise"];
const CHAOS = ["off", "light", "heavy"];

/** Ends the process with a sentence when an option makes no sense. */
export function parseOptions(args: string[]) {
  const values = readValues(args);
  return {
    help: values.help ?? false,
    reset: values.reset ?? false,
    recentOnly: values["recent-only"] ?? false,
    data: resolve(ROOT, values.data ?? ".data"),
    seed: values.seed,
    orders: wholeNumber(values.orders, "--orders", 200_000),
    products: wholeNumber(values.products, "--products", 20_000),
    traffic: wholeNumber(values.traffic ?? "6", "--traffic", 60_000),
    plan: oneOf(values.plan, "--plan", PLANS),
    chaos: oneOf(values.chaos, "--chaos", CHAOS),
    port: portNumber(values.port, "--port"),
    proxyPort: portNumber(values["proxy-port"], "--proxy-port"),
    appPort: portNumber(values["app-port"], "--app-port"),
    databasePort: portNumber(values["database-port"], "--database-port"),
    apiKey: process.env.SHOPIFY_API_KEY ?? "sandbox-api-key",
    apiSecret: process.env.SHOPIFY_API_SECRET ?? "sandbox-api-secret",
  };
}

function readValues(args: string[]) {
  try {
    return parseArgs({ args, options: SPECIFICATION }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(text: string | undefined, name: string, max: number): string | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) > max)
    return refuse(`${name} takes a whole number up to ${max}, not "${text}".`);
  return text;
}

function portNumber(text: string | undefined, name: string): number | undefined {
  const number = wholeNumber(text, name, 65_535);
  return number === undefined ? undefined : Number(number);
}

function oneOf(text: string | undefined, name: string, names: readonly string[]): string | undefined {
  if (text === undefined || names.includes(text)) return text;
  return refuse(`${name} is one of ${names.join(", ")}, not "${text}".`);
}

function refuse(sentence: string): never {
  console.error(`${sentence}\nSee: npm start -- --help`);
  process.exit(2);
}
