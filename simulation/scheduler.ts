// One thread of virtual time. Every wait in the simulated world is an entry in one queue, ordered by time and then by
// when it was made; between two waits exactly one task runs. So the same seed gives the same order of everything.
// A crash abandons all tasks of a process: what they would have done next never happens.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Chance } from "#sandbox/store/chance.ts";

/** A task that neither waits in virtual time nor ends within this much real time hangs on something unknown. */
const STUCK_MS = 20_000;

export interface Task {
  readonly name: string;
  /** Dies as a whole. */
  readonly process: string;
  isOver: boolean;
  /** Resolved when the task waits or has ended. */
  parked: PromiseWithResolvers<void>;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void | Promise<void>;
  isOff: boolean;
}

export class Scheduler {
  readonly chance: Chance;
  nowMs: number;
  readonly #queue: Entry[] = [];
  readonly #tasks = new Set<Task>();
  readonly #current = new AsyncLocalStorage<Task>();
  #orders = 0;
  #failed: unknown = null;

  constructor(chance: Chance, startMs: number) {
    this.chance = chance;
    this.nowMs = startMs;
  }

  /** The live task that the caller belongs to. */
  current(): Task | null {
    return this.#current.getStore() ?? null;
  }

  /** Runs what belongs to no task. */
  outside<T>(work: () => T): T {
    return this.#current.exit(work);
  }

  /** Calls back once after so much virtual time; the returned function calls it off. */
  later(delayMs: number, run: Entry["run"]): () => void {
    const entry: Entry = {
      atMs: this.nowMs + Math.max(0, delayMs),
      order: (this.#orders += 1),
      run,
      isOff: false,
    };
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.atMs > entry.atMs) at -= 1;
    this.#queue.splice(at, 0, entry);
    return () => void (entry.isOff = true);
  }

  /** Starts a task. An error that it throws ends the simulation. */
  spawn(process: string, name: string, work: () => Promise<void>): void {
    const task: Task = { name, process, isOver: false, parked: Promise.withResolvers() };
    this.#tasks.add(task);
    this.later(0, () => {
      if (task.isOver) return;
      const ended = this.#current.run(task, work);
      ended
        .catch((error: unknown) => {
          if (!task.isOver) this.#failed ??= error;
        })
        .finally(() => {
          this.#end(task);
        });
      return this.#untilParked(task);
    });
  }

  /** Waits in virtual time; others run meanwhile. */
  async sleep(ms: number): Promise<void> {
    const task = this.current();
    if (!task) throw new Error("only tasks sleep");
    const woken = Promise.withResolvers<void>();
    this.later(ms, () => this.#wake(task, woken));
    task.parked.resolve();
    await woken.promise;
  }

  /** Waits for something that another task or a timer brings about. */
  async waitFor<T>(promise: Promise<T>): Promise<T> {
    const task = this.current();
    if (!task) return promise;
    const woken = Promise.withResolvers<void>();
    const onSettled = () => void this.later(0, () => this.#wake(task, woken));
    promise.then(onSettled, onSettled);
    task.parked.resolve();
    await woken.promise;
    return promise;
  }

  /** Ends all tasks of a process where they stand; the caller's own never returns from here. */
  async crash(process: string): Promise<void> {
    const own = this.current();
    for (const task of [...this.#tasks]) if (task.process === process) this.#end(task);
    if (own?.process === process) await new Promise(() => {});
  }

  isAlive(process: string): boolean {
    return [...this.#tasks].some((task) => task.process === process);
  }

  /** Lets so much virtual time pass. @throws what a task threw. */
  async run(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    for (;;) {
      const next = this.#queue[0];
      if (!next || next.atMs > until) break;
      this.#queue.shift();
      if (next.isOff) continue;
      this.nowMs = next.atMs;
      await next.run();
      // What was settled on the way may put entries into the queue.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#failed !== null) throw this.#failed;
    }
    this.nowMs = until;
  }

  async #wake(task: Task, woken: PromiseWithResolvers<void>): Promise<void> {
    if (task.isOver) return;
    task.parked = Promise.withResolvers();
    woken.resolve();
    await this.#untilParked(task);
  }

  async #untilParked(task: Task): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const stuck = new Promise<never>((_resolve, reject) => {
      timer = realTimeout(() => reject(new Error(`${task.name} hangs`)), STUCK_MS);
    });
    try {
      await Promise.race([task.parked.promise, stuck]);
    } finally {
      clearTimeout(timer);
    }
  }

  #end(task: Task): void {
    task.isOver = true;
    this.#tasks.delete(task);
    task.parked.resolve();
  }
}

/** Wakes who waits for it, as PostgreSQL's notifications do; what rings while nobody waits is heard at the next wait. */
export class Bell {
  readonly #scheduler: Scheduler;
  #isRung = true;
  #wake: () => void = () => {};

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  /** Waits for a ring, at most so long. */
  async wait(msMax: number): Promise<void> {
    if (!this.#isRung) {
      const rung = Promise.withResolvers<void>();
      this.#wake = rung.resolve;
      const cancel = this.#scheduler.later(msMax, rung.resolve);
      await this.#scheduler.waitFor(rung.promise);
      cancel();
    }
    this.#isRung = false;
  }
}

/** virtual-time.ts replaces the global one. */
const realTimeout = globalThis.setTimeout;
