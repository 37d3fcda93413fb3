// What stands in a page's address: filters and where a list goes on. What makes no sense is dropped, by name, so that
// the page can say so; an address is typed by people and must never break a page. Pure.
import { isDay } from "#app/sync/days.ts";
import { isId, isStorable } from "#app/sync/stored-forms.ts";

export { isId };

/** Longer values are no filter that a page has written. */
const VALUE_CHARS_MAX = 500;

export class Filters {
  /** Parameters that were given and not understood. */
  readonly dropped: string[] = [];
  readonly #params: URLSearchParams;

  constructor(url: string) {
    this.#params = new URL(url).searchParams;
  }

  /** One of `values`, or null. */
  oneOf<T extends string>(name: string, values: readonly T[]): T | null {
    return this.#read(name, (text) => values.find((value) => value === text) ?? null);
  }

  /** A calendar day, `2026-11-23`, that exists. */
  day(name: string): string | null {
    return this.#read(name, (text) => (isDay(text) ? text : null));
  }

  text(name: string): string | null {
    return this.#read(name, (text) => text);
  }

  /** Where a list goes on: the time (ISO 8601) and id of the last row that was shown. */
  cursor(name: string): Cursor | null {
    return this.#read(name, (text) => {
      const [at = "", id = ""] = text.split("_");
      return isMoment(at) && isId(id) ? { at, id } : null;
    });
  }

  #read<T>(name: string, understand: (text: string) => T | null): T | null {
    const given = this.#params.get(name)?.trim() ?? "";
    if (given === "") return null;
    const value = given.length > VALUE_CHARS_MAX || !isStorable(given) ? null : understand(given);
    if (value === null) this.dropped.push(name);
    return value;
  }
}

export interface Cursor {
  /** ISO 8601 with microseconds, UTC. */
  readonly at: string;
  readonly id: string;
}

export function cursorText({ at, id }: Cursor): string {
  return `${at}_${id}`;
}

/** As pages write it. `Date.parse` alone lets 31 February pass as a day of March. */
function isMoment(text: string): boolean {
  const [day = "", time = ""] = text.split("T");
  return isDay(day) && /^([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?Z$/.test(time);
}
