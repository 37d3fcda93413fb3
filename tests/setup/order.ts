// The order of the test files: what is known to last long begins first, so that no long file is left alone at the end.
// Nothing but time depends on it: every file has a database and servers of its own.
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Paths, or the beginnings of paths, that last longer than their size tells. The longest come first; walks through pages
 * alternate with others, since a browser alone keeps a core busy.
 */
export const LONG: readonly string[] = [
  "tests/simulation",
  "tests/browser/away",
  "tests/races-in-flight",
  "tests/browser/pages",
  "tests/start",
  "tests/sandbox/pages-browser",
  "tests/sync/backfill",
  "tests/browser/editions",
  "tests/sync/walk",
  "tests/sync/estimate",
  "tests/sync/whole-orders",
  "tests/browser",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const rankOf = ({ moduleId }: TestSpecification) => {
      const path = moduleId.slice(root.length + 1);
      const rank = LONG.findIndex((beginning) => path.startsWith(beginning));
      return rank === -1 ? LONG.length : rank;
    };
    // The rest as vitest has it: by the time of an earlier run here, else by size.
    return (await super.sort(files)).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
