// @vitest-environment jsdom
// The sign in the corner: there while the live connection is broken, and only then.
import "./screen.ts";
import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { LiveCorner } from "#app/components/live-corner.tsx";
import { tellLive } from "#app/components/live-sign.ts";
import { renderFor } from "./readers.tsx";

afterEach(() => {
  cleanup();
  tellLive(null);
});

it("says that the connection broke and falls silent when it is back", () => {
  renderFor(<LiveCorner />);
  const sign = screen.getByRole("status");
  for (const state of ["connecting", "live"] as const) {
    act(() => tellLive(state));
    expect(sign.textContent).toBe("");
  }
  act(() => tellLive("polling"));
  expect(sign.textContent).toBe("Reconnecting…");
  act(() => tellLive("live"));
  expect(sign.textContent).toBe("");
  act(() => tellLive("polling"));
  act(() => tellLive(null));
  expect(sign.textContent).toBe("");
});
