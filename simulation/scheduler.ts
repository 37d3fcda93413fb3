// One thread of virtual time. Every wait in the simulated world is an entry in one queue, ordered by time and then by
// when it was made; between two waits exactly one task runs. So the same seed gives the same order of everything.
// A task may branch and have several waits under way: they are woken one at a time, and what one of them sets off is let
// run until nothing but waits is left of it. So nothing may wait for the real world unseen: it is done on the spot
// (on-the-spot.ts), or time is stopped for it.
// A crash abandons all tasks of a process: what they would have done next never happens.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Chance } from "#sandbox/store/chance.ts";

/** A task that for so much real time neither waits in virtual time nor ends hangs on something unknown. */
const STUCK_MS = 20_000;

export interface Task {
  readonly name: string;
  /** Dies as a whole. */
  readonly process: string;
  /** Its work has come to its end; a branch that it left behind may go on. */
  isOver: boolean;
  /** Its process has died: nothing of it goes on. */
  isDead: boolean;
  /** How many of its branches wait in virtual time. */
  waits: number;
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
  #stops = 0;
  #failed: unknown = null;
  readonly #stuckMs: number;

  constructor(chance: Chance, startMs: number, stuckMs = STUCK_MS) {
    this.chance = chance;
    this.nowMs = startMs;
    this.#stuckMs = stuckMs;
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
    const task: Task = { name, process, isOver: false, isDead: false, waits: 0 };
    this.#tasks.add(task);
    this.later(0, () => {
      if (task.isDead) return;
      const ended = this.#current.run(task, work);
      ended
        .catch((error: unknown) => {
          if (!task.isDead) this.#failed ??= error;
        })
        .finally(() => {
          task.isOver = true;
          this.#tasks.delete(task);
        });
      return this.#untilQuiet(task);
    });
  }

  /** Waits in virtual time; others run meanwhile. */
  async sleep(ms: number): Promise<void> {
    const task = this.current();
    if (!task) throw new Error("only tasks sleep");
    const { woken, wake } = this.#wait(task);
    this.later(ms, wake);
    await woken;
  }

  /** Waits for something that another task, another branch or a timer brings about. */
  async waitFor<T>(promise: Promise<T>): Promise<T> {
    const task = this.current();
    if (!task) return promise;
    const { woken, wake } = this.#wait(task);
    const onSettled = () => void this.later(0, wake);
    promise.then(onSettled, onSettled);
    await woken;
    return promise;
  }

  /** Stops time for something in the real world, such as a file. */
  async stopFor<T>(work: Promise<T>): Promise<T> {
    this.#stops += 1;
    try {
      return await work;
    } finally {
      this.#stops -= 1;
    }
  }

  /** Ends all tasks of a process where they stand. What the caller does next is its own affair. */
  crash(process: string): void {
    for (const task of this.#tasks) {
      if (task.process !== process) continue;
      task.isDead = true;
      this.#tasks.delete(task);
    }
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
      await turn();
      if (this.#failed !== null) throw this.#failed;
    }
    this.nowMs = until;
  }

  /** One wait of one branch. */
  #wait(task: Task): { readonly woken: Promise<void>; readonly wake: Entry["run"] } {
    task.waits += 1;
    const { promise: woken, resolve } = Promise.withResolvers<void>();
    const wake = () => {
      if (task.isDead) return;
      task.waits -= 1;
      resolve();
      return this.#untilQuiet(task);
    };
    return { woken, wake };
  }

  /** Lets a task run until it has ended or has nothing left but waits. */
  async #untilQuiet(task: Task): Promise<void> {
    const begun = performance.now();
    do {
      await turn();
      if (performance.now() - begun > this.#stuckMs) throw new Error(`${task.name} hangs`);
    } while (this.#stops > 0 || (!task.isOver && !task.isDead && task.waits === 0));
  }
}

/** After a turn of the event loop, whatever goes on without waiting for anything outside has gone on to its end. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
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
