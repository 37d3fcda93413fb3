// Takes the pictures: opens a page of the app in the admin at each width, waits until it shows what the picture is of, and
// makes the window as high as the page, so that all of it is seen.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type FrameLocator, type Page } from "playwright-core";
import { withPalette } from "./palette.ts";
import type { Stage } from "./stage.ts";

/** Shopify's library answers 410 to headless user agents. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
/** Of a longer page the rest shows nothing new. */
const HEIGHT_MAX = 2_000;
/** Toasts, focus rings and transitions of Polaris are over by then. */
const SETTLE_MS = 400;
const WAIT_MS_MAX = 45_000;

export type Size = keyof typeof SIZES;

export interface Shot {
  readonly name: string;
  /** As the app knows it, "/app/activity". */
  readonly path: string;
  /** Brings the page into the state and resolves when it shows it. By default, when it has its title. */
  readonly until?: (app: FrameLocator, page: Page, size: Size) => Promise<unknown>;
  /** Before the page is opened. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** The window keeps its height: for what lies over the page. */
  readonly isFixed?: boolean;
}

export interface Camera {
  take(shot: Shot): Promise<void>;
  /** Without a picture, for what a first visit brings about. */
  open(path: string): Promise<void>;
  readonly taken: number;
  /** Pictures that could not be taken, and why. The others are. */
  readonly failures: readonly string[];
  close(): Promise<void>;
}

export async function openCamera(
  { sandbox }: Stage,
  executablePath: string,
  target: string,
  wanted: readonly string[],
): Promise<Camera> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const failures: string[] = [];
  let taken = 0;
  const urlOf = (path: string) =>
    new URL(`/store/counterfoil-sandbox/apps/counterfoil${path}`, sandbox.urls.sandbox).href;

  async function takeAt(shot: Shot, size: Size): Promise<void> {
    const context = await browser.newContext({ viewport: SIZES[size], userAgent: USER_AGENT });
    context.setDefaultTimeout(WAIT_MS_MAX);
    try {
      const page = await context.newPage();
      await shot.before?.(page);
      await page.goto(urlOf(shot.path));
      const app = page.frameLocator("iframe");
      await (shot.until?.(app, page, size) ?? app.getByRole("heading").first().waitFor());
      if (!shot.isFixed) await fit(page, size);
      await page.waitForTimeout(SETTLE_MS);
      writeFileSync(join(target, `${shot.name}-${size}.png`), withPalette(await page.screenshot()));
      taken += 1;
    } catch (error) {
      failures.push(
        `${shot.name} at ${size} width: ${error instanceof Error ? error.message : String(error)}`,
      );
    } finally {
      await context.close();
    }
  }

  return {
    async take(shot) {
      if (wanted.length > 0 && !wanted.some((start) => shot.name.startsWith(start))) return;
      for (const size of Object.keys(SIZES) as Size[]) await takeAt(shot, size);
    },
    async open(path) {
      const page = await browser.newPage({ userAgent: USER_AGENT });
      await page.goto(urlOf(path));
      await page.frameLocator("iframe").getByRole("heading").first().waitFor({ timeout: WAIT_MS_MAX });
      await page.close();
    },
    failures,
    get taken() {
      return taken;
    },
    close: () => browser.close(),
  };
}

async function fit(page: Page, size: Size): Promise<void> {
  const frame = page.frames().find((each) => each !== page.mainFrame());
  if (!frame) return;
  const { width, height } = SIZES[size];
  const excess = await frame.evaluate(
    () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
  );
  if (excess > 0) await page.setViewportSize({ width, height: Math.min(HEIGHT_MAX, height + excess) });
}
