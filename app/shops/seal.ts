// Encrypts short secrets for storage (AES-256-GCM). Each is bound to the name of its place, so that a token copied into
// another row does not open there. Pure but for the random nonce.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MARK = "v1:";

export type Key = Uint8Array;

/** 32 bytes in hex or base64, as TOKEN_KEY gives them. */
export function keyFromText(text: string): Key {
  return Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64");
}

/** A key for one purpose out of another secret. */
export function deriveKey(secret: string, purpose: string): Key {
  return new Uint8Array(hkdfSync("sha256", secret, "", purpose, KEY_BYTES));
}

export function seal(plain: string, place: string, key: Key): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return MARK + sealed.toString("base64url");
}

/** Null when none of the keys opens it. */
export function open(sealed: string, place: string, keys: readonly Key[]): string | null {
  if (!sealed.startsWith(MARK)) return null;
  const bytes = Buffer.from(sealed.slice(MARK.length), "base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  for (const key of keys) {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES)).setAAD(
      Buffer.from(place),
    );
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([plain, decipher.final()]).toString("utf8");
    } catch {
      continue;
    }
  }
  return null;
}
