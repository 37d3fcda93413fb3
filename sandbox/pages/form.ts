// Reads a submitted form: typed answers out, a problem beside the field where an answer makes no sense.
// Knows nothing of the store's records; the store's own objections (user errors) are put beside the same fields by `object`.

import { UserError } from "#sandbox/store/user-error.ts";

/** Longest text that any field takes; longer input is answered beside the field, never cut silently. */
const TEXT_CHARACTERS_MAX = 65_535;
const WHOLE_MAX = 1_000_000_000;

/** Thrown by `Form.check` when the form itself makes no sense, before the store is asked at all. */
export class Refused extends Error {
  override name = "Refused";
}

/** Sentences by field name. The name "" holds what belongs to no single field. */
export class Problems {
  readonly #byField = new Map<string, string[]>();

  add(field: string, message: string): void {
    this.#byField.set(field, [...(this.#byField.get(field) ?? []), message]);
  }

  at(field: string): string | undefined {
    return this.#byField.get(field)?.join(" ");
  }

  get found(): boolean {
    return this.#byField.size > 0;
  }

  /** Every problem in order, for the summary on top of the page. */
  entries(): { field: string; message: string }[] {
    return [...this.#byField].flatMap(([field, messages]) => messages.map((message) => ({ field, message })));
  }
}

/** One submitted form, or an empty one for a page that is opened fresh. */
export class Form {
  readonly problems = new Problems();
  readonly #fields: URLSearchParams;
  readonly #aliases = new Map<string, string>();

  /** False for a page that is opened fresh, whose fields show the record as it is. */
  readonly sent: boolean;

  constructor(fields?: URLSearchParams) {
    this.#fields = fields ?? new URLSearchParams();
    this.sent = fields !== undefined;
  }

  /** Throws `Refused` when any answer read so far made no sense. */
  check(): void {
    if (this.problems.found) throw new Refused();
  }

  /** Says which field a part of the act's input was typed into: alias("lines.0", "line[2]"). */
  alias(path: string, name: string): void {
    this.#aliases.set(path, name);
  }

  /** Puts an objection of the store beside its field; what has no field in this form is shown on top. */
  object(
    path: readonly string[] | null,
    message: string,
    names: Readonly<Record<string, string>> = {},
  ): void {
    const parts = path ?? [];
    const whole = parts.join(".");
    const nearest = parts
      .map((_, index) => parts.slice(0, parts.length - index).join("."))
      .map((prefix) => this.#aliases.get(prefix));
    const alias = nearest.find((name) => name !== undefined);
    const candidates = [
      ...(alias === undefined ? [] : [`${alias}.${parts.at(-1)}`, alias, `${alias}.item`]),
      names[whole],
      whole,
      names[parts[0] ?? ""],
      parts[0],
      parts.at(-1),
    ];
    const field = candidates.find((name) => name !== undefined && name !== "" && this.has(name));
    this.problems.add(field ?? "", message);
  }

  /** Runs an act that concerns one field only: whatever the store objects to stands beside that field. */
  attribute(name: string, act: () => unknown): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.problems.add(name, error.message);
      throw new Refused();
    }
  }

  /** What to show in a field: what was typed, or what the record says. */
  or(name: string, record: string | number | null | undefined): string {
    return this.#fields.get(name) ?? String(record ?? "");
  }

  /** Whether to show a box ticked: an unticked box is not sent at all, so any sent form decides. */
  tickedOr(name: string, record: boolean): boolean {
    return this.sent ? this.has(name) : record;
  }

  /** True when the field was sent at all, as unticked boxes and absent fields are not. */
  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** What was typed, trimmed; a problem when it is longer than any field may be. */
  text(name: string): string {
    const value = (this.#fields.get(name) ?? "").replaceAll("\r\n", "\n").trim();
    if (value.length <= TEXT_CHARACTERS_MAX) return value;
    this.problems.add(name, `Use at most ${TEXT_CHARACTERS_MAX} characters.`);
    return "";
  }

  required(name: string, label: string): string {
    const value = this.text(name);
    if (value === "" && !this.problems.at(name)) this.problems.add(name, `${label} can't be blank.`);
    return value;
  }

  /** What stands between commas, each once and none empty. */
  list(name: string): string[] {
    const parts = this.text(name).split(",");
    return [...new Set(parts.map((part) => part.trim()))].filter((part) => part !== "");
  }

  ticked(name: string): boolean {
    return this.#fields.has(name);
  }

  all(name: string): string[] {
    return this.#fields.getAll(name);
  }

  /** A whole number within limits, or undefined when the field is empty or wrong. */
  whole(name: string, limits: { min?: number; max?: number } = {}): number | undefined {
    const text = this.text(name);
    if (text === "") return undefined;
    const value = /^[+-]?\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    return this.#within(name, value, "whole number", limits);
  }

  /** Any decimal number within limits, or undefined when the field is empty or wrong. */
  decimal(name: string, limits: { min?: number; max?: number } = {}): number | undefined {
    const text = this.text(name);
    if (text === "") return undefined;
    const value = /^[+-]?(\d{1,12}(\.\d{0,9})?|\.\d{1,9})$/.test(text) ? Number(text) : Number.NaN;
    return this.#within(name, value, "number", limits);
  }

  /** An amount of money as its exact decimal text ("12.50"), or undefined when empty or wrong. */
  amount(name: string): string | undefined {
    const text = this.text(name).replace(",", ".");
    if (text === "") return undefined;
    if (/^\d{1,12}(\.\d{1,6})?$/.test(text)) return text;
    this.problems.add(name, "Enter an amount such as 12.50.");
    return undefined;
  }

  /** One of a closed set of words; anything else is a problem, since no honest form sends it. */
  choice<Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word {
    const value = this.text(name);
    if (value === "") return otherwise;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) this.problems.add(name, `Choose one of: ${words.join(", ")}.`);
    return word ?? otherwise;
  }

  /** The indices i of fields called "prefix[i].rest", in ascending order. */
  indices(prefix: string): number[] {
    const found = new Set<number>();
    for (const name of this.#fields.keys()) {
      if (!name.startsWith(`${prefix}[`)) continue;
      const index = Number.parseInt(name.slice(prefix.length + 1), 10);
      if (Number.isInteger(index) && index >= 0) found.add(index);
    }
    return [...found].sort((left, right) => left - right);
  }

  /** The keys k of fields called "prefix.k", such as a line's id in "quantity.123". */
  keys(prefix: string): string[] {
    const start = `${prefix}.`;
    return [...new Set(this.#fields.keys())]
      .filter((name) => name.startsWith(start))
      .map((name) => name.slice(start.length));
  }

  #within(name: string, value: number, kind: string, limits: { min?: number; max?: number }) {
    const min = limits.min ?? -WHOLE_MAX;
    const max = limits.max ?? WHOLE_MAX;
    if (Number.isFinite(value) && value >= min && value <= max) return value;
    this.problems.add(name, `Enter a ${kind} from ${min} to ${max}.`);
    return undefined;
  }
}
