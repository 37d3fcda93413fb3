// Checks that several acts share. Each throws UserError naming the field.

import { decimalOf, minorOf } from "../money.ts";
import type { Decimal } from "../truth.ts";
import { UserError } from "../user-error.ts";

/** Shopify's longest title. */
export const TITLE_LENGTH_MAX = 255;
export const TAGS_MAX = 250;

export function checkTitle(title: string, field = "title"): string {
  const trimmed = title.trim();
  if (trimmed === "") throw new UserError([field], `${capital(field)} can't be blank`, "BLANK");
  if (trimmed.length > TITLE_LENGTH_MAX) {
    throw new UserError(
      [field],
      `${capital(field)} is too long (maximum is ${TITLE_LENGTH_MAX} characters)`,
      "TOO_LONG",
    );
  }
  return trimmed;
}

/** A price written with the currency's digits; not negative. */
export function checkPrice(price: Decimal, currency: string, path: string[]): Decimal {
  let minor: bigint;
  try {
    minor = minorOf(price, currency);
  } catch {
    throw new UserError(path, `${capital(path.at(-1) ?? "price")} is not a number`, "INVALID");
  }
  if (minor < 0n)
    throw new UserError(
      path,
      `${capital(path.at(-1) ?? "price")} must be greater than or equal to 0`,
      "INVALID",
    );
  return decimalOf(minor, currency);
}

export function checkQuantity(quantity: number, path: string[], least = 1): number {
  if (!Number.isInteger(quantity) || quantity < least || quantity > 1_000_000_000) {
    throw new UserError(path, `Quantity must be a whole number of at least ${least}`, "INVALID");
  }
  return quantity;
}

/** Trimmed, without blanks and repetitions, sorted as Shopify sorts them. */
export function checkTags(tags: readonly string[]): string[] {
  const clean = new Map(
    tags.map((tag) => [tag.trim().toLowerCase(), tag.trim()]).filter(([key]) => key !== "") as [
      string,
      string,
    ][],
  );
  if (clean.size > TAGS_MAX) throw new UserError(["tags"], `Tags can't be more than ${TAGS_MAX}`, "TOO_MANY");
  return [...clean.values()].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

export function checkEmail(email: string | null | undefined): string | null {
  if (email === null || email === undefined || email.trim() === "") return null;
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim()))
    throw new UserError(["email"], "Email is invalid", "INVALID");
  return email.trim();
}

const capital = (text: string): string =>
  text.charAt(0).toUpperCase() +
  text
    .slice(1)
    .replace(/([A-Z])/g, " $1")
    .toLowerCase();

/** "Größe Ünïq #3" → "große-uniq-3": lower case, accents off, other letters and digits kept. */
export function handleFrom(title: string): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "untitled";
}

/** The handle, or the handle with the first free number. */
export function freeHandle(wanted: string, isTaken: (handle: string) => boolean): string {
  if (!isTaken(wanted)) return wanted;
  for (let number = 1; ; number++) if (!isTaken(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

/** Values that are not undefined: what an update changes. */
export function given<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>;
}
