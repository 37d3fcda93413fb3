// Processor time of the processes that a benchmark runs, so that it can say what filled the machine. Linux tells it in
// /proc; elsewhere there is none.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What Linux counts in. */
const TICK_MS = 10;

/** Milliseconds of processor time that a process has taken; with those of its children, living and gone. */
export function processorMs(pid: number, withChildren = false): number {
  if (!existsSync("/proc/self/stat")) return Number.NaN;
  const own = statOf(pid);
  if (!own) return 0;
  if (!withChildren) return own.ms;
  const living = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === pid);
  return own.ms + own.goneMs + living.reduce((sum, stat) => sum + stat!.ms, 0);
}

/** PostgreSQL's own process, by its data directory; it is another one after each start. */
export function serverPid(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n")[0]);
}

function statOf(pid: number): { parent: number; ms: number; goneMs: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything.
    const [, parent, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user, system, goneUser, goneSystem] = rest.slice(9, 13).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    return {
      parent: Number(parent),
      ms: (user + system) * TICK_MS,
      goneMs: (goneUser + goneSystem) * TICK_MS,
    };
  } catch {
    return null;
  }
}
