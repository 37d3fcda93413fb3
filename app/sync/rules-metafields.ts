// The allow-list of metafields: what of it Shopify's own arguments can say, and a test for the rest. Pure.
import { chosenMetafields } from "#app/resources/metafields.ts";
import type { MetafieldsName, Node, Resource } from "#app/resources/define.ts";

interface AllowList {
  readonly metafields: readonly string[];
  /** What the app's own parts need, of products and their variants. */
  readonly needed: readonly string[];
}

/** Limited editions are of products and of variants. */
const NEEDED_OF: ReadonlySet<string> = new Set<MetafieldsName>(["product_metafields", "variant_metafields"]);

/** The most that Shopify takes in `keys`. */
const KEYS_MAX = 250;

/** Asks for less where the list can be said in Shopify's words: keys without wildcards, or one namespace. */
export function chosenFields(resource: Resource, list: AllowList): Resource {
  const patterns = patternsFor(resource, list);
  if (patterns === null) return resource;
  const name = resource.name as MetafieldsName;
  const isPlain = patterns.every((pattern) => pattern.includes(".") && !pattern.includes("*"));
  if (isPlain && patterns.length <= KEYS_MAX) return chosenMetafields(name, { keys: patterns });
  const [only] = patterns;
  const namespace = /^([^.*]+)(\.\*)?$/.exec(only ?? "")?.[1];
  return patterns.length === 1 && namespace ? chosenMetafields(name, { namespace }) : resource;
}

/** Null where everything is taken. */
export function takesMetafield(resource: Resource, list: AllowList): ((node: Node) => boolean) | null {
  const patterns = patternsFor(resource, list);
  if (patterns === null) return null;
  const tests = patterns.map(regexOf);
  return ({ namespace, key }) => {
    const name = `${String(namespace)}.${String(key)}`;
    return tests.some((test) => test.test(name));
  };
}

/** Whether a metafield of this name is on the list. */
export function isAllowed(name: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => regexOf(pattern).test(name));
}

/** The patterns as regular expressions over "namespace.key" that PostgreSQL reads alike. */
export function sourceOf(pattern: string): string {
  // An app's own namespace is named in short and comes with the app's id.
  const named = pattern.replace(/^\$app:/, "app--*--").replace(/^\$app(?=\.|$)/, "app--*");
  const whole = named.includes(".") ? named : `${named}.*`;
  const parts = whole.split("*").map((part) => part.replaceAll(/[.$^+?()[\]{}|\\]/g, "\\$&"));
  return `^${parts.join(".*")}$`;
}

/** Null where every metafield is taken, or where the resource is none of metafields. */
export function patternsFor(
  { name, type }: Resource,
  { metafields, needed }: AllowList,
): readonly string[] | null {
  if (type !== "Metafield" || metafields.length === 0) return null;
  return [...new Set([...metafields, ...(NEEDED_OF.has(name) ? needed : [])])];
}

function regexOf(pattern: string): RegExp {
  return new RegExp(sourceOf(pattern));
}
