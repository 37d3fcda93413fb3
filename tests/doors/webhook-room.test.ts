import { expect, it } from "vitest";
import { openRoom } from "#app/webhook-room.server.ts";

const enter = (room: ReturnType<typeof openRoom>, shop: string) => {
  const visit = room.visit();
  return { visit, isIn: visit.enter(shop) };
};

/** How many of so many find a place. */
const crowd = (room: ReturnType<typeof openRoom>, shop: string, count: number) =>
  Array.from({ length: count }, () => enter(room, shop)).filter(({ isIn }) => isIn);

it("gives a shop half of the places, the next half of the rest, and lets everybody in again in the end", () => {
  const room = openRoom({ webhooks: 8, bytes: 100 });
  const visits = ["a", "b", "c", "d", "e"].map((shop) => crowd(room, shop, 8));
  expect(visits.map(({ length }) => length)).toEqual([4, 2, 1, 1, 0]);
  for (const { visit } of visits.flat()) visit.leave();
  expect(crowd(room, "b", 8)).toHaveLength(4);
});

it("gives a shop no more bytes than are still free, and counts what it was refused for nothing", () => {
  const room = openRoom({ webhooks: 8, bytes: 100 });
  const [a, b] = [enter(room, "a").visit, enter(room, "b").visit];
  expect([a.take(30), a.take(41), a.take(40), a.take(1)]).toEqual([true, false, true, false]);
  expect([b.take(31), b.take(30)]).toEqual([false, true]);
  a.leave();
  expect(b.take(40)).toBe(true);
});

it("keeps a place for none that was turned away", () => {
  const room = openRoom({ webhooks: 2, bytes: 100 });
  const first = enter(room, "a");
  const second = enter(room, "a");
  expect([first.isIn, second.isIn]).toEqual([true, false]);
  second.visit.leave();
  expect(enter(room, "a").isIn).toBe(false);
  first.visit.leave();
  expect(enter(room, "a").isIn).toBe(true);
});
