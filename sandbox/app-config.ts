// Reads an app's shopify.app.toml as Shopify's servers do after `shopify app deploy`: what the app is called, which
// scopes it is installed with and which webhooks it wants in every shop. Knows nothing of any particular app.
import { readFile } from "node:fs/promises";
import { parse } from "smol-toml";
import { z } from "zod";
import { scopesOfTopic } from "./webhooks/topics.ts";

export const COMPLIANCE_TOPICS = ["customers/data_request", "customers/redact", "shop/redact"] as const;

export interface AppSubscription {
  readonly topic: string;
  /** `/relative`, an absolute address, or a Pub/Sub or EventBridge destination. */
  readonly uri: string;
  readonly filter: string | null;
  readonly includeFields: readonly string[];
  readonly name: string | null;
}

export interface AppConfig {
  readonly name: string;
  readonly handle: string;
  readonly clientId: string;
  readonly applicationUrl: string;
  readonly embedded: boolean;
  readonly scopes: readonly string[];
  readonly optionalScopes: readonly string[];
  readonly webhookApiVersion: string;
  readonly subscriptions: readonly AppSubscription[];
}

export class AppConfigError extends Error {
  override name = "AppConfigError";
}

const subscriptionSchema = z.object({
  topics: z.array(z.string()).default([]),
  compliance_topics: z.array(z.enum(COMPLIANCE_TOPICS)).default([]),
  uri: z.string(),
  filter: z.string().nullable().default(null),
  include_fields: z.array(z.string()).default([]),
  name: z.string().min(1).max(50).nullable().default(null),
});

const configSchema = z.object({
  client_id: z.string().default(""),
  name: z.string().max(30),
  handle: z.string().optional(),
  application_url: z.string(),
  embedded: z.boolean(),
  access_scopes: z
    .object({
      scopes: z.string().default(""),
      required_scopes: z.array(z.string()).default([]),
      optional_scopes: z.array(z.string()).default([]),
    })
    .default({ scopes: "", required_scopes: [], optional_scopes: [] }),
  webhooks: z.object({
    api_version: z.string(),
    subscriptions: z.array(subscriptionSchema).default([]),
    privacy_compliance: z
      .object({
        customer_deletion_url: z.string().optional(),
        customer_data_request_url: z.string().optional(),
        shop_deletion_url: z.string().optional(),
      })
      .default({}),
  }),
});

/** Rejects with `AppConfigError` that names file and field. */
export async function readAppConfig(path: string): Promise<AppConfig> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new AppConfigError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  return parseAppConfig(text, path);
}

/** Throws `AppConfigError`. `source` is how messages call the text. */
export function parseAppConfig(text: string, source = "shopify.app.toml"): AppConfig {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw new AppConfigError(`${source}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const result = configSchema.safeParse(raw);
  if (!result.success) throw new AppConfigError(`${source}: ${z.prettifyError(result.error)}`);
  const config = result.data;
  const scopes = splitScopes(config.access_scopes.scopes, config.access_scopes.required_scopes);
  return {
    name: config.name,
    handle: config.handle ?? slug(config.name),
    clientId: config.client_id,
    applicationUrl: config.application_url,
    embedded: config.embedded,
    scopes,
    optionalScopes: config.access_scopes.optional_scopes,
    webhookApiVersion: config.webhooks.api_version,
    subscriptions: readSubscriptions(config.webhooks, scopes, source),
  };
}

/** The rules that `shopify app deploy` enforces on subscriptions. */
function readSubscriptions(
  webhooks: z.infer<typeof configSchema>["webhooks"],
  scopes: readonly string[],
  source: string,
): AppSubscription[] {
  const found: AppSubscription[] = [];
  for (const entry of webhooks.subscriptions) {
    if (entry.topics.length + entry.compliance_topics.length === 0) {
      throw new AppConfigError(
        `${source}: a webhook subscription needs topics or compliance_topics (uri ${entry.uri})`,
      );
    }
    for (const topic of entry.topics) requireScope(topic, scopes, source);
    for (const topic of [...entry.topics, ...entry.compliance_topics]) {
      found.push({
        topic,
        uri: entry.uri,
        filter: entry.filter,
        includeFields: entry.include_fields,
        name: entry.name,
      });
    }
  }
  const privacy = webhooks.privacy_compliance;
  const older: [string, string | undefined][] = [
    ["customers/redact", privacy.customer_deletion_url],
    ["customers/data_request", privacy.customer_data_request_url],
    ["shop/redact", privacy.shop_deletion_url],
  ];
  for (const [topic, uri] of older)
    if (uri) found.push({ topic, uri, filter: null, includeFields: [], name: null });

  const seen = new Set<string>();
  for (const { topic, uri, filter } of found) {
    const once = (COMPLIANCE_TOPICS as readonly string[]).includes(topic)
      ? topic
      : `${topic}\n${uri}\n${filter ?? ""}`;
    if (seen.has(once))
      throw new AppConfigError(`${source}: ${topic} is subscribed to twice with the same uri and filter`);
    seen.add(once);
  }
  return found;
}

/** The right to write includes the right to read. */
function requireScope(topic: string, scopes: readonly string[], source: string): void {
  const needed = scopesOfTopic(topic);
  if (!needed) throw new AppConfigError(`${source}: there is no webhook topic ${topic}`);
  const isAsked = needed.some(
    (one) => scopes.includes(one) || scopes.includes(one.replace(/^read_/, "write_")),
  );
  if (needed.length > 0 && !isAsked)
    throw new AppConfigError(`${source}: Missing scope for webhook topic: ${topic} (${needed.join(" or ")})`);
}

function splitScopes(list: string, required: readonly string[]): string[] {
  const all = [...list.split(","), ...required].map((scope) => scope.trim());
  return [...new Set(all.filter((scope) => scope !== ""))];
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
