// What people put right by hand, and what they are told when it cannot be done.
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { assignNumber, voidNumber } = await import("#app/editions/corrections.ts");
const { choose, editionsOf, keep, numbersOf, openShop, putSale, putSize, NOW } = await import("./store.ts");

let shop: number;
let editionId: string;

beforeEach(async () => {
  shop = await openShop();
  await choose(shop, "void");
  await putSize(shop, "5");
  for (const id of [1, 2]) await putSale(shop, { id, at: id, lines: [{ id: id * 10, quantity: 1 }] });
  await keep(shop);
  editionId = (await editionsOf(shop))[0]!.id;
});

const by = (number: number, reason = "The print was damaged") => {
  return { shopId: shop, editionId, number, reason, actor: "user:7" };
};

it("a damaged copy's number is void, and its buyer gets the next one", async () => {
  expect(await voidNumber(by(1), NOW)).toBe("done");
  expect(await numbersOf(shop)).toEqual(["=1×", "2/0=2", "1/0=3"]);
  expect(await voidNumber(by(1), NOW)).toBe("ALREADY");
});

it("a buyer gets a number that nobody has; the one before is void", async () => {
  expect(await assignNumber(by(5), 2, NOW)).toBe("done");
  expect(await numbersOf(shop)).toEqual(["1/0=1", "=2×", "2/0=5"]);
  expect(await assignNumber(by(1), 5, NOW)).toBe("TAKEN");
  expect(await assignNumber(by(4), 3, NOW)).toBe("NO_SUCH_UNIT");
});

it.each([
  [0, "NOT_A_NUMBER"],
  [1.5, "NOT_A_NUMBER"],
  [1_000_001, "NOT_A_NUMBER"],
  [6, "BEYOND_SIZE"],
] as const)("number %s of an edition of five: %s, and nothing is changed", async (number, said) => {
  expect(await voidNumber(by(number), NOW)).toBe(said);
  expect(await assignNumber(by(number), 1, NOW)).toBe(said);
  expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2"]);
});

it("a number that was sold beyond the size can be put right, too", async () => {
  await putSale(shop, { id: 3, at: 3, lines: [{ id: 30, quantity: 5 }] });
  await keep(shop);
  expect(await voidNumber(by(7), NOW)).toBe("done");
  expect(await voidNumber(by(20), NOW)).toBe("BEYOND_SIZE");
});

it.each(["", "x".repeat(501), "no\0"])(
  "without a reason that can be kept nothing is done: %j",
  async (reason) => {
    expect(await voidNumber(by(1, reason), NOW)).toBe("NO_REASON");
  },
);
