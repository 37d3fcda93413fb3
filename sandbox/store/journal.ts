// Keeps the store on disk: a snapshot (one record per line) and an append-only journal (one committed act per line, so an
// act is there wholly or not at all). Opening reads both and writes them together into a fresh snapshot. A last line
// that was cut short belongs to an act that was never finished, and is dropped; damage anywhere else is an error.

import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Frozen, Id, TableName, Tables } from "./truth.ts";

/** Raised whenever the truth's records take another shape: those of an older one cannot be read. */
export const FORMAT = 5;

/** What a data folder belongs to. A store opened with other values refuses it. */
export type Meta = { format: number; seed: string; domain: string; size: string | null; bigIds: boolean };

export type Row = { [K in TableName]: readonly [table: K, record: Frozen<Tables[K]>] }[TableName];
/** One committed act. */
export type Entry = {
  n: number;
  rev: number;
  ids: Partial<Record<string, number>>;
  put: readonly Row[];
  gone: readonly (readonly [table: TableName, id: Id])[];
};
export type Loaded = { meta: Meta; entries: Entry[]; rows: Row[]; ids: Entry["ids"]; n: number; rev: number };

/** The folder holds another store, or something that cannot be read. The message says what to do. */
export class JournalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "JournalError";
  }
}

const LINES_PER_WRITE = 500;

export class Journal {
  readonly #directory: string;
  #file: number | null = null;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  get #snapshot(): string {
    return join(this.#directory, "snapshot.ndjson");
  }

  get #journal(): string {
    return join(this.#directory, "journal.ndjson");
  }

  /** Forgets everything in the folder that is ours. */
  reset(): void {
    this.close();
    for (const file of [this.#snapshot, `${this.#snapshot}.new`, this.#journal])
      rmSync(file, { force: true });
  }

  /** Null when the folder holds no finished store. */
  load(expected: Meta): Loaded | null {
    if (!existsSync(this.#snapshot)) {
      rmSync(this.#journal, { force: true });
      return null;
    }
    const lines = readFileSync(this.#snapshot, "utf8").trimEnd().split("\n");
    const head = this.#parse(lines[0] ?? "", 1, this.#snapshot) as Pick<
      Loaded,
      "meta" | "ids" | "n" | "rev"
    > & { rows: number };
    this.#compare(head.meta, expected);
    if (lines.length - 1 !== head.rows) {
      throw new JournalError(
        `${this.#snapshot} has ${lines.length - 1} records of ${head.rows}; begin anew with --reset.`,
      );
    }
    const rows = lines.slice(1).map((line, index) => this.#parse(line, index + 2, this.#snapshot) as Row);
    return { ...head, rows, entries: this.#entries(head.n) };
  }

  append(entry: Entry): void {
    this.#file ??= openSync(this.#journal, "a");
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** Replaces snapshot and journal by the state handed in. A crash in between leaves the old or the new one whole. */
  compact(meta: Meta, state: { ids: Entry["ids"]; n: number; rev: number; rows: readonly Row[] }): void {
    const fresh = `${this.#snapshot}.new`;
    writeFileSync(
      fresh,
      `${JSON.stringify({ meta, ids: state.ids, n: state.n, rev: state.rev, rows: state.rows.length })}\n`,
    );
    for (let from = 0; from < state.rows.length; from += LINES_PER_WRITE) {
      const lines = state.rows.slice(from, from + LINES_PER_WRITE).map((row) => `${JSON.stringify(row)}\n`);
      appendFileSync(fresh, lines.join(""));
    }
    const file = openSync(fresh, "r+");
    fsyncSync(file);
    closeSync(file);
    renameSync(fresh, this.#snapshot);
    // Entries up to `n` are in the snapshot now; were the journal to survive a crash here, `load` would skip them.
    this.close();
    rmSync(this.#journal, { force: true });
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #entries(after: number): Entry[] {
    if (!existsSync(this.#journal)) return [];
    const lines = readFileSync(this.#journal, "utf8").split("\n");
    // What follows the last line break was cut short (or is empty).
    lines.pop();
    const entries = lines.map((line, index) => this.#parse(line, index + 1, this.#journal) as Entry);
    return entries.filter((entry) => entry.n > after);
  }

  #parse(line: string, number: number, file: string): unknown {
    try {
      return JSON.parse(line);
    } catch {
      throw new JournalError(`${file} cannot be read at line ${number}; begin anew with --reset.`);
    }
  }

  #compare(found: Meta, expected: Meta): void {
    if (found.format !== expected.format) {
      throw new JournalError(
        `${this.#directory} holds the store of another version of Counterfoil. Begin anew with --reset, or use another directory.`,
      );
    }
    for (const key of Object.keys(expected) as (keyof Meta)[]) {
      if (found[key] === expected[key]) continue;
      throw new JournalError(
        `${this.#directory} holds a store with ${key} ${JSON.stringify(found[key])}, but ${JSON.stringify(expected[key])} ` +
          "was asked for. Use the same value or another directory, or begin anew with --reset.",
      );
    }
  }
}
