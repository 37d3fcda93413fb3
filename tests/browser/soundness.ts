// Whether what a person sees in the app's frame is sound for everybody: what axe finds in it, and what sticks out of its
// width.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame, Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The app's frame in the admin. */
export function appFrame(page: Page): Frame {
  return page.frames().find((each) => each !== page.mainFrame() && each.url().includes("/app"))!;
}

/** What axe finds: each rule with the elements that break it; none of it expected. */
export async function axeFaults(page: Page): Promise<string[]> {
  await appFrame(page).evaluate(AXE);
  return appFrame(page).evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
}

/** By how many pixels the page is wider than the frame; none expected. */
export function excessWidth(page: Page): Promise<number> {
  return appFrame(page).evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
