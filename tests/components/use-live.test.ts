// When an open page asks for its data again: once for many changes, never while something else is loading.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTurn } from "#app/components/use-live.ts";

const ASK_MS = 50;
const GAP_MS = 250;
let revalidate: () => void;
let turn: ReturnType<typeof createTurn>;
const follow = (state: { isLoading?: boolean; isActing?: boolean } = {}) =>
  turn.follow({ isLoading: false, isActing: false, revalidate, ...state });

beforeEach(() => {
  vi.useFakeTimers();
  revalidate = vi.fn();
  turn = createTurn();
  follow();
});
afterEach(() => {
  turn.stop();
  vi.useRealTimers();
});

describe("refreshing", () => {
  it("begins soon, and once for all that changes while it lasts", () => {
    turn.ask();
    vi.advanceTimersByTime(ASK_MS);
    expect(revalidate).toHaveBeenCalledTimes(1);
    turn.ask();
    follow({ isLoading: true });
    for (let change = 0; change < 20; change++) turn.ask();
    expect(revalidate).toHaveBeenCalledTimes(1);
    follow();
    vi.advanceTimersByTime(GAP_MS - 1);
    expect(revalidate).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(revalidate).toHaveBeenCalledTimes(2);
  });

  it("rests when nothing has changed since", () => {
    turn.ask();
    vi.advanceTimersByTime(ASK_MS);
    follow({ isLoading: true });
    follow();
    vi.advanceTimersByTime(60_000);
    expect(revalidate).toHaveBeenCalledTimes(1);
  });

  it("waits for a click that is under way", () => {
    turn.ask();
    follow({ isActing: true });
    vi.advanceTimersByTime(60_000);
    expect(revalidate).not.toHaveBeenCalled();
    follow();
    expect(revalidate).toHaveBeenCalledTimes(1);
  });

  it("goes on when a refresh was over before it could be seen", () => {
    turn.ask();
    vi.advanceTimersByTime(ASK_MS);
    turn.ask();
    vi.advanceTimersByTime(1_000 + GAP_MS);
    expect(revalidate).toHaveBeenCalledTimes(2);
  });
});
