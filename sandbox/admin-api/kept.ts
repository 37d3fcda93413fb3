/**
 * A small JSON file that survives a restart: tokens, subscriptions, finished bulk operations. In memory only without a
 * directory. Written whole to a second file and renamed, so that it is never half written.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Kept<T> {
  load(): T | undefined;
  save(value: T): void;
}

export function keep<T>(directory: string | undefined, name: string): Kept<T> {
  if (directory === undefined) return { load: () => undefined, save: () => {} };
  const path = join(directory, name);
  return {
    load: () => (existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : undefined),
    save(value) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(`${path}.new`, JSON.stringify(value));
      renameSync(`${path}.new`, path);
    },
  };
}
