// `npm run screenshots [-- NAME…]`: starts a store of its own, brings the app into each of its main states and writes pictures
// at desktop and phone width to docs/screenshots/. With names, only the pictures whose names begin so. Look at each before
// committing it.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openCamera } from "./screenshots/camera.ts";
import { ROOT, ensureChromium } from "./prepare.ts";
import { SCENES } from "./screenshots/scenes.ts";
import { startStage } from "./screenshots/stage.ts";

const TARGET = join(ROOT, "docs/screenshots");
const wanted = process.argv.slice(2);

const executablePath = ensureChromium(console.log);
if (!executablePath) throw new Error("Screenshots need Chromium: install it, or set CHROMIUM_PATH.");
mkdirSync(TARGET, { recursive: true });
if (wanted.length === 0) {
  for (const file of readdirSync(TARGET)) if (file.endsWith(".png")) rmSync(join(TARGET, file));
}
const stage = await startStage();
try {
  const camera = await openCamera(stage, executablePath, TARGET, wanted);
  try {
    for (const scene of SCENES) await scene(stage, camera);
  } finally {
    await camera.close();
  }
  console.log(`${camera.taken} pictures in ${TARGET}`);
  for (const failure of camera.failures) console.error(failure);
  if (camera.failures.length > 0) process.exitCode = 1;
} finally {
  await stage.stop();
}
