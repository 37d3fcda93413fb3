// The processes that bench/crash.ts kills: two workers and a supervisor that starts a dead one again at once, as any
// service manager does. A worker's connections carry its name, so that PostgreSQL says which deliveries it has in hand.
import type { ChildProcess } from "node:child_process";
import { startWorker, type Stack } from "./stack.ts";
import { stopProcess, until } from "./processes.ts";

const WORKERS = 2;
const START_MS_MAX = 60_000;
const BATCH_MS_MAX = 60_000;

interface Member {
  readonly name: string;
  process: ChildProcess | null;
  isWorking: boolean;
  /** Its death is on purpose. */
  isDoomed: boolean;
  hasLeft: boolean;
}

export class Crew {
  readonly #stack: Stack;
  readonly #members: Member[];
  /** Ends of processes, the web server's among them, that nobody asked for. */
  deaths = 0;
  #isOver = false;
  #turn = 0;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#members = Array.from({ length: WORKERS }, (_, number) => {
      return {
        name: `crash worker ${number + 1}`,
        process: null,
        isWorking: false,
        isDoomed: false,
        hasLeft: false,
      };
    });
    stack.web.once("exit", () => {
      if (!this.#isOver) this.deaths += 1;
    });
  }

  async start(): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#launch(member)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#members.map(({ process }) => process && stopProcess(process)));
  }

  untilAllWork(): Promise<void> {
    return until("both workers work", START_MS_MAX, async () =>
      this.#members.every(({ isWorking }) => isWorking),
    );
  }

  /** Resolves while some worker has claimed deliveries and not yet committed. */
  async untilMidBatch(): Promise<void> {
    await this.#batch(this.#members.map(({ name }) => name));
  }

  /** Kills a worker that has claimed deliveries and not committed. @returns the claimed ones, and when, ms since 1970. */
  async killInMidBatch(): Promise<{ ids: string[]; at: number }> {
    const victim = this.#members[this.#turn++ % this.#members.length]!;
    const ids = await this.#batch([victim.name]);
    victim.isDoomed = true;
    victim.process!.kill("SIGKILL");
    return { ids, at: Date.now() };
  }

  /** From here on a dead worker has nobody to stand in for it but its successor. */
  async leaveOne(): Promise<void> {
    // One that is told to stop while it starts would pass for one that cannot start.
    await this.untilAllWork();
    for (const member of this.#members.splice(1)) {
      member.hasLeft = true;
      if (member.process) await stopProcess(member.process);
    }
  }

  /** Deliveries that one of the named workers has locked, as soon as there are any. */
  async #batch(names: readonly string[]): Promise<string[]> {
    const deadline = performance.now() + BATCH_MS_MAX;
    while (performance.now() < deadline) {
      const { rows } = await this.#stack.database.query<{ id: string }>(CLAIMED, [names]);
      if (rows.length > 0) return rows.map(({ id }) => id);
    }
    throw new Error(`${names.join(", ")}: no batch in ${BATCH_MS_MAX / 1_000} s`);
  }

  async #launch(member: Member): Promise<void> {
    const url = new URL(this.#stack.databaseUrl);
    url.searchParams.set("application_name", member.name);
    const child = await startWorker({ ...this.#stack.env, DATABASE_URL: url.href }, (spawned) => {
      member.process = spawned;
      spawned.once("exit", () => this.#onExit(member));
    });
    member.isWorking = member.process === child;
  }

  #onExit(member: Member): void {
    member.isWorking = false;
    if (this.#isOver || member.hasLeft) return;
    if (!member.isDoomed) this.deaths += 1;
    member.isDoomed = false;
    void this.#launch(member).catch((error: unknown) => {
      if (!this.#isOver) throw error;
    });
  }
}

// A locked row carries its locker's transaction in xmax.
const CLAIMED = `
  SELECT d.id FROM sync_deliveries d
  JOIN pg_stat_activity a ON a.backend_xid = d.xmax
  WHERE d.state = 'received' AND a.application_name = ANY ($1)`;
