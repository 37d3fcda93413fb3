// Which webhook topics there are, and the scopes that an app needs one of to hear of each: both as Shopify's schema says.
import { readFileSync } from "node:fs";
import { API_VERSION } from "../admin-api/schema.ts";

const FILE = new URL(`../schema/admin-${API_VERSION}.topics.json`, import.meta.url);

let scopes: ReadonlyMap<string, readonly string[]> | undefined;

/** Of `orders/create`; empty where none is needed, null where there is no such topic. */
export function scopesOfTopic(topic: string): readonly string[] | null {
  scopes ??= new Map(
    Object.entries(JSON.parse(readFileSync(FILE, "utf8")) as Record<string, string>).map(([name, needed]) => [
      name,
      needed === "" ? [] : needed.split(" "),
    ]),
  );
  return scopes.get(topic.replace(/[/.]/g, "_").toUpperCase()) ?? null;
}
