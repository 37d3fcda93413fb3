// What stands in a page's address: filters, how a list is sorted and where it goes on. What makes no sense is dropped, by
// name, so that the page can say so; an address is typed by people and must never break a page. Pure.
import { sortsBy } from "#app/status/sorts.ts";
import { isDay } from "#app/sync/days.ts";
import { isId, isStorable } from "#app/sync/stored-forms.ts";
import type { Place, SortKey } from "#app/status/keyset.ts";
import type { Sort } from "#app/status/sorts.ts";

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

  /** How the list is sorted: `sort`, one of the keys both ways. @param usual where nothing is asked for. */
  sort<Key extends string>(keys: readonly Key[], usual: Sort<Key>): Sort<Key> {
    return this.oneOf("sort", sortsBy(keys)) ?? usual;
  }

  /** `after`: where a list goes on. A place in a list that is sorted otherwise is none in this one. */
  place(sort: Sort, { type, isNullable }: Pick<SortKey, "type" | "isNullable">): Place | null {
    return this.#read("after", (text) => {
      const [, of, key = null, id = ""] = /^([a-z]+-(?:asc|desc))_(?:(.*)_)?(\d+)$/s.exec(text) ?? [];
      const isOne = key === null ? isNullable === true : isKey(key, type);
      return of === sort && isOne && isId(id) ? { key, id } : null;
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

/** As `Filters.place` reads it. */
export function placeText(sort: Sort, { key, id }: Place): string {
  return key === null ? `${sort}_${id}` : `${sort}_${key}_${id}`;
}

function isKey(text: string, type: SortKey["type"]): boolean {
  if (type === "timestamptz") return isMoment(text);
  return type === "text" || /^-?\d{1,18}$/.test(text);
}

/** As pages write it. `Date.parse` alone lets 31 February pass as a day of March. */
function isMoment(text: string): boolean {
  const [day = "", time = ""] = text.split("T");
  return isDay(day) && /^([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?Z$/.test(time);
}
