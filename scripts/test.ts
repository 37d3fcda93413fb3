// `npm test`: prepares what the tests need (database client, build, Chromium), runs them all, and ends with one line
// that counts them. Arguments are handed on to vitest: `npm test -- tests/sync`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT, ensureBuild, ensureChromium, run } from "./prepare.ts";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

const report = join(ROOT, ".data/test-report.json");
const say = (line: string) => console.log(line);

const chromium = ensureChromium(say);
if (!chromium) {
  say(
    "The browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH to one.",
  );
  process.exit(1);
}
run("prisma", ["generate", "--no-hints"]);
ensureBuild(say);

mkdirSync(join(ROOT, ".data"), { recursive: true });
rmSync(report, { force: true });
const vitest = spawnSync(
  join(ROOT, "node_modules/.bin/vitest"),
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: ROOT, stdio: "inherit", env: { ...process.env, CHROMIUM_PATH: chromium } },
);

if (!existsSync(report)) {
  say("0 passed, 1 failed");
  process.exit(vitest.status || 1);
}
const counted = JSON.parse(readFileSync(report, "utf8")) as Report;
// A file that could not be loaded has no tests to count, yet it is a failure.
const brokenFiles = counted.testResults.filter(
  (file) => file.status === "failed" && file.assertionResults.length === 0,
).length;
const failed = counted.numFailedTests + brokenFiles;
const skipped = counted.numPendingTests > 0 ? `, ${counted.numPendingTests} skipped` : "";
say(`${counted.numPassedTests} passed, ${failed} failed${skipped}`);
process.exit(failed > 0 ? 1 : (vitest.status ?? 1));
