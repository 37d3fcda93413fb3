// What every walk through the app's pages does: open the admin, go to a page, and look whether what its frame shows is
// sound for everybody.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame, Page } from "playwright-core";
import type { Stack } from "./stack.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const ADMIN = "/store/counterfoil-sandbox/apps/counterfoil";

/** The admin with the app in it, once the first sync has made the mirror complete. */
export async function openComplete(stack: Stack): Promise<Page> {
  const page = await stack.open();
  await page.goto(stack.sandbox.urls.admin);
  const complete = page.frameLocator("iframe").getByText("Your mirror is complete", { exact: false });
  await complete.first().waitFor();
  return page;
}

/**
 * Where a machine is so busy that the database does not answer in time, the page says so and opens by itself later.
 * @param path as the app knows it, "/app/activity".
 */
export async function visitPage(stack: Stack, page: Page, path: string): Promise<void> {
  await page.goto(new URL(`${ADMIN}${path}`, stack.sandbox.urls.sandbox).href);
  const title = page.frameLocator("iframe").getByRole("heading", { level: 1 });
  await title.filter({ hasNotText: "cannot reach its database" }).first().waitFor();
}

/** The app's frame in the admin. */
export function appFrame(page: Page): Frame {
  return page.frames().find((each) => each !== page.mainFrame() && each.url().includes("/app"))!;
}

/** What axe finds: each rule with the elements that break it; none of it expected. What fades in has come by then. */
export async function axeFaults(page: Page): Promise<string[]> {
  await stillness(page);
  await appFrame(page).evaluate(AXE);
  return appFrame(page).evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
}

/** Resolves when nothing moves but what moves for ever; a press begins to show one frame later. */
function stillness(page: Page): Promise<void> {
  return appFrame(page).evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
}

/** By how many pixels the page is wider than the frame; none expected. */
export function excessWidth(page: Page): Promise<number> {
  return appFrame(page).evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
