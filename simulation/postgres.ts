// PostgreSQL within the process: PGlite behind the face of a pg.Pool. The app builds its pool with `new pg.Pool()`, so
// putting this class in that place is all the seam there is. One connection: transactions follow each other, which a
// task cannot leave; crashes and broken connections come between their statements.
import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";

const MIGRATIONS = join(import.meta.dirname, "../prisma/migrations");

type Row = Record<string, unknown>;

export interface Result<T = Row> {
  readonly rows: T[];
  readonly rowCount: number;
  readonly fields: readonly { readonly name: string }[];
}

/** What the simulated world does to statements. */
export interface Interference {
  /** Before a statement; `isInside` a transaction. May throw, or never return. */
  before(text: string, isInside: boolean): Promise<void>;
  /** A planted bug's text of the statement. */
  rewrite(text: string): string;
  /** A planted bug's doing after it, within the same transaction. */
  after(text: string, result: Result): Promise<void>;
}

const PEACE: Interference = { before: async () => {}, rewrite: (text) => text, after: async () => {} };

let database: PGlite | null = null;
let interference = PEACE;
let isInside = false;
const CHANNELS = ["counterfoil_inbox", "counterfoil_runs"] as const;
let onRing: (channel: Channel) => void = () => {};
const atWork = new AsyncLocalStorage<true>();

/** True while PGlite runs: its timers are for servers whose clients come and go, and would only fire at each jump. */
export function isDatabaseAtWork(): boolean {
  return atWork.getStore() === true;
}

/** Starts the database and puts it in the place of pg's pool. Call before anything of the app is imported. */
export async function openDatabase(): Promise<void> {
  if (database) return;
  database = await PGlite.create();
  await database.exec("SET timezone = 'UTC'");
  for (const file of globSync("*/migration.sql", { cwd: MIGRATIONS }).sort()) {
    await database.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
  }
  for (const channel of CHANNELS) await database.listen(channel, () => onRing(channel));
  Object.assign(pg, { Pool: PglitePool });
}

/** Empties every table, as if just migrated. */
export async function resetDatabase(): Promise<void> {
  await rollBack();
  const { rows } = await execute<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  await execute(`TRUNCATE ${rows.map(({ name }) => `"${name}"`).join()} RESTART IDENTITY CASCADE`);
}

export type Channel = (typeof CHANNELS)[number];

/** Told of the app's notifications. */
export function hear(ring: (channel: Channel) => void): void {
  onRing = ring;
}

export function interfere(by: Interference | null): void {
  interference = by ?? PEACE;
}

/** What the server does with the transaction of a client that is gone. */
export async function rollBack(): Promise<void> {
  if (!isInside) return;
  isInside = false;
  await execute("ROLLBACK");
}

/** A statement of the simulation's own: nothing interferes. */
export async function execute<T = Row>(text: string, values: readonly unknown[] = []): Promise<Result<T>> {
  const prepared = values.map((value) => textOf(value));
  const options = { parsers: PARSERS, serializers: SERIALIZERS };
  const found = await atWork.run(true, () => database!.query<T>(text, prepared, options));
  const isWrite = /^\s*(INSERT|UPDATE|DELETE)/i.test(text);
  return {
    rows: found.rows,
    fields: found.fields,
    rowCount: isWrite ? (found.affectedRows ?? 0) : found.rows.length,
  };
}

/** As pg takes it: a text with values beside it, or both in one. */
type Statement = string | { readonly text: string; readonly values?: readonly unknown[] };

async function run<T>(statement: Statement, beside: readonly unknown[] = []): Promise<Result<T>> {
  const { text, values = beside } = typeof statement === "string" ? { text: statement } : statement;
  await interference.before(text, isInside);
  const result = await execute<T>(interference.rewrite(text), values);
  if (text === "BEGIN") isInside = true;
  if (text === "COMMIT" || text === "ROLLBACK") isInside = false;
  await interference.after(text, { ...result, rows: result.rows as Row[] });
  return result;
}

class Client extends EventEmitter {
  #broken: unknown = null;

  /** A connection that broke stays broken. */
  async query<T>(statement: Statement, values?: readonly unknown[]): Promise<Result<T>> {
    if (this.#broken !== null) throw this.#broken;
    try {
      return await run<T>(statement, values);
    } catch (error) {
      if (isBreak(error)) this.#broken = error;
      throw error;
    }
  }

  release(): void {}
}

function isBreak(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "08006";
}

export class PglitePool extends EventEmitter {
  query<T>(statement: Statement, values?: readonly unknown[]) {
    return run<T>(statement, values);
  }

  async connect(): Promise<Client> {
    await interference.before("CONNECT", false);
    return new Client();
  }

  async end(): Promise<void> {}
}

/** Values as pg's driver hands them over and back: int8 and numeric as text, times as Date, bytes as Buffer. */
function textOf(value: unknown): unknown {
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
    return text === null ? "NULL" : `"${String(text).replace(/[\\"]/g, "\\$&")}"`;
  });
  return `{${parts.join()}}`;
}

/** bool, bytea, int8, int2, int4, text, json, floats, times, numeric, uuid, jsonb; and the arrays of those that occur. */
const TYPES = [
  16, 17, 20, 21, 23, 25, 114, 700, 701, 1043, 1082, 1114, 1184, 1700, 2950, 3802, 1000, 1005, 1007, 1009,
  1015, 1016, 1115, 1185, 1231, 199, 3807,
] as const;
/** Its declaration knows no arrays. */
const parserOf = pg.types.getTypeParser as (oid: number, format: "text") => (text: string) => unknown;
const PARSERS = Object.fromEntries(TYPES.map((oid) => [oid, parserOf(oid, "text")]));
const SERIALIZERS = Object.fromEntries(TYPES.map((oid) => [oid, String]));
