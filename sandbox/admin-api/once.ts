/** A map, or a weak one. */
interface Memory<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/** What the memory holds for `key`, found first where it holds nothing. Without a memory it is found each time. */
export function once<K, V>(memory: Memory<K, V> | undefined, key: K, find: () => V): V {
  let value = memory?.get(key);
  if (value === undefined) {
    value = find();
    memory?.set(key, value);
  }
  return value;
}
