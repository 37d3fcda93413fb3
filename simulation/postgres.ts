// PostgreSQL within the process: PGlite behind the face of a pg.Pool. The app builds its pool with `new pg.Pool()`, so
// putting this class in that place is all the seam there is. One connection: whoever is inside a transaction has it to
// himself, and the others wait for its end; crashes and broken connections come between statements.
import { EventEmitter } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { Image } from "./image.ts";
import { Wire, type Prepared, type Result, type Row } from "./wire.ts";

const MIGRATIONS = join(import.meta.dirname, "../prisma/migrations");
/**
 * Small buffers keep the image small. A plan for any values is made once; those for given ones anew at each use. What makes
 * a database survive a power cut, or tells others what it does, is work for nobody here.
 */
const SETTINGS = [
  ...["shared_buffers=16MB", "autovacuum=off", "plan_cache_mode=force_generic_plan", "jit=off"],
  ...["full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0"],
  ...["track_activities=off", "track_counts=off", "compute_query_id=off"],
];
const CHANNELS = ["counterfoil_inbox", "counterfoil_runs"] as const;

export type { Result };

export type Channel = (typeof CHANNELS)[number];

/** What the simulated world does to statements. */
export interface Interference {
  /** Before a statement; `isInside` a transaction. May throw, or never return. */
  before(text: string, isInside: boolean): Promise<void> | void;
  /** A planted bug's text of the statement. */
  rewrite(text: string): string;
  /** A planted bug's doing after it, within the same transaction. */
  after(text: string, result: Result): Promise<void> | void;
  /** Who asks; null outside of every process. */
  process(): string | null;
  /** Waits for the end of another's transaction; a process that has died meanwhile waits for ever. */
  wait(end: Promise<void>): Promise<void>;
  /** True when the process that asks has died: it sends nothing any more. */
  isDead(): boolean;
}

const PEACE: Interference = {
  before: () => {},
  rewrite: (text) => text,
  after: () => {},
  process: () => null,
  wait() {
    throw new Error("a transaction is under way that nobody will end");
  },
  isDead: () => false,
};

/** A transaction that is under way. */
interface Transaction {
  readonly client: Client;
  readonly process: string | null;
  readonly end: PromiseWithResolvers<void>;
}

interface Opened {
  readonly database: PGlite;
  readonly wire: Wire;
  /** What resetDatabase() comes back to. */
  image: { readonly of: Image; readonly prepared: ReadonlyMap<string, Prepared> } | null;
}

let opened: Opened | null = null;
let interference = PEACE;
let transaction: Transaction | null = null;
let onRing: (channel: Channel) => void = () => {};

function server(): Opened {
  if (!opened) throw new Error("the database has not been opened");
  return opened;
}

/** Starts the database and puts it in the place of pg's pool. Call before anything of the app is imported. */
export async function openDatabase(): Promise<void> {
  if (opened) return;
  const settings = SETTINGS.flatMap((setting) => ["-c", setting]);
  const database = await PGlite.create({ startParams: [...PGlite.defaultStartParams, ...settings] });
  const wire = new Wire(database, (channel) => onRing(channel as Channel));
  opened = { database, wire, image: null };
  await database.exec("SET timezone = 'UTC'");
  for (const file of globSync("*/migration.sql", { cwd: MIGRATIONS }).sort()) {
    await database.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
  }
  for (const channel of CHANNELS) await database.exec(`LISTEN ${channel}`);
  Object.assign(pg, { Pool: PglitePool });
}

/** From here on, resetDatabase() comes back to the present state. */
export function takeImage(): void {
  const { database, wire } = server();
  server().image?.of.close();
  server().image = { of: new Image(database), prepared: wire.prepared() };
}

/** Everything is as at the last image. */
export async function resetDatabase(): Promise<void> {
  const { wire, image } = server();
  if (!image) throw new Error("there is no image");
  await rollBack();
  image.of.restore();
  wire.restore(image.prepared);
}

/** What has been asked since the last image, and what that holds. */
export function askedTexts(): readonly string[] {
  return [...server().wire.prepared().keys()];
}

/** Plans these texts, so that the next image holds the plans. Changes no row. */
export async function planAgain(texts: Iterable<string>): Promise<void> {
  const { wire } = server();
  await resetDatabase();
  await execute("BEGIN");
  for (const text of texts) await wire.plan(text);
  await execute("ROLLBACK");
  // What a transaction takes from a sequence stays taken.
  await execute("SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences");
}

/** True while PGlite runs: its timers are for servers whose clients come and go, and would only fire at each jump. */
export function isDatabaseAtWork(): boolean {
  return opened?.wire.isAtWork === true;
}

