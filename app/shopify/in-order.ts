// Several questions at once, and their answers one after another in the order in which they were asked: what is far away
// takes as long as one answer then, and whoever stores what comes need not know of it.

/** Makes the next piece of work, or none; pulled by one at a time, ahead of what is being yielded. */
export type Works<T> = AsyncIterator<() => Promise<T>, void>;

/**
 * Keeps up to `width` pieces of work going at once and yields what they come to, in the order of the source. Behind one that
 * takes long others may be done, as many as are going at most. The first that fails ends it when its turn has come.
 * Whenever it ends, nothing that it began is still under way.
 */
export async function* inOrder<T>(source: Works<T>, width: number): AsyncGenerator<T, void> {
  const begun: Promise<IteratorResult<T, void>>[] = [];
  let pulled: Promise<IteratorResult<() => Promise<T>, void>> | null = null;
  let going = 0;
  let isOver = false;

  function begin(): void {
    const before = pulled;
    const next = (pulled = (async () => ((await before)?.done || isOver ? DONE : source.next()))());
    const result = next.then(async ({ done, value }) => {
      return done || !value ? DONE : { done: false as const, value: await value() };
    });
    begun.push(result);
    going += 1;
    // Whoever awaits it hears of its failure; until then nobody does.
    result
      .catch(() => {})
      .finally(() => {
        going -= 1;
        beginMore();
      });
  }

  function beginMore(): void {
    while (!isOver && going < width && begun.length < 2 * width - 1) begin();
  }

  try {
    for (;;) {
      beginMore();
      const { done, value } = await begun[0]!;
      void begun.shift();
      if (done) return;
      beginMore();
      yield value;
    }
  } finally {
    isOver = true;
    await Promise.allSettled(begun);
    await source.return?.();
  }
}

const DONE = { done: true, value: undefined } as const;

/** What each of a list comes to, `width` of them at a time. */
export async function mapInOrder<T, R>(
  list: readonly T[],
  width: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  async function* works() {
    for (const one of list) yield () => work(one);
  }
  for await (const result of inOrder(works(), width)) results.push(result);
  return results;
}
