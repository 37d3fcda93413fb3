// Changes modules of the app while they are loaded, so that a life can have sizes of its own (sizes.ts) and a planted bug
// can stand in the middle of the code (bugs.ts). What is to be changed must be there exactly once, and every size must have
// been found before the first life: one that was renamed does not pass for one that was made small.
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BUGS } from "./bugs.ts";
import { CHILDREN, SIZES, type Sizes } from "./sizes.ts";

const APP = pathToFileURL(join(import.meta.dirname, "../app/")).href;
const PLANTS = BUGS.flatMap(({ name, code }) => (code ? [{ name, ...code }] : []));

interface Offered {
  readonly stated: number;
  readonly set: (value: number) => void;
}

const offered = new Map<string, Offered>();
let planted: { readonly name: string; readonly plant: () => void } | null = null;

/** Called by a changed module; `stated` is what its code says. */
export function offer(name: string, stated: number, set: (value: number) => void): void {
  offered.set(name, { stated, set });
}

/** Called by a changed module where a bug does its harm. */
export function isPlanted(name: string): boolean {
  if (planted?.name !== name) return false;
  planted.plant();
  return true;
}

/** What is small in the life that begins; everything else is as the app states it. */
export function setSizes(small: Sizes): void {
  for (const { name } of SIZES) {
    const size = offered.get(name);
    if (!size) throw new Error(`${name} was never loaded`);
    size.set(small[name] ?? size.stated);
  }
}

/** `plant` is called each time when the bug does its harm. */
export function plantInCode(name: string | null, plant: () => void): void {
  planted = name === null ? null : { name, plant };
}

/** Before anything of the app is imported. */
export function changeWhatIsLoaded(): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.startsWith(APP)) return loaded;
      const file = `app/${url.slice(APP.length)}`;
      const isMeant = [...SIZES, ...PLANTS].some((change) => change.file === file);
      return isMeant ? { ...loaded, source: changed(file, String(loaded.source)) } : loaded;
    },
  });
}

/** What is added stands behind the last line, so that errors name the right ones. */
function changed(file: string, source: string): string {
  let text = source;
  const added = [`import { isPlanted, offer } from ${JSON.stringify(import.meta.url)};`];
  for (const { name } of SIZES.filter((size) => size.file === file)) {
    if (name === CHILDREN.name) {
      text = replaced(file, text, CHILDREN.from, CHILDREN.to, Infinity);
      added.push(`let ${name} = Infinity;`);
    } else {
      const constant = new RegExp(`^(export )?const ${name} = (?=[\\d_]+;$)`, "gm");
      text = replaced(file, text, constant, `$1let ${name} = `);
    }
    added.push(`offer("${name}", ${name}, (value) => { ${name} = value; });`);
  }
  for (const { name, from, to } of PLANTS.filter((plant) => plant.file === file)) {
    text = replaced(file, text, from, () => to.replace("HERE", `isPlanted("${name}")`));
  }
  return [text, ...added].join("\n");
}

function replaced(
  file: string,
  text: string,
  from: string | RegExp,
  to: string | (() => string),
  timesMax = 1,
): string {
  const times = typeof from === "string" ? text.split(from).length - 1 : (text.match(from)?.length ?? 0);
  if (times === 0 || times > timesMax) throw new Error(`${file} has ${String(from)} ${times} times`);
  return text.replaceAll(from, to as string);
}
