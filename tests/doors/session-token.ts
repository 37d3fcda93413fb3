// Session tokens as App Bridge gets them, for tests: HS256 by the app's secret.
import { createHmac } from "node:crypto";

export interface Claims {
  readonly shop?: string;
  readonly secret?: string;
  /** Seconds from now. */
  readonly expiresIn?: number;
  /** Seconds from now: when Shopify issued it. */
  readonly issuedIn?: number;
  readonly audience?: string;
  readonly algorithm?: string;
}

export function sessionToken(claims: Claims = {}): string {
  const {
    shop = "test-shop.myshopify.com",
    secret = "test-api-secret",
    expiresIn = 60,
    issuedIn = -1,
    audience = "test-api-key",
  } = claims;
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = part({ alg: claims.algorithm ?? "HS256", typ: "JWT" });
  const payload = part({
    iss: `https://${shop}/admin`,
    dest: `https://${shop}`,
    aud: audience,
    sub: "42",
    exp: now + expiresIn,
    nbf: now + issuedIn,
    iat: now + issuedIn,
    jti: "00000000-0000-4000-8000-000000000000",
    sid: "session",
  });
  const signed = createHmac("sha256", secret).update(`${head}.${payload}`).digest("base64url");
  return `${head}.${payload}.${claims.algorithm === "none" ? "" : signed}`;
}
