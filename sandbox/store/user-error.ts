// What an act throws on bad input: the same shape as Shopify's `userErrors`. Nothing of the act is kept then.

export class UserError extends Error {
  /** The path of the wrong input, e.g. ["lines", "0", "quantity"]; null when no single field is wrong. */
  readonly field: string[] | null;
  readonly code: string | null;

  constructor(field: string[] | null, message: string, code: string | null = null) {
    super(message);
    this.name = "UserError";
    this.field = field;
    this.code = code;
  }
}
