// In every test file: an unexpected console.error is a failure, since it is what people would see go wrong.
import { afterEach, beforeEach, expect, vi } from "vitest";

beforeEach(() => {
  vi.spyOn(console, "error");
});

afterEach(() => {
  const said = vi.mocked(console.error).mock.calls.map((call) => call.map(String).join(" "));
  vi.mocked(console.error).mockRestore();
  expect(said, "unexpected console.error").toEqual([]);
});
