// Seeded randomness: the same seed gives the same history. `Chance` is sfc32 seeded through xmur3 (both public domain,
// by Chris Doty-Humphrey and bryc); `hash32` is the stateless form, used where only a counter is kept.

/** 32 well-mixed bits of a text (xmur3). */
export function hash32(text: string): number {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Hex digits that depend only on the text, eight at a time. */
export function hashHex(text: string, digits: number): string {
  let hex = "";
  for (let part = 0; hex.length < digits; part++)
    hex += hash32(`${part}:${text}`).toString(16).padStart(8, "0");
  return hex.slice(0, digits);
}

/** A version 4 UUID that depends only on the text. */
export function hashUuid(text: string): string {
  const hex = hashHex(text, 32);
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: string) {
    this.#a = hash32(`a${seed}`);
    this.#b = hash32(`b${seed}`);
    this.#c = hash32(`c${seed}`);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return (t >>> 0) / 4294967296;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new RangeError("Nothing to pick from.");
    return item;
  }

  /** Up to `count` different items. */
  sample<T>(items: readonly T[], count: number): T[] {
    const rest = [...items];
    const taken: T[] = [];
    while (taken.length < count && rest.length > 0)
      taken.push(...rest.splice(this.whole(0, rest.length - 1), 1));
    return taken;
  }
}
