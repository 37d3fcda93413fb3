// What both entries share: loading the one build, and stopping in order when the process is told to.
import type { ServerBuild } from "@remix-run/node";
import { existsSync } from "node:fs";
import type { RequestListener } from "node:http";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Worker {
  /** Ends the steps under way, within seconds. */
  stop(): Promise<void>;
}

export interface Build {
  remix: ServerBuild;
  startWorker(): Promise<Worker>;
  /** Answers POST /webhooks in front of the framework; null where its own route does. */
  webhookDoor: RequestListener | null;
  /** Writes the figures that are still in memory. */
  stopMetrics(): Promise<void>;
}

// A process that takes a dead one's place is at work a third sooner when the build need not be compiled anew.
enableCompileCache();

/** A stop that takes longer than this is cut off; whatever was under way resumes from its stored cursor. */
const STOP_MS_MAX = 15_000;

export async function loadBuild(): Promise<Build> {
  const remix = await load<ServerBuild>("index.js");
  return { ...(remix.entry.module as unknown as Omit<Build, "remix">), remix };
}

/** The part of the build that a worker needs: no pages, and nothing of what draws them. */
export function loadWorker(): Promise<Pick<Build, "startWorker">> {
  return load("worker.js");
}

function load<T>(name: string): Promise<T> {
  const file = join(import.meta.dirname, "../build/server", name);
  if (!existsSync(file)) {
    console.error("There is no build yet: run `npm run build` first.");
    process.exit(1);
  }
  return importBuild<T>(pathToFileURL(file).href);
}

/** A missing setting is said in its own words and without a stack: there is no bug to look for. */
async function importBuild<T>(url: string): Promise<T> {
  try {
    return (await import(url)) as T;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "EnvironmentError") throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** Runs `stop` once on SIGTERM, SIGINT, or when the process that spawned this one is gone; then exits. */
export function onStop(stop: () => Promise<unknown>): void {
  let isStopping = false;
  const begin = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", begin);
  process.on("SIGINT", begin);
  if (process.channel) process.on("disconnect", begin);
}
