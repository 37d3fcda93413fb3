/**
 * Who may read what: access scopes of the install against the rules that come with the schema, and Shopify's levels of
 * protected customer data. Decides only; execute.ts asks before every field.
 */
import type { Frozen, Order } from "../store/truth.ts";
import { once } from "./once.ts";
import { loadAccessRules } from "./schema.ts";

/** Protected customer data that a public app must be approved for, one by one. */
export const PROTECTED_SUBJECTS = ["customer_data", "name", "address", "email", "phone"] as const;
export type ProtectedSubject = (typeof PROTECTED_SUBJECTS)[number];

/** Types that are customer data as a whole. */
const CUSTOMER_DATA_TYPES = new Set([
  "Order",
  "Customer",
  "DraftOrder",
  "Return",
  "FulfillmentOrder",
  "Fulfillment",
  "Refund",
]);

/** `read_orders` and the like, in the part of the sentence that is about the app's token. */
const SCOPE = /`((?:read|write|unauthenticated)_[a-z_]+)`/g;

export type Denial =
  { kind: "scope"; requiredAccess: string } | { kind: "type"; type: string } | { kind: "field" };

export interface Grants {
  scopes: ReadonlySet<string>;
  approved: ReadonlySet<ProtectedSubject>;
  /** Verdicts of this request by type and field: the same few fields are asked of every record. */
  verdicts: Map<string, Map<string, Denial | null>>;
}

/** Why a field may not be read, or null. `type` is the named type that the field returns. */
export function denialOf(grants: Grants, parent: string, field: string, type: string): Denial | null {
  const ofType = once(grants.verdicts, parent, () => new Map());
  return once(ofType, field, () => judge(grants, parent, field, type) ?? null);
}

function judge(grants: Grants, parent: string, field: string, type: string): Denial | undefined {
  for (const key of [`${parent}.${field}`, typeBehind(type)]) {
    const requiredAccess = loadAccessRules().get(key)?.requiredAccess;
    if (requiredAccess && !isGranted(grants.scopes, requiredAccess)) return { kind: "scope", requiredAccess };
  }
  if (!grants.approved.has("customer_data") && CUSTOMER_DATA_TYPES.has(typeBehind(type))) {
    return { kind: "type", type: typeBehind(type) };
  }
  const rule = loadAccessRules().get(`${parent}.${field}`);
  if (rule?.isProtected && !grants.approved.has(subjectOf(field))) return { kind: "field" };
  return undefined;
}

/** `write_x` includes `read_x`; a sentence without a scope name asks nothing of the token. */
export function isGranted(scopes: ReadonlySet<string>, requiredAccess: string): boolean {
  const wanted = wantedScopes(requiredAccess);
  if (wanted.length === 0) return true;
  return wanted.some((scope) => scopes.has(scope) || scopes.has(scope.replace(/^read_/, "write_")));
}

const wantedByText = new Map<string, readonly string[]>();

function wantedScopes(requiredAccess: string): readonly string[] {
  let wanted = wantedByText.get(requiredAccess);
  if (!wanted) {
    const aboutToken = requiredAccess.split("Also:")[0] ?? "";
    wanted = [...aboutToken.matchAll(SCOPE)].map((match) => match[1] ?? "");
    wantedByText.set(requiredAccess, wanted);
  }
  return wanted;
}

function typeBehind(type: string): string {
  return type.replace(/(Connection|Edge)$/, "");
}

function subjectOf(field: string): ProtectedSubject {
  const name = field.toLowerCase();
  if (name.includes("email") || name === "statuspageurl") return "email";
  if (name.includes("phone")) return "phone";
  if (name.includes("address") || ["zip", "latitude", "longitude", "city", "formatted"].includes(name))
    return "address";
  return "name";
}

/** Without `read_all_orders` an app sees orders of the last 60 days. */
const ORDER_WINDOW_MS = 60 * 86_400_000;

export function isOrderVisible(
  order: Frozen<Order>,
  { scopes, now }: { scopes: ReadonlySet<string>; now: Date },
): boolean {
  return scopes.has("read_all_orders") || now.getTime() - Date.parse(order.createdAt) <= ORDER_WINDOW_MS;
}
