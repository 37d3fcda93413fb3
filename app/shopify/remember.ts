// Keeps what a pure function made of a text, for the few texts that come again and again: documents and fragments, which
// are parsed and printed in the same few forms at every request.

/** Far more than there are forms of documents; texts that carry times or ids must not fill the memory. */
const KEPT_MAX = 500;

/** The same function, which works once per text. What it returns is shared, so it must not be changed. */
export function remembering<T>(make: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const found = kept.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(text, made);
    return made;
  };
}
