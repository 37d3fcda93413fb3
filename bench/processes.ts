// The processes that benchmarks measure: started as production starts them, ready when this returns, gone afterwards.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { ROOT } from "#scripts/prepare.ts";
import packageJson from "../package.json" with { type: "json" };

/** What `npm run worker` gives Node itself: what is measured is what is run. */
export const NODE_FLAGS: readonly string[] = packageJson.scripts.worker.match(/--max-\S+/g) ?? [];

/** Runs `node <script>` until it prints a line with `ready` in it. Throws when it ends before. */
export async function startProcess(
  script: readonly string[],
  env: Readonly<Record<string, string>>,
  ready: string,
  onSpawn?: (child: ChildProcess) => void,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...NODE_FLAGS, ...script], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production", LOG_LEVEL: "warn", ...env },
  });
  onSpawn?.(child);
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (line.includes(ready)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`${script.at(-1)} ended with ${code}`)));
  });
  return child;
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** Asks again and again. Throws with `what` when it has not become true in time. */
export async function until(what: string, msMax: number, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + msMax;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`after ${msMax / 1_000} s still not: ${what}`);
    await wait(50);
  }
}
