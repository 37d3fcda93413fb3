// While one version replaces another, both work on the same rows, and after a step back the older one finds those of the
// newer. What is of a resource that this version does not have is left to one that has it: it must not stop the rest.
import { resources } from "#app/resources/index.ts";

const NAMES = resources.map(({ name }) => `'${name}'`).join(", ");

/** A condition: the resource whose name the expression yields is one of this version's. */
export function isKnown(resource: string): string {
  return `${resource} IN (${NAMES})`;
}
