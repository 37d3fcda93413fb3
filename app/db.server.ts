// The one connection pool of the process. Prisma and hand-written SQL share it, so that a process has one number of
// connections to reckon with. int8 and numeric arrive as strings from `pool`: never as floats.
import { createHash } from "node:crypto";
import type { Writable } from "node:stream";
import { PrismaPg } from "@prisma/adapter-pg";
import prismaClient from "@prisma/client";
import pg from "pg";
import { env } from "#app/env.server.ts";
import { Transient } from "#app/shopify/errors.ts";

const CONNECT_MS_MAX = 5_000;
const IDLE_MS_MAX = 30_000;

export const pool = new pg.Pool({
  connectionString: env.DATABASE_URL,
  max: env.DATABASE_POOL_SIZE,
  connectionTimeoutMillis: CONNECT_MS_MAX,
  idleTimeoutMillis: IDLE_MS_MAX,
  keepAlive: true,
  application_name: "counterfoil",
  // What is asked without waiting for the answer before it is sent at once: several statements, one round trip.
  pipeline: true,
});

// An idle connection that breaks must not end the process: the pool drops it and the next query opens another.
// observe.server.ts adds the log line.
pool.on("error", () => {});

export const prisma = new prismaClient.PrismaClient({ adapter: new PrismaPg(pool) });

export interface Committing {
  /**
   * If PostgreSQL dies just after the commit, the work is found undone and is done again, so the commit need not wait for
   * the disk. Never for what somebody was promised.
   */
  readonly isRedone?: boolean;
}

/**
 * Runs `work` inside one transaction: committed when it returns, rolled back when it throws.
 * @throws Transient when the database is away, is shutting down or broke a deadlock; whatever `work` throws otherwise.
 */
export async function inTransaction<T>(
  work: (client: pg.PoolClient) => Promise<T> | T,
  { isRedone = false }: Committing = {},
): Promise<T> {
  const client = await connect();
  const watch = watchBreak(client);
  lasts.delete(client);
  try {
    sendLast(client, "BEGIN");
    if (isRedone) sendLast(client, "SET LOCAL synchronous_commit TO off");
    const result = await work(client);
    sendLast(client, "COMMIT");
    const answers = await Promise.all(lasts.get(client)!);
    // In a transaction that failed it is answered all the same.
    if (answers.at(-1)!.command !== "COMMIT")
      throw new Error("the transaction had failed and was rolled back");
    for (const act of afterwards.get(client) ?? []) act();
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(watch.onBreak);
    if (isDemoted(error)) watch.onBreak(error);
    throw watch.broken() || isPassing(error)
      ? new Transient("the database broke off", { cause: error })
      : error;
  } finally {
    afterwards.delete(client);
    lasts.delete(client);
    watch.release();
  }
}

/** A connection that breaks while it is held says so by an event; unheard, that would end the process. */
function watchBreak(client: pg.PoolClient) {
  let broken: Error | undefined;
  const onBreak = (error: Error) => (broken ??= error);
  client.on("error", onBreak);
  return {
    onBreak,
    broken: () => broken,
    /** Gives it back to the pool, which drops it if it broke. */
    release(): void {
      client.off("error", onBreak);
      client.release(broken);
    },
  };
}

/**
 * Sends two statements together on one connection, each a transaction of its own. What the second one comes to is
 * nobody's concern.
 */
export async function queryAndTell<T extends pg.QueryResultRow>(
  statement: pg.QueryConfig,
  telling: string,
): Promise<pg.QueryResult<T>> {
  const client = await pool.connect();
  const watch = watchBreak(client);
  try {
    const [answer] = await Promise.allSettled([client.query<T>(statement), client.query(telling)]);
    if (answer.status === "rejected") {
      if (isDemoted(answer.reason)) watch.onBreak(answer.reason);
      throw answer.reason;
    }
    return answer.value;
  } finally {
    watch.release();
  }
}

const afterwards = new WeakMap<pg.PoolClient, (() => void)[]>();

/** Has `act` done once the transaction has committed, and not at all where it is rolled back. It must not throw. */
export function afterCommit(client: pg.PoolClient, act: () => void): void {
  const acts = afterwards.get(client);
  if (acts) acts.push(act);
  else afterwards.set(client, [act]);
}

const lasts = new WeakMap<pg.PoolClient, Promise<pg.QueryResult>[]>();

/**
 * Sends a statement whose answer the transaction needs at its end only: it goes along with what comes next. If it fails, so
 * does whatever follows it, and the transaction: not for work in a savepoint that may be given up.
 */
export function sendLast(client: pg.PoolClient, statement: pg.QueryConfig | string): void {
  holdBack(client);
  const sent = client.query(statement);
  // Whoever awaits the end hears of it; where the work fails first, nobody does.
  sent.catch(() => {});
  const known = lasts.get(client);
  if (known) known.push(sent);
  else lasts.set(client, [sent]);
}

/** Until this turn of the event loop is over: what it sends goes to the network at once, and not piece by piece. */
function holdBack(client: pg.PoolClient): void {
  const { stream } = (client as pg.PoolClient & { readonly connection: { readonly stream: Writable } })
    .connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** SQL for a time as ISO 8601 text in UTC, with its microseconds: a Date would lose them. */
export function isoTime(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Statements that a connection keeps parsed and planned; beyond that many they are sent whole each time. */
const PREPARED_MAX = 200;
const names = new Map<string, string>();

/**
 * A statement for `query()` that each connection parses once: with a hundred columns that is dearer than its work. Its
 * name comes from its text, so that connections which processes share through a pooler never mix two statements up.
 */
export function prepared(text: string, values: unknown[]): pg.QueryConfig {
  let name = names.get(text);
  if (name === undefined && names.size < PREPARED_MAX) {
    name = `c_${createHash("sha256").update(text).digest("base64url").slice(0, 22)}`;
    names.set(text, name);
  }
  return name === undefined ? { text, values } : { name, text, values };
}

async function connect(): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new Transient("the database cannot be reached", { cause });
  }
}

/** After a fail-over an old connection may lead to what is a standby now; a new one leads to where one can write. */
function isDemoted(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "25006";
}

/** SQLSTATE classes, socket codes and Prisma's own codes of failures that heal by themselves. */
const PASSING =
  /^(08...|25006|57P0[1-5]|53...|40001|40P01|55P03|ECONN[A-Z]+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|P10(01|02|08|17)|P2024)$/;

/** The driver gives these no code: its own time limit for connecting, and a connection that died under a statement. */
const PASSING_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether the same statement can be expected to succeed later. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return "code" in error && error.code !== undefined
    ? PASSING.test(String(error.code))
    : PASSING_WORDS.test(error.message);
}
