// What is remembered is made once per text, and does not fill the memory.
import { describe, expect, it, vi } from "vitest";
import { remembering } from "#app/shopify/remember.ts";

describe("a remembering function", () => {
  it("works once for a text and hands out the same result", () => {
    const make = vi.fn((text: string) => ({ text }));
    const remembered = remembering(make);
    expect(remembered("a")).toBe(remembered("a"));
    expect(make).toHaveBeenCalledOnce();
  });

  it("keeps nothing of a failure", () => {
    const make = vi.fn((text: string) => JSON.parse(text) as unknown);
    const remembered = remembering(make);
    for (let attempt = 0; attempt < 2; attempt += 1) expect(() => remembered("{")).toThrow(SyntaxError);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it("begins anew when it has kept too many", () => {
    const make = vi.fn((text: string) => text.length);
    const remembered = remembering(make);
    for (let index = 0; index <= 500; index += 1) remembered(`text ${index}`);
    remembered("text 0");
    expect(make).toHaveBeenCalledTimes(502);
  });
});
