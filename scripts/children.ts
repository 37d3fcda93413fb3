// The processes that `npm start` brings up: started one after another, each awaited until it says that it is ready,
// stopped newest first. None outlives the starter: they share a channel with it and end when it breaks.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { ROOT } from "./prepare.ts";

type Said = Record<string, string>;

const STOP_MS_MAX = 20_000;
const running: { name: string; child: ChildProcess }[] = [];

/**
 * Starts `node <args>` and resolves with what its ready line said. Its other lines are passed through under its name.
 * Rejects when it ends first.
 */
export async function startChild(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  readyOf: (line: string) => Said | null,
  onExit: (name: string, code: number | null) => void,
): Promise<Said> {
  // Its own process group keeps a Ctrl-C in the terminal from reaching it before the starter has its say.
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  running.push({ name, child });
  return new Promise((resolve, reject) => {
    let isReady = false;
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const said = isReady ? null : readyOf(line);
      if (!said) return console.log(`${name}: ${line}`);
      isReady = true;
      resolve(said);
    });
    child.once("exit", (code) => {
      if (isReady) onExit(name, code);
      else reject(new Error(`${name} ended before it was ready (${code ?? "killed"}).`));
    });
  });
}

export async function stopChildren(): Promise<void> {
  for (const { child } of running.reverse()) await stopChild(child);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  await gone;
  clearTimeout(impatience);
}
