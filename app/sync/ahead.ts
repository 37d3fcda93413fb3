// Pages asked for while the ones before them are stored.
import type { Page } from "#app/shopify/pages.ts";

/**
 * Resolves when the first page is there. While one is worked on the next is on its way, unless `isLast` says then that nothing
 * more is wanted; nothing is under way when it ends.
 */
export async function ahead(
  source: AsyncGenerator<Page, void>,
  isLast: () => boolean = () => false,
): Promise<AsyncIterable<Page>> {
  const first = await source.next();
  return (async function* () {
    let next: Promise<IteratorResult<Page, void>> | null = Promise.resolve(first);
    try {
      while (next) {
        const { value, done }: IteratorResult<Page, void> = await next;
        next = null;
        if (done || !value) return;
        if (value.next !== null && !isLast()) {
          next = source.next();
          // Whoever awaits it hears of its failure; until then nobody does.
          next.catch(() => {});
        }
        yield value;
      }
    } finally {
      await next?.catch(() => {});
    }
  })();
}
