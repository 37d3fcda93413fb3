// One start per data folder: two servers on one cluster would destroy it, so the second start says where the first is.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Throws when a living process holds the folder. */
export function claim(folder: string): void {
  const file = join(folder, "start.pid");
  for (;;) {
    try {
      return writeFileSync(file, String(process.pid), { flag: "wx" });
    } catch {
      const holder = Number(readFileSync(file, "utf8"));
      if (holder !== process.pid && isAlive(holder)) {
        throw new Error(
          `Counterfoil already runs on ${folder} (process ${holder}). Stop it first, or choose another --data.`,
        );
      }
      rmSync(file);
    }
  }
}

export function release(folder: string): void {
  rmSync(join(folder, "start.pid"), { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
