import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inOrder, mapInOrder } from "#app/shopify/in-order.ts";

/** Pieces of work that end when they are told to. */
function openWorks(count: number) {
  const works = Array.from({ length: count }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  async function* source() {
    for (const [number, work] of works.entries()) {
      yield () => {
        begun.push(number);
        return work.promise;
      };
    }
  }
  return { works, begun, source };
}

const settled = () => pause(5);

describe("work in order", () => {
  it("keeps so many going and yields what they come to in the order of the source", async () => {
    const { works, begun, source } = openWorks(8);
    const results: number[] = [];
    const reading = (async () => {
      for await (const result of inOrder(source(), 3)) results.push(result);
    })();
    const resolve = async (...numbers: number[]) => {
      for (const number of numbers) works[number]!.resolve(number);
      await settled();
    };
    await settled();
    expect(begun).toEqual([0, 1, 2]);
    await resolve(2);
    expect([results, begun]).toEqual([[], [0, 1, 2, 3]]);
    // As many as may be going are done or going behind the first one.
    await resolve(1, 3, 4);
    expect([results, begun]).toEqual([[], [0, 1, 2, 3, 4]]);
    await resolve(0);
    expect([results, begun]).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ]);
    await resolve(5, 6, 7);
    await reading;
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("goes on while what came is worked on", async () => {
    const { works, begun, source } = openWorks(3);
    works[0]!.resolve(0);
    const reading = inOrder(source(), 1);
    await reading.next();
    await settled();
    expect(begun).toEqual([0, 1]);
    works[1]!.resolve(1);
    await reading.return();
  });

  it("fails in the failure's turn, when nothing is under way any more", async () => {
    const { works, source } = openWorks(4);
    const results: number[] = [];
    let failure: unknown = null;
    void (async () => {
      for await (const result of inOrder(source(), 3)) results.push(result);
    })().catch((error: unknown) => (failure = error));
    works[1]!.reject(new Error("second"));
    await settled();
    expect(results).toEqual([]);
    works[0]!.resolve(0);
    await settled();
    expect([results, failure]).toEqual([[0], null]);
    works[2]!.resolve(2);
    works[3]!.resolve(3);
    await settled();
    expect(failure).toMatchObject({ message: "second" });
    expect(results).toEqual([0]);
  });

  it("fails with its source, after what that had given before", async () => {
    async function* source() {
      yield () => Promise.resolve(1);
      await pause(1);
      throw new Error("no more");
    }
    const results: number[] = [];
    await expect(
      (async () => {
        for await (const result of inOrder(source(), 4)) results.push(result);
      })(),
    ).rejects.toThrow("no more");
    expect(results).toEqual([1]);
  });

  it("pulls nothing more and closes its source when whoever reads leaves", async () => {
    const { works, begun, source } = openWorks(6);
    let isClosed = false;
    async function* closing() {
      try {
        yield* source();
      } finally {
        isClosed = true;
      }
    }
    for (const [number, work] of works.entries()) work.resolve(number);
    for await (const result of inOrder(closing(), 2)) if (result === 1) break;
    expect(begun.length).toBeLessThan(6);
    expect(isClosed).toBe(true);
  });

  it("does the same with a list", async () => {
    let [now, most] = [0, 0];
    const doubled = await mapInOrder([5, 3, 1, 4, 2], 2, async (number) => {
      most = Math.max(most, (now += 1));
      await pause(number);
      now -= 1;
      return number * 2;
    });
    expect([doubled, most]).toEqual([[10, 6, 2, 8, 4], 2]);
  });
});
