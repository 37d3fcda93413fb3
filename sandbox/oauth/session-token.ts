/**
 * Session tokens: the signed statement that a person has the app open in this shop's admin. HS256 with the app's secret.
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** Shopify: one minute. */
const LIFE_SECONDS = 60;
const CLOCK_TOLERANCE_SECONDS = 10;

export interface SessionTokenOptions {
  shop: string;
  apiKey: string;
  apiSecret: string;
  /** Id of the staff member. */
  user: string;
  /** Id of the login, the same while it lasts. */
  session: string;
  now: Date;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function mintSessionToken(options: SessionTokenOptions): string {
  const { shop, apiKey, apiSecret, user, session, now } = options;
  const issuedAt = Math.floor(now.getTime() / 1000);
  const claims = {
    iss: `https://${shop}/admin`,
    dest: `https://${shop}`,
    aud: apiKey,
    sub: user,
    exp: issuedAt + LIFE_SECONDS,
    nbf: issuedAt,
    iat: issuedAt,
    jti: randomUUID(),
    sid: session,
  };
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${content}.${createHmac("sha256", apiSecret).update(content).digest("base64url")}`;
}

export interface SessionClaims {
  sub: string;
  sid: string;
  dest: string;
}

/** The claims of a token that is signed, for this app and shop, and neither early nor late; undefined otherwise. */
export function readSessionToken(
  token: string,
  expected: { shop: string; apiKey: string; apiSecret: string; now: Date },
): SessionClaims | undefined {
  const [header = "", body = "", signature = ""] = token.split(".");
  const wanted = createHmac("sha256", expected.apiSecret).update(`${header}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const claims = parseClaims(body);
  const now = expected.now.getTime() / 1000;
  if (!claims || claims.aud !== expected.apiKey || claims.dest !== `https://${expected.shop}`)
    return undefined;
  if (
    Number(claims.exp) + CLOCK_TOLERANCE_SECONDS < now ||
    Number(claims.nbf) - CLOCK_TOLERANCE_SECONDS > now
  )
    return undefined;
  return { sub: String(claims.sub), sid: String(claims.sid), dest: String(claims.dest) };
}

function parseClaims(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
