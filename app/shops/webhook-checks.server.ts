// The settings that Shopify's deliveries depend on: our address, the API version and how long it lasts, the secret that
// Shopify signs with, and the scopes without which Shopify sends no news of a topic. Looks only.
import { pool } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { resources, scopes as neededScopes, topicsOf } from "#app/resources/index.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { readInstallation, type Installation } from "#app/shopify/installation.ts";
import { API_VERSION, supportedUntil } from "#app/shopify/version.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { WEBHOOK_ADDRESS } from "#app/shops/webhook-address.server.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";

export type CheckName = "address_https" | "reachable" | "api_version" | "secrets" | "scopes" | "delivery";

export interface Check {
  readonly name: CheckName;
  /** `unknown`: it could not be found out, which says nothing about the thing itself. */
  readonly result: "ok" | "warning" | "failed" | "unknown";
  /** Particulars: the missing scopes and their topics, the HTTP status. */
  readonly detail: string | null;
  /** Until when the version is supported; when a webhook signed with the secret was last seen. */
  readonly at: Date | null;
}

/** What Shopify said of the installation, or the code of why it did not; and whether that passes. */
export type Asked =
  | { readonly installation: Installation; readonly client: Client }
  | { readonly failed: string; readonly isPassing: boolean };

export async function askInstallation(shopDomain: string): Promise<Asked> {
  try {
    const client = await clientFor(shopDomain);
    return { installation: await readInstallation(client), client };
  } catch (error) {
    const isPassing = error instanceof Transient || error instanceof Throttled;
    if (!isPassing && !(error instanceof Permanent)) throw error;
    return { failed: error instanceof Permanent ? error.code : "UNAVAILABLE", isPassing };
  }
}

export async function checkSettings(asked: Asked, now: Date): Promise<Check[]> {
  const [version, scopes] =
    "installation" in asked
      ? [checkVersion(asked.installation.apiVersion, now), checkScopes(asked.installation.scopes)]
      : [
          check("api_version", asked.isPassing ? "unknown" : "failed", asked.failed),
          check("scopes", "unknown", asked.failed),
        ];
  return [checkAddress(), version, await checkSecrets(now), scopes];
}

function check(
  name: CheckName,
  result: Check["result"],
  detail: string | null,
  at: Date | null = null,
): Check {
  return { name, result, detail, at };
}

function checkAddress(): Check {
  return check("address_https", WEBHOOK_ADDRESS.startsWith("https:") ? "ok" : "warning", WEBHOOK_ADDRESS);
}

/** A version that ends within this is to be replaced soon. */
const ENDING_MS = 60 * 86_400_000;

/** Shopify answers in another version when ours is over ("falls forward"). */
export function checkVersion(answered: string | null, now: Date): Check {
  const until = supportedUntil(API_VERSION);
  if (answered !== API_VERSION) return check("api_version", "warning", answered, until);
  if (until && now >= until) return check("api_version", "failed", API_VERSION, until);
  const isEnding = until !== null && until.getTime() - now.getTime() < ENDING_MS;
  return check("api_version", isEnding ? "warning" : "ok", API_VERSION, until);
}

/** "read_customers: customers/create, customers/update; …" of scopes that were not granted. */
export function checkScopes(granted: readonly string[]): Check {
  // write_x includes read_x, and Shopify then lists only the former.
  const held = new Set(granted.flatMap((scope) => [scope, scope.replace(/^write_/, "read_")]));
  const missing = neededScopes().filter((scope) => !held.has(scope));
  const lines = missing.map((scope) => {
    const topics = [...new Set(resources.flatMap((resource) => topicsNeeding(resource, scope)))];
    return topics.length > 0 ? `${scope}: ${topics.join(", ")}` : scope;
  });
  return check("scopes", missing.length === 0 ? "ok" : "failed", lines.join("; ") || null);
}

function topicsNeeding(resource: Resource, scope: string): readonly string[] {
  if (resource.scopes.includes(scope)) return topicsOf(resource);
  const { topicScopes = {} } = resource;
  return Object.keys(topicScopes).filter((topic) => topicScopes[topic] === scope);
}

interface Seen {
  readonly current: Date | null;
  readonly previous: Date | null;
  readonly refused: Date | null;
}

/** By the minute, of all shops: the secret is the app's. Counters are kept for some days only. */
async function checkSecrets(now: Date): Promise<Check> {
  const { rows } = await pool.query<Seen>(
    `SELECT max(minute) FILTER (WHERE name = 'webhook_signed_current') AS current,
            max(minute) FILTER (WHERE name = 'webhook_signed_previous') AS previous,
            max(minute) FILTER (WHERE name = 'webhook_rejected_hmac') AS refused
     FROM sync_counters
     WHERE name IN ('webhook_signed_current', 'webhook_signed_previous', 'webhook_rejected_hmac') AND minute <= $1`,
    [now],
  );
  return judgeSecrets(rows[0]!, env.SHOPIFY_API_SECRET_PREVIOUS !== undefined);
}

/** @param isRotating two secrets are accepted. */
export function judgeSecrets({ current, previous, refused }: Seen, isRotating: boolean): Check {
  const last = [current, isRotating ? previous : null].reduce((a, b) => (b && (!a || b > a) ? b : a), null);
  if (refused && (!last || refused > last)) return check("secrets", "failed", "REFUSED", refused);
  if (!last) return check("secrets", "unknown", isRotating ? "ROTATING" : null);
  // Sent before the rotation or not: the old secret is still in use.
  if (isRotating && previous && (!current || previous > current))
    return check("secrets", "warning", null, previous);
  return check("secrets", "ok", isRotating ? "ROTATING" : null, current);
}
