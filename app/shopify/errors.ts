// The errors that Counterfoil tells apart, named by what to do about them. They are born in the Shopify adapter and in
// descriptors, and decided only where a job is wrapped; nobody matches message texts.

/** Nobody's fault and soon over (network, 5xx, failover): retry with backoff. */
export class Transient extends Error {
  override readonly name: string = "Transient";
}

/** Shopify answered this very question with an error of its own. Asked for less at once, it may answer. */
export class Stumbled extends Transient {
  override readonly name = "Stumbled";
}

/** No answer came out of Shopify. All of it may be away, or the question was more than it can answer in its time. */
export class Unanswered extends Transient {
  override readonly name = "Unanswered";
}

/** Shopify asked to wait until `retryAt`. Snooze; it burns no attempt. */
export class Throttled extends Error {
  override readonly name = "Throttled";
  readonly retryAt: Date;

  constructor(retryAt: Date, message = `throttled until ${retryAt.toISOString()}`) {
    super(message);
    this.retryAt = retryAt;
  }
}

/** Trying again cannot help. `code` is Shopify's or ours (`ACCESS_DENIED`, `SEARCH_WARNING`): stop and show a person. */
export class Permanent extends Error {
  override readonly name: string = "Permanent";
  readonly code: string;

  constructor(code: string, message: string = code, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type BadFieldCode =
  | "MISSING"
  | "UNEXPECTED_NULL"
  | "WRONG_TYPE"
  | "NOT_AN_ID"
  | "NOT_A_NUMBER"
  | "OUT_OF_RANGE"
  | "NOT_A_TIME"
  | "NOT_A_CURRENCY"
  | "UNSTORABLE_TEXT";

/** One value of a record that the mirror cannot hold exactly. Its record parks; its batch goes on. */
export class BadField extends Permanent {
  override readonly name = "BadField";
  /** Where it was found, as in the source: `line_items[3].price`. */
  readonly path: string;
  readonly detail: string;

  constructor(code: BadFieldCode, path: string, detail: string) {
    super(code, `${path}: ${detail}`);
    this.path = path;
    this.detail = detail;
  }
}

/** A webhook body of another shape than its topic promises. */
export class BadBody extends Permanent {
  override readonly name = "BadBody";

  constructor(message: string) {
    super("BAD_BODY", message);
  }
}
