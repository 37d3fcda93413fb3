// `npm start` as a person uses it: it comes up, ends without leaving a process behind, finds its data again, and says
// in a sentence what is wrong when it cannot start.
import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT, freePort } from "#scripts/prepare.ts";

const data = openFolder();
const SMALL = ["--data", data, "--orders", "40", "--products", "12", "--traffic", "0"];

afterAll(() => rmSync(data, { recursive: true, force: true }));

/** As root, PostgreSQL runs under an account of its own, which must be able to walk into the folder. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "counterfoil-start-"));
  chmodSync(folder, 0o755);
  return folder;
}

interface Started {
  child: ChildProcess;
  /** Everything said so far. */
  said: () => string;
  exit: Promise<number | null>;
}

function start(args: readonly string[]): Started {
  const env = { ...process.env, DATABASE_URL: "" };
  const child = spawn(process.execPath, ["scripts/start.ts", ...args], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, said: () => text, exit };
}

/** What follows "Open " and "psql " in the lines that tell a person where to look. */
async function whereItIs({ said, exit }: Started): Promise<{ admin: string; database: string }> {
  const ended = exit.then((code) => {
    throw new Error(`it ended with ${code}: ${said()}`);
  });
  const told = expect.poll(said).toContain("The mirror: psql");
  await Promise.race([told, ended]);
  return { admin: /Open {2}(\S+)/.exec(said())![1]!, database: /psql (\S+)/.exec(said())![1]! };
}

/** Command lines of living processes that belong to this start: they name its data folder or descend from it. */
function processesOf(pids: readonly number[]): number[] {
  return pids.filter(
    (pid) => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "),
  );
}

function descendantsOf(pid: number): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parentOf = (name: string) => {
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1]);
    } catch {
      return 0;
    }
  };
  const children = all.filter((name) => parentOf(name) === pid).map(Number);
  return [...children, ...children.flatMap(descendantsOf)];
}

async function countOf(database: string, table: string): Promise<number> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
    return Number(rows[0]!.count);
  } finally {
    await client.end();
  }
}

describe("npm start", () => {
  it("comes up, ends on Ctrl-C with nothing left behind, and finds its data the next time", async () => {
    const first = start(SMALL);
    const { admin, database } = await whereItIs(first);
    expect((await fetch(admin)).status).toBe(200);
    expect(await countOf(database, "sync_runs")).toBe(0);
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    await client.query("INSERT INTO shops (domain) VALUES ('kept.myshopify.com')");
    await client.end();

    const pids = descendantsOf(first.child.pid!);
    expect(pids.length).toBeGreaterThan(3);
    first.child.kill("SIGINT");
    expect(await first.exit).toBe(0);
    expect(processesOf(pids)).toEqual([]);

    const second = start(SMALL);
    const again = await whereItIs(second);
    expect(await countOf(again.database, "shops WHERE domain = 'kept.myshopify.com'")).toBe(1);

    const third = start(SMALL);
    expect(await third.exit).toBe(1);
    expect(third.said()).toMatch(/already runs on .* \(process \d+\)/);

    // Killed outright, it cannot clean up: the next start must cope.
    const orphans = descendantsOf(second.child.pid!);
    second.child.kill("SIGKILL");
    await second.exit;
    const fourth = start(SMALL);
    await whereItIs(fourth);
    fourth.child.kill("SIGTERM");
    expect(await fourth.exit).toBe(0);
    await expect.poll(() => processesOf(orphans)).toEqual([]);
  });

  it("puts a half-written cluster aside and starts anew", async () => {
    const folder = openFolder();
    mkdirSync(join(folder, "postgres"));
    writeFileSync(join(folder, "postgres/PG_VERSION"), "18\n");
    const begun = start(["--data", folder, "--orders", "10", "--products", "5", "--traffic", "0"]);
    await whereItIs(begun);
    begun.child.kill("SIGINT");
    expect(await begun.exit).toBe(0);
    expect(begun.said()).toContain("left half-written");
    expect(readdirSync(folder).some((name) => name.startsWith("postgres-incomplete-"))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it("says which port is taken", async () => {
    const holder = createServer().listen((await freePort(0))!, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const { port } = holder.address() as { port: number };
    const refused = start([...SMALL, "--port", String(port)]);
    expect(await refused.exit).toBe(1);
    expect(refused.said()).toContain(`Port ${port} for the store is taken`);
    holder.close();
  });

  it("refuses options that make no sense, each in a sentence", async () => {
    const cases = [
      [["--orders", "many"], '--orders takes a whole number up to 200000, not "many"'],
      [["--plan", "basic"], "--plan is one of standard, advanced, plus, enterprise"],
      [["--colour", "red"], "--colour"],
    ] as const;
    for (const [args, sentence] of cases) {
      const refused = start(args);
      expect(await refused.exit).toBe(2);
      expect(refused.said()).toContain(sentence);
    }
  });
});
