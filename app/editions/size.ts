// What a size metafield says. One grammar, and no guessing: what it does not cover is shown to the merchant as it is.
//
//   size    = [ ("edition" | "limited edition" | "ed.") ["of"] ] count { "+" proofs }
//   proofs  = count kind
//   kind    = "AP" | "artist's proof(s)" | "EA" | "PP" | "printer's proof(s)" | "HC"     (also "A.P." and "APs")
//   count   = 1 … 1,000,000, in plain digits: no sign, no leading zero, no separator ("1,000" is a thousand or one)
//
// Letter case and spaces do not matter; "&" and "plus" mean "+". "25/100" is refused: it is one copy's number, or what is
// left, or the size. So is a range, a decimal, and "unlimited".

export interface EditionSize {
  /** Numbered copies. */
  readonly size: number;
  /** Proofs of all kinds beside them; they have no number here. */
  readonly proofs: number;
}

/** Codes that the interface has a sentence for. */
export type SizeProblem =
  "EMPTY" | "FRACTION" | "ZERO" | "TOO_LARGE" | "SEPARATOR" | "PROOFS" | "TYPE" | "NOT_A_SIZE";

export const SIZE_MAX = 1_000_000;
/** Longer texts are descriptions. */
const TEXT_CHARS_MAX = 200;
/** Shopify's metafield types that a size can be written in. */
const TYPES: readonly string[] = ["number_integer", "single_line_text_field", "multi_line_text_field"];

const KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ap: "AP",
    aps: "AP",
    "artist proof": "AP",
    "artist proofs": "AP",
    ea: "EA",
    eas: "EA",
    pp: "PP",
    pps: "PP",
    "printer proof": "PP",
    "printer proofs": "PP",
    hc: "HC",
    hcs: "HC",
  }),
);

/** @param type Shopify's metafield type; null where it is not known. */
export function parseSize(
  text: string,
  type: string | null,
): EditionSize | { readonly problem: SizeProblem } {
  if (type !== null && !TYPES.includes(type)) return { problem: "TYPE" };
  if (text.length > TEXT_CHARS_MAX) return { problem: "NOT_A_SIZE" };
  // What nobody sees (a zero-width space, say, that came along with a copy) is not there.
  const plain = text
    .normalize("NFKC")
    .replaceAll(/\p{Cf}/gu, "")
    .trim()
    .replaceAll(/\s+/g, " ")
    .toLowerCase();
  if (plain === "") return { problem: "EMPTY" };
  const [first = "", ...rest] = plain.split(/\s*(?:\+|&|\bplus\b)\s*/);
  const size = countOf(first.replace(/^(?:(?:limited )?edition|ed\.?)(?: of)? (?=\S)/, ""));
  if (typeof size !== "number") return size;
  const proofs = proofsOf(rest);
  return typeof proofs === "number" ? { size, proofs } : proofs;
}

function proofsOf(parts: readonly string[]): number | { readonly problem: SizeProblem } {
  const seen = new Set<string>();
  let sum = 0;
  for (const part of parts) {
    const [, digits = "", words = ""] = /^(\d+) ?(.*)$/.exec(part) ?? [];
    const kind = KINDS.get(words.replaceAll(/[.'’]/g, "").replace(/^(artist|printer)s /, "$1 "));
    const count = countOf(digits);
    // The same kind twice is a slip of the pen, and which of the two is meant cannot be known.
    if (kind === undefined || seen.has(kind) || typeof count !== "number") return { problem: "PROOFS" };
    seen.add(kind);
    sum += count;
  }
  return sum;
}

function countOf(text: string): number | { readonly problem: SizeProblem } {
  if (/^[1-9]\d*$/.test(text))
    return text.length <= 7 && Number(text) <= SIZE_MAX ? Number(text) : { problem: "TOO_LARGE" };
  if (/^0+$/.test(text)) return { problem: "ZERO" };
  if (/^#?\d+ ?(?:\/|of|von) ?\d+$/.test(text)) return { problem: "FRACTION" };
  if (/^\d{1,3}(?:[.,'’ ]\d{3})+$/.test(text)) return { problem: "SEPARATOR" };
  return { problem: "NOT_A_SIZE" };
}