/** Told of the app's notifications. */
export function hear(ring: (channel: Channel) => void): void {
  onRing = ring;
}

export function interfere(by: Interference | null): void {
  interference = by ?? PEACE;
}

/** What the server does with the transaction of a client that is gone: of this process's, or of whoever has one. */
export async function rollBack(process?: string): Promise<void> {
  if (!transaction || (process !== undefined && transaction.process !== process)) return;
  const rolledBack = execute("ROLLBACK");
  endTransaction();
  await rolledBack;
}

function endTransaction(): void {
  transaction?.end.resolve();
  transaction = null;
}

/** A statement of the simulation's own: nothing interferes. */
export function execute<T = Row>(text: string, values: readonly unknown[] = []): Promise<Result<T>> {
  return server().wire.query<T>(text, values);
}

/** As pg takes it: a text with values beside it, or both in one. */
type Statement = string | { readonly text: string; readonly values?: readonly unknown[] };

/** `client` is null for a statement by itself. */
async function run<T>(
  client: Client | null,
  statement: Statement,
  beside: readonly unknown[] = [],
): Promise<Result<T>> {
  const { text, values = beside } = typeof statement === "string" ? { text: statement } : statement;
  const result = await inTurn(client, text, () => execute<T>(interference.rewrite(text), values));
  if ((text === "COMMIT" || text === "ROLLBACK") && isInside(client)) endTransaction();
  await interference.after(text, { ...result, rows: result.rows as Row[] });
  return result;
}

/** Sends a statement when nobody else is inside a transaction. */
async function inTurn<T>(client: Client | null, text: string, send: () => Promise<T>): Promise<T> {
  await interference.before(text, isInside(client));
  while (transaction && !isInside(client)) await interference.wait(transaction.end.promise);
  if (interference.isDead()) await new Promise<never>(() => {});
  // From here on nothing can come in between: PGlite has done its work when send() returns.
  if (text === "BEGIN" && client && !transaction)
    transaction = { client, process: interference.process(), end: Promise.withResolvers() };
  return send();
}

function isInside(client: Client | null): boolean {
  return client !== null && transaction?.client === client;
}

/** What copyIn() hands to query(): a statement that sends its data along. */
interface CopyIn {
  readonly text: string;
  submit(connection: object): void;
  handleCopyInResponse(connection: object): void;
  handleReadyForQuery(): void;
  handleError(error: unknown): void;
}

const COPY_DONE = "c".charCodeAt(0);

class Client extends EventEmitter {
  /** Nothing is sent anywhere, so nothing can be held back. */
  readonly connection = { stream: { cork: () => {}, uncork: () => {} } };
  #broken: unknown = null;
  /** The end of what was asked before: statements are taken in turn, whether or not somebody waits in between. */
  #before: Promise<unknown> = Promise.resolve();

  #copyIn(copy: CopyIn): CopyIn {
    const data: Buffer[] = [];
    const before = this.#before;
    const sent = Promise.withResolvers<void>();
    this.#before = sent.promise;
    const send = async () => {
      await before;
      try {
        if (this.#broken !== null) throw this.#broken;
        await inTurn(this, copy.text, () => server().wire.copyIn(copy.text, data));
        copy.handleReadyForQuery();
      } catch (error) {
        if (isBreak(error)) this.#broken = error;
        copy.handleError(error);
      } finally {
        sent.resolve();
      }
    };
    const write = (part: Buffer) => {
      data.push(part);
      if (part.length === 5 && part[0] === COPY_DONE) void send();
      return true;
    };
    const statements = { parsedStatements: {}, submittedNamedStatements: {} };
    const connection = { ...statements, query: () => {}, stream: { write } };
    copy.submit(connection);
    process.nextTick(() => copy.handleCopyInResponse(connection));
    return copy;
  }

  query<T>(statement: Statement | CopyIn, values?: readonly unknown[]): Promise<Result<T>> | CopyIn {
    return typeof statement === "object" && "submit" in statement
      ? this.#copyIn(statement)
      : this.#query<T>(statement, values);
  }

  #query<T>(statement: Statement, values?: readonly unknown[]): Promise<Result<T>> {
    const answer = this.#before.then(() => this.#take<T>(statement, values));
    this.#before = answer.catch(() => {});
    return answer;
  }

  /** A connection that broke stays broken. */
  async #take<T>(statement: Statement, values?: readonly unknown[]): Promise<Result<T>> {
    if (this.#broken !== null) throw this.#broken;
    try {
      return await run<T>(this, statement, values);
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
    return run<T>(null, statement, values);
  }

  async connect(): Promise<Client> {
    await interference.before("CONNECT", false);
    return new Client();
  }

  async end(): Promise<void> {}
}
