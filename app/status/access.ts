// Whether Counterfoil may read what it mirrors: scopes by resource, protected customer data, the whole history of orders,
// the access token and the version of Shopify's API. What the shop leaves out is asked for by nobody. Reads only what is
// stored; Shopify is not asked.
import { pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { WHOLE_HISTORY } from "#app/resources/orders.ts";
import { API_VERSION } from "#app/shopify/version.ts";
import { isOn } from "#app/sync/rules.ts";
import type { Rules } from "#app/sync/rules.ts";
import type { ShopView } from "#app/status/shop.ts";
import type { ResourceName } from "#app/resources/define.ts";

/** Shopify supports every version for twelve months at least. */
const SUPPORTED_MONTHS = 12;
const DAY_MS = 86_400_000;
/** An update of the app takes its time: Shopify asks for a version a quarter, so a quarter's last two months are late. */
export const VERSION_WARNING_MS = 60 * DAY_MS;
/** A refresh token lives 90 days from its last use; workers use it every hour. */
export const TOKEN_WARNING_MS = 14 * DAY_MS;
/** Personal data is looked for in the latest so many customers. */
const CUSTOMERS_LOOKED = 100;

/** `off`: the shop's own settings leave out what would be looked at. */
export type CheckState = "ok" | "warning" | "critical" | "unknown" | "off";

export interface ScopeCheck {
  readonly resource: ResourceName;
  readonly needed: readonly string[];
  /** Of a resource that is switched off, none. */
  readonly missing: readonly string[];
  readonly isOff: boolean;
  /** Parts of its records that are left out for want of a scope of their own. */
  readonly withheld: readonly { readonly part: string; readonly scope: string }[];
}

export interface Access {
  readonly scopes: readonly ScopeCheck[];
  /** Names, addresses and e-mails of customers: warning when Shopify withholds them. */
  readonly personal: { readonly state: CheckState };
  readonly history: {
    readonly isWhole: boolean;
    readonly oldestAt: Date | null;
    /** Orders are not mirrored. */
    readonly isOff: boolean;
  };
  /** `until` is when the access ends unless it is renewed; null where it does not end. */
  readonly token: { readonly state: CheckState; readonly until: Date | null };
  readonly version: { readonly state: CheckState; readonly name: string; readonly supportedUntil: Date };
}

export async function readAccess(shop: ShopView, rules: Rules, now: Date): Promise<Access> {
  const [personal, oldestAt, token] = await Promise.all([
    readPersonal(shop.id),
    readOldestOrder(shop.id),
    readToken(shop.domain, now),
  ]);
  return {
    scopes: scopeChecks(shop.scopes, rules),
    personal: { state: rules.isPersonalOut || !isOn(rules, "customers") ? "off" : personal },
    history: { isWhole: shop.scopes.includes(WHOLE_HISTORY), oldestAt, isOff: !isOn(rules, "orders") },
    token,
    version: versionCheck(API_VERSION, now),
  };
}

/** The right to write includes the right to read. */
export function scopeChecks(granted: readonly string[], rules: Rules): readonly ScopeCheck[] {
  const has = new Set(granted.flatMap((scope) => [scope, scope.replace(/^write_/, "read_")]));
  return resources.map(({ name, scopes, groups = [] }) => {
    const isOff = !isOn(rules, name);
    const parts = groups.flatMap(({ name: part, scope }) =>
      scope === undefined || has.has(scope) || rules.resources[name].without.includes(part)
        ? []
        : [{ part, scope }],
    );
    return {
      resource: name,
      needed: scopes,
      missing: isOff ? [] : scopes.filter((scope) => !has.has(scope)),
      isOff,
      withheld: isOff ? [] : parts,
    };
  });
}

export function versionCheck(version: string, now: Date): Access["version"] {
  const [year = 0, month = 1] = version.split("-").map(Number);
  const supportedUntil = new Date(Date.UTC(year, month - 1 + SUPPORTED_MONTHS, 1));
  const leftMs = supportedUntil.getTime() - now.getTime();
  const state = leftMs <= 0 ? "critical" : leftMs < VERSION_WARNING_MS ? "warning" : "ok";
  return { state, name: version, supportedUntil };
}

async function readPersonal(shopId: number): Promise<CheckState> {
  const { rows } = await pool.query<{ is_withheld: boolean; is_seen: boolean | null }>(
    `SELECT EXISTS (SELECT FROM sync_errors
                    WHERE shop_id = $1 AND resource = ANY($2) AND code = 'FIELD_DENIED' AND resolved_at IS NULL)
              AS is_withheld,
            (SELECT bool_or(c.email IS NOT NULL OR c.first_name IS NOT NULL) FROM (
               SELECT email, first_name FROM customers WHERE shop_id = $1 ORDER BY id DESC LIMIT ${CUSTOMERS_LOOKED}) c)
              AS is_seen`,
    [shopId, resources.map(({ name }) => name)],
  );
  const row = rows[0];
  if (row?.is_withheld) return "warning";
  return row?.is_seen ? "ok" : "unknown";
}

async function readOldestOrder(shopId: number): Promise<Date | null> {
  const { rows } = await pool.query<{ processed_at: Date | null }>(
    `SELECT processed_at FROM orders WHERE shop_id = $1 AND processed_at IS NOT NULL
     ORDER BY processed_at LIMIT 1`,
    [shopId],
  );
  return rows[0]?.processed_at ?? null;
}

async function readToken(shopDomain: string, now: Date): Promise<Access["token"]> {
  const { rows } = await pool.query<{ expires: Date | null; renewable: boolean; until: Date | null }>(
    `SELECT expires, refresh_token IS NOT NULL AS renewable, refresh_token_expires AS until
     FROM sessions WHERE id = $1`,
    [`offline_${shopDomain}`],
  );
  const row = rows[0];
  if (!row) return { state: "critical", until: null };
  // Without a way to renew it, the token itself is what ends.
  const until = row.renewable ? row.until : row.expires;
  if (!until) return { state: "ok", until };
  const leftMs = until.getTime() - now.getTime();
  return { state: leftMs <= 0 ? "critical" : leftMs < TOKEN_WARNING_MS ? "warning" : "ok", until };
}
