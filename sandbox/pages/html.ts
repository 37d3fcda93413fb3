// The one primitive of the admin pages: a tagged template whose values are escaped unless they are Html themselves.
// Owns escaping and nothing else; there is deliberately no way to turn a plain string into Html from outside.

/** A piece of finished markup. Only the `html` tag makes one, so a value of this type is safe to place anywhere. */
export class Html {
  readonly #text: string;

  constructor(text: string, proof: typeof made) {
    if (proof !== made) throw new TypeError("Html is made by the html tag only");
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

const made = Symbol("made by the html tag");

/** What may stand in a template: null, undefined and false print nothing; arrays print their parts in turn. */
export type Part = Html | string | number | bigint | boolean | null | undefined | readonly Part[];

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Writes markup: the literal parts stay as they are, every value is escaped for text and for quoted attributes. */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  let text = literals[0] ?? "";
  parts.forEach((part, index) => {
    text += print(part) + (literals[index + 1] ?? "");
  });
  return new Html(text, made);
}

function print(part: Part): string {
  if (part === null || part === undefined || part === false || part === true) return "";
  if (part instanceof Html) return part.toString();
  if (Array.isArray(part)) return part.map(print).join("");
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
