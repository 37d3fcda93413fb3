// The process's settings, read once and checked whole: a process with a missing or senseless variable refuses to start
// and names every one of them. Nobody else reads process.env.
import { z } from "zod";

const PORT_MAX = 65_535;
const TOKEN_KEY_BYTES = 32;

const text = z.string().trim().min(1);

const schema = z.object({
  DATABASE_URL: text.regex(/^postgres(ql)?:\/\//, "must begin with postgresql://"),
  SHOPIFY_API_KEY: text,
  SHOPIFY_API_SECRET: text,
  /** The secret before a rotation: webhooks signed with it are still accepted. */
  SHOPIFY_API_SECRET_PREVIOUS: text.optional(),
  SHOPIFY_APP_URL: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }),
  /** Comma-separated. Without it, the resource registry says what is needed. */
  SCOPES: text.optional(),
  /** 32 bytes in base64 or hex; encrypts access tokens at rest. */
  TOKEN_KEY: z.string().refine(isKey, "must be 32 bytes in base64 or hex").optional(),
  PORT: z.coerce.number().int().min(0).max(PORT_MAX).default(3000),
  WORKER: z.enum(["inline", "off"]).default("inline"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Between two full syncs of one resource that people or apps ask for. */
  SYNC_MIN_INTERVAL_SECONDS: z.coerce.number().int().min(0).max(86_400).default(300),
  /** Between two looks for changes that no webhook told of. Lower is sooner; nobody waits longer than by default. */
  CATCH_UP_SECONDS: z.coerce.number().int().min(10).max(300).default(300),
  /** Where the operator wants to hear of alerts. */
  ALERT_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }).optional(),
  /** Signs what is sent there. */
  ALERT_WEBHOOK_SECRET: text.optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
});

export type Env = Readonly<z.infer<typeof schema>>;

/** Its message is for the person who starts the process and says all there is to say. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

/** @throws EnvironmentError with one line per variable that is missing or wrong; values are never shown, they may be secrets. */
export function readEnv(source: Readonly<Record<string, string | undefined>>): Env {
  // An empty variable is how shells and compose files say "unset".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return given[name] === undefined ? `  ${name} is missing` : `  ${name} ${message}`;
  });
  throw new EnvironmentError(
    `Counterfoil cannot start: the environment is incomplete.\n${[...new Set(lines)].join("\n")}`,
  );
}

function isKey(value: string): boolean {
  if (/^[0-9a-f]{64}$/i.test(value)) return true;
  return /^[A-Za-z0-9+/]+=*$/.test(value) && Buffer.from(value, "base64").length === TOKEN_KEY_BYTES;
}

export const env: Env = readEnv(process.env);
