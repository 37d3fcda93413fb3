// The sandbox's command line: reads options, starts the store, says in one line of JSON where it listens, and ends
// cleanly when told to.
import { parseArgs } from "node:util";
import { AppConfigError } from "./app-config.ts";
import { CHAOS, PLANS, type ChaosLevel, type PlanName } from "./dials.ts";
import { PortTaken } from "./http/listen.ts";
import { SANDBOX_DEFAULTS, startSandbox, type SandboxOptions } from "./sandbox.ts";
import { JournalError } from "./store/journal.ts";

const HELP = `A Shopify store on your machine.

node sandbox/main.ts [options]

  --port N           the store: admin, Admin API, App Bridge           (${SANDBOX_DEFAULTS.port})
  --proxy-port N     the app as the browser reaches it                 (${SANDBOX_DEFAULTS.proxyPort})
  --host ADDRESS     listen here, not only on this machine             (${SANDBOX_DEFAULTS.host})
  --app-url URL      where the app listens                             (${SANDBOX_DEFAULTS.appUrl})
  --app-toml FILE    the app's configuration                           (${SANDBOX_DEFAULTS.appToml})
  --api-key KEY      the app's client id                               (${SANDBOX_DEFAULTS.apiKey})
  --api-secret KEY   the app's client secret                           (${SANDBOX_DEFAULTS.apiSecret})
  --shop DOMAIN      the store's name                                  (${SANDBOX_DEFAULTS.shop})
  --data DIR         keep the store here between starts                (in memory)
  --seed TEXT        the same seed gives the same store                (counterfoil)
  --orders N         orders in its history                             (2000)
  --products N       products in its history                           (300)
  --traffic N        orders placed per minute                          (0)
  --plan NAME        ${PLANS.join(", ")}: the API's budget
  --chaos LEVEL      ${Object.keys(CHAOS).join(", ")}: how badly webhooks and API behave
  --scopes LIST      access scopes, instead of those in the TOML
  --time-scale N     how much faster than Shopify's webhooks are retried  (1)
  --reset            forget what --data holds and begin anew
  --help             this text

Start the app with  --import <path to>/sandbox/redirect.ts  and SANDBOX_URL, and give it the proxy as its URL.
`;

/** Exit code for what the caller can put right: options, ports, files. */
const EXIT_MISUSE = 2;

class OptionError extends Error {
  override name = "OptionError";
}

function readOptions(args: string[]): Partial<SandboxOptions> | null {
  const text = { type: "string" } as const;
  const { values } = parse(() =>
    parseArgs({
      args,
      options: {
        ...{
          port: text,
          host: text,
          "proxy-port": text,
          "app-url": text,
          "app-toml": text,
          "api-key": text,
          "api-secret": text,
        },
        ...{ shop: text, data: text, seed: text, orders: text, products: text, traffic: text, plan: text },
        ...{ chaos: text, scopes: text, "time-scale": text },
        reset: { type: "boolean" },
        help: { type: "boolean" },
      },
    }),
  );
  if (values.help) return null;
  const options: Partial<SandboxOptions> = {
    port: wholeNumber(values.port, "--port", 65_535),
    proxyPort: wholeNumber(values["proxy-port"], "--proxy-port", 65_535),
    host: values.host,
    appUrl: url(values["app-url"], "--app-url"),
    appToml: values["app-toml"],
    apiKey: values["api-key"],
    apiSecret: values["api-secret"],
    shop: shopDomain(values.shop),
    data: values.data,
    seed: values.seed,
    orders: wholeNumber(values.orders, "--orders", 200_000),
    products: wholeNumber(values.products, "--products", 20_000),
    traffic: wholeNumber(values.traffic, "--traffic", 6_000),
    plan: oneOf(values.plan, "--plan", PLANS) as PlanName | undefined,
    chaos: oneOf(values.chaos, "--chaos", Object.keys(CHAOS)) as ChaosLevel | undefined,
    scopes: values.scopes?.split(",").map((scope) => scope.trim()),
    timeScale: wholeNumber(values["time-scale"], "--time-scale", 100_000),
    reset: values.reset,
  };
  // What was not given is left to the defaults.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(value: string | undefined, name: string, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value) || Number(value) > max)
    throw new OptionError(`${name} is a whole number up to ${max}, not "${value}"`);
  return Number(value);
}

function oneOf(value: string | undefined, name: string, choices: readonly string[]): string | undefined {
  if (value !== undefined && !choices.includes(value))
    throw new OptionError(`${name} is one of ${choices.join(", ")}, not "${value}"`);
  return value;
}

function url(value: string | undefined, name: string): string | undefined {
  if (value !== undefined && !/^http:\/\//.test(value))
    throw new OptionError(`${name} is an address like http://127.0.0.1:3000, not "${value}"`);
  return value;
}

function shopDomain(value: string | undefined): string | undefined {
  if (value !== undefined && !/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(value)) {
    throw new OptionError(`--shop is a name like my-store.myshopify.com, not "${value}"`);
  }
  return value;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(HELP);
    return;
  }
  const sandbox = await startSandbox(options);
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void sandbox.stop().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // Whoever spawned this process with a channel is gone when the channel breaks.
  if (process.channel) process.on("disconnect", stop);
  process.stdout.write(`${JSON.stringify({ event: "ready", ...sandbox.urls })}\n`);
}

main().catch((error: unknown) => {
  const isMisuse = [OptionError, PortTaken, AppConfigError, JournalError].some(
    (kind) => error instanceof kind,
  );
  console.error(isMisuse ? (error as Error).message : error);
  process.exit(isMisuse ? EXIT_MISUSE : 1);
});
