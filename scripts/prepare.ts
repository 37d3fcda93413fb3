// What must be there before the app runs or is tested: the generated database client, the build, a free port.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parse } from "smol-toml";

export const ROOT = join(import.meta.dirname, "..");
const BUILD = join(ROOT, "build/server/index.js");

/** What the build is made of; a newer file among these makes it stale. */
const SOURCES = [
  "app/**/*",
  "public/**/*",
  "prisma/schema/*.prisma",
  "vite.config.ts",
  "package-lock.json",
  "shopify.app.toml",
];

/** Builds the app when there is no build or a source is newer than it. Throws when the build fails. */
export function ensureBuild(say: (line: string) => void): void {
  if (!isStale()) return;
  say("Building the app (once; about half a minute) …");
  run("prisma", ["generate", "--no-hints"]);
  run("remix", ["vite:build"]);
}

function isStale(): boolean {
  if (!existsSync(BUILD)) return true;
  const builtAt = statSync(BUILD).mtimeMs;
  return globSync(SOURCES, { cwd: ROOT }).some((file) => {
    const stat = statSync(join(ROOT, file));
    return stat.isFile() && stat.mtimeMs > builtAt;
  });
}

/** Applies pending migrations to the database behind `url`. Throws with Prisma's words when one fails. */
export function migrate(url: string): void {
  run("prisma", ["migrate", "deploy"], { DATABASE_URL: url });
}

/** Runs a tool of node_modules/.bin quietly; its output is shown only when it fails. */
export function run(tool: string, args: readonly string[], env: Record<string, string> = {}): void {
  const result = spawnSync(join(ROOT, "node_modules/.bin", tool), args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (result.status === 0) return;
  throw new Error(
    `${tool} ${args.join(" ")} failed.\n${result.stdout}${result.stderr}${result.error?.message ?? ""}`,
  );
}

/** The port itself when it is free, else null. */
export async function freePort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(null));
    probe.listen(port, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : null));
    });
  });
}

/** The app's scopes with `read_all_orders`, which Shopify approves on request and a TOML cannot ask for before that. */
export function scopesWithAllOrders(): string[] {
  const toml = parse(readFileSync(join(ROOT, "shopify.app.toml"), "utf8")) as {
    access_scopes: { scopes: string };
  };
  return [...toml.access_scopes.scopes.split(","), "read_all_orders"];
}

const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const CHROMIUM_APPS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Path of a Chromium: CHROMIUM_PATH, one on the PATH, or (as root on Debian) one installed now. Null when there is none. */
export function ensureChromium(say: (line: string) => void): string | null {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return null;
  say("Installing Chromium for the browser tests …");
  try {
    const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
    execFileSync("apt-get", ["update", "-qq"], quiet);
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], quiet);
  } catch {
    return null;
  }
  return findChromium();
}

function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : null;
  const onPath = (process.env.PATH ?? "")
    .split(":")
    .flatMap((folder) => CHROMIUM_NAMES.map((name) => join(folder, name)));
  return [...onPath, ...CHROMIUM_APPS].find((path) => existsSync(path)) ?? null;
}
