// Lives seeds in processes of their own, several at a time: each has its own database, and which of them lives a seed
// makes no difference to it.
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Life } from "./life.ts";

const ENTRY = join(import.meta.dirname, "lives.ts");
/** What app/env.server.ts asks for; nothing of it is ever connected to. */
const ENVIRONMENT = {
  DATABASE_URL: "postgresql://in-process",
  SHOPIFY_API_KEY: "key",
  SHOPIFY_API_SECRET: "secret",
  SHOPIFY_APP_URL: "https://counterfoil.test",
  TOKEN_KEY: "00".repeat(32),
  // graphql-js checks every value's class again and again otherwise.
  NODE_ENV: "production",
} as const;

export interface Wanted {
  readonly seed: number;
  /** Name of a bug to plant. */
  readonly bug: string | null;
}

export interface Lived extends Life {
  /** Processor time of its process, the preparation before its first life included. */
  readonly cpuMs: number;
}

export class Crew {
  readonly #idle: ChildProcess[] = [];
  readonly #all: ChildProcess[] = [];
  readonly #waiting: ((child: ChildProcess) => void)[] = [];

  constructor(size: number) {
    const env = { LOG_LEVEL: "silent", ...process.env, ...ENVIRONMENT };
    for (let count = 0; count < size; count += 1) {
      const child = fork(ENTRY, [], { env, execArgv: [], serialization: "advanced" });
      this.#all.push(child);
      this.#idle.push(child);
    }
  }

  get size(): number {
    return this.#all.length;
  }

  async live(seed: number, bug: string | null = null): Promise<Lived> {
    const child = this.#idle.pop() ?? (await new Promise<ChildProcess>((free) => this.#waiting.push(free)));
    try {
      return await ask(child, { seed, bug });
    } finally {
      const next = this.#waiting.shift();
      if (next) next(child);
      else this.#idle.push(child);
    }
  }

  /** Ends the processes. */
  close(): void {
    for (const child of this.#all) child.kill();
  }
}

function ask(child: ChildProcess, wanted: Wanted): Promise<Lived> {
  return new Promise((resolve, reject) => {
    // One that died while it was idle would never answer.
    if (!child.connected) return reject(new Error(`the process for seed ${wanted.seed} has ended before it`));
    const onMessage = (life: unknown) => {
      child.off("exit", onExit);
      resolve(life as Lived);
    };
    const onExit = (code: number | null) => {
      child.off("message", onMessage);
      reject(new Error(`the process that lived seed ${wanted.seed} ended with ${code}`));
    };
    child.once("message", onMessage);
    child.once("exit", onExit);
    child.send(wanted);
  });
}
