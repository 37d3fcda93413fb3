// Speaks PostgreSQL's protocol with PGlite: one message for one statement, and each text that is planned is prepared
// once under a name, so that its plan is kept. PGlite's own query() sends five messages and plans every time.
import type { PGlite } from "@electric-sql/pglite";
import { DatabaseError, serialize } from "pg-protocol";
import { Parser } from "pg-protocol/dist/parser.js";
import type {
  CommandCompleteMessage,
  DataRowMessage,
  NotificationResponseMessage,
  RowDescriptionMessage,
} from "pg-protocol/dist/messages.js";
import pg from "pg";

export type Row = Record<string, unknown>;

export interface Result<T = Row> {
  readonly rows: T[];
  readonly rowCount: number;
  /** Its first word: what a COMMIT came to. */
  readonly command: string;
  readonly fields: readonly { readonly name: string }[];
}

interface Field {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

export interface Prepared {
  readonly name: string;
  /** Null until the statement has been described. */
  fields: readonly Field[] | null;
}

/** pg's declaration knows no arrays. */
const parserOf = pg.types.getTypeParser as (oid: number, format: "text") => Field["parse"];
const PLANNED = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i;
const SYNC = serialize.sync();
const EXECUTE = serialize.execute({ portal: "", rows: 0 });
const DESCRIBE = serialize.describe({ type: "P", name: "" });

export class Wire {
  readonly #database: PGlite;
  readonly #onNotice: (channel: string) => void;
  #prepared = new Map<string, Prepared>();
  #names = 0;
  #isAtWork = false;

  constructor(database: PGlite, onNotice: (channel: string) => void) {
    this.#database = database;
    this.#onNotice = onNotice;
  }

  /** True while PGlite runs. */
  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  /** What is prepared by now: belongs to the database's image. */
  prepared(): ReadonlyMap<string, Prepared> {
    return new Map(this.#prepared);
  }

  restore(prepared: ReadonlyMap<string, Prepared>): void {
    this.#prepared = new Map(prepared);
  }

  /** @throws DatabaseError as pg's driver does. */
  async query<T = Row>(text: string, values: readonly unknown[] = []): Promise<Result<T>> {
    if (!PLANNED.test(text)) return this.#exchange<T>([serialize.query(text)], null);
    const known = this.#prepared.get(text);
    const statement = known ?? { name: `s${(this.#names += 1)}`, fields: null };
    const parts = [
      serialize.bind({ statement: statement.name, values: values.map(sentAs) }),
      ...(statement.fields ? [EXECUTE, SYNC] : [DESCRIBE, EXECUTE, SYNC]),
    ];
    if (!known) {
      parts.unshift(serialize.parse({ name: statement.name, text }));
      this.#prepared.set(text, statement);
    }
    try {
      return await this.#exchange<T>(parts, statement);
    } catch (error) {
      // Whether it was prepared before it failed is not known.
      if (!known) this.#prepared.delete(text);
      throw error;
    }
  }

  /** COPY … FROM STDIN; `data` are its messages, the last one included. */
  async copyIn(text: string, data: readonly Buffer[]): Promise<void> {
    await this.#exchange([serialize.query(text), ...data], null);
  }

  /** Prepares and plans a text with no values at all: what that refuses is refused after the plan is made. */
  async plan(text: string): Promise<void> {
    const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    await this.query("SAVEPOINT planned");
    try {
      await this.query(text, Array<null>(count).fill(null));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
    }
    await this.query("ROLLBACK TO planned");
  }

  async #exchange<T>(parts: readonly Buffer[], statement: Prepared | null): Promise<Result<T>> {
    const reply = await this.#send(Buffer.concat(parts));
    const rows: T[] = [];
    let [rowCount, command, fields] = [0, "", statement?.fields ?? []];
    let failed: DatabaseError | null = null;
    new Parser().parse(reply, (message) => {
      if (message.name === "rowDescription") {
        fields = (message as RowDescriptionMessage).fields.map(({ name, dataTypeID }) => ({
          name,
          parse: parserOf(dataTypeID, "text"),
        }));
      } else if (message.name === "dataRow") {
        rows.push(rowOf((message as DataRowMessage).fields, fields) as T);
      } else if (message.name === "commandComplete") {
        const { text } = message as CommandCompleteMessage;
        rowCount = Number(/\d+$/.exec(text)?.[0] ?? 0);
        command = text.split(" ", 1)[0]!;
      } else if (message.name === "notification") {
        this.#onNotice((message as NotificationResponseMessage).channel);
      } else if (message.name === "error") {
        failed ??= message as unknown as DatabaseError;
      }
    });
    if (failed) throw failed;
    if (statement) statement.fields ??= fields;
    return { rows, rowCount, command, fields };
  }

  async #send(message: Buffer): Promise<Buffer> {
    const chunks: Buffer[] = [];
    // PGlite's memory is used again: what it hands over must be copied.
    const onRawData = (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes));
    this.#isAtWork = true;
    const sent = this.#database.execProtocolRawStream(message, { syncToFs: false, onRawData });
    // It works before it returns its promise.
    this.#isAtWork = false;
    await sent;
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }
}

function rowOf(texts: readonly (string | null)[], fields: readonly Field[]): Row {
  const row: Row = {};
  for (let index = 0; index < texts.length; index += 1) {
    const { name, parse } = fields[index]!;
    const text = texts[index]!;
    row[name] = text === null ? null : parse(text);
  }
  return row;
}

/** Values as pg's driver hands them over: bytes as they are, all else as text. */
function sentAs(value: unknown): Buffer | string | null {
  return Buffer.isBuffer(value) ? value : textOf(value);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return arrayOf(value);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function arrayOf(values: readonly unknown[]): string {
  const parts = values.map((value) => {
    if (Array.isArray(value)) return arrayOf(value);
    const text = textOf(value);
    return text === null ? "NULL" : `"${text.replace(/[\\"]/g, "\\$&")}"`;
  });
  return `{${parts.join()}}`;
}
