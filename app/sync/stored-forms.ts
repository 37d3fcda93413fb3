// Which texts PostgreSQL can take for what they are meant as: asked wherever a parameter, a form or a body comes in, so
// that nonsense is told to whoever sent it and never becomes a fault of the server. Pure.

/** A positive int8, as decimal text. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) < 2n ** 63n;
}

/** Somebody else's words as PostgreSQL takes them, no longer than that. */
export function storable(words: string, charsMax: number): string {
  return words.replaceAll("\0", "\uFFFD").slice(0, charsMax).toWellFormed();
}

/** No text of PostgreSQL holds a NUL, and no jsonb half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
