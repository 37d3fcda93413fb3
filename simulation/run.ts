// `npm run simulate -- --seeds N --from S [--bug NAME] [--trace]`: lives N seeds from S on. A seed that fails prints its
// trace and how to live it again.
import { parseArgs } from "node:util";
import { openDatabase } from "./postgres.ts";
import type { Life } from "./life.ts";

const TRACE_LINES = 60;

for (const [name, value] of Object.entries({
  DATABASE_URL: "postgresql://in-process",
  SHOPIFY_API_KEY: "key",
  SHOPIFY_API_SECRET: "secret",
  SHOPIFY_APP_URL: "https://counterfoil.test",
  TOKEN_KEY: "00".repeat(32),
  LOG_LEVEL: process.env.LOG ?? "silent",
})) {
  process.env[name] = value;
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    bug: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});
const [count, from] = [Number(values.seeds), Number(values.from)];
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(from)) {
  console.error("--seeds and --from are whole numbers");
  process.exit(2);
}

await openDatabase();
const { live } = await import("./life.ts");
const { BUGS } = await import("./bugs.ts");
const bug = values.bug === undefined ? null : BUGS.find(({ name }) => name === values.bug);
if (bug === undefined) {
  console.error(`no such bug; there are: ${BUGS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const started = performance.now();
let failed = 0;
for (let seed = from; seed < from + count; seed += 1) {
  const begun = performance.now();
  const life = await live(seed, bug);
  if (life.failures.length > 0) failed += 1;
  report(life, performance.now() - begun);
}
const seconds = (performance.now() - started) / 1_000;
console.log(
  `${count} lives, ${failed} failed, ${seconds.toFixed(1)} s, ${(seconds / count).toFixed(2)} s each`,
);
process.exit(failed > 0 ? 1 : 0);

function report(life: Life, ms: number): void {
  const { seed, hash, failures, trace } = life;
  const isFailed = failures.length > 0;
  if (values.trace || isFailed)
    for (const line of values.trace ? trace : trace.slice(-TRACE_LINES)) console.log(line);
  console.log(`seed ${seed} ${isFailed ? "FAILED" : "ok"} ${hash} ${Math.round(ms)} ms`);
  for (const failure of failures) console.log(`  ${failure}`);
  if (isFailed) console.log(`  again: npm run simulate -- --seeds 1 --from ${seed} --trace`);
}
