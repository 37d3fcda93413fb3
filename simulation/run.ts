// `npm run simulate -- --seeds N --from S [--workers W] [--bug NAME] [--trace]`: lives N seeds from S on. A seed that fails
// prints the end of its trace and how to live it again. With a bug planted, it stops at the first seed that finds it.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { BUGS } from "./bugs.ts";
import { Crew, type Lived } from "./crew.ts";

const TRACE_LINES = 60;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    workers: { type: "string", default: String(availableParallelism()) },
    bug: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});
const [count, from, workers] = [values.seeds, values.from, values.workers].map(Number) as [
  number,
  number,
  number,
];
if (![count, from, workers].every(Number.isInteger) || count < 1 || workers < 1) {
  console.error("--seeds, --from and --workers are whole numbers");
  process.exit(2);
}
const bug = values.bug ?? null;
if (bug !== null && !BUGS.some(({ name }) => name === bug)) {
  console.error(`no such bug; there are: ${BUGS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const started = performance.now();
const crew = new Crew(Math.min(workers, count));
const failed: number[] = [];
let [lived, next, isOver, cpuMs] = [0, from, false, 0];
await Promise.all(
  Array.from({ length: crew.size }, async () => {
    while (next < from + count && !isOver) {
      const life = await crew.live(next++, bug);
      lived += 1;
      if (life.failures.length > 0) failed.push(life.seed);
      isOver ||= bug !== null && life.failures.length > 0;
      cpuMs += life.cpuMs;
      report(life);
    }
  }),
);
crew.close();
const seconds = (performance.now() - started) / 1_000;
const list = failed.length > 0 ? ` (${failed.sort((a, b) => a - b).join(", ")})` : "";
console.log(
  `${lived} lives from seed ${from}, ${failed.length} failed${list}, ${seconds.toFixed(1)} s, ` +
    `${(cpuMs / 1_000 / lived).toFixed(2)} s of processor time each, ${crew.size} at a time`,
);
process.exit(failed.length > 0 ? 1 : 0);

function report({ seed, hash, failures, trace, isBugPlanted, cpuMs }: Lived): void {
  const isFailed = failures.length > 0;
  const shown = values.trace ? trace : isFailed && bug === null ? trace.slice(-TRACE_LINES) : [];
  for (const line of shown) console.log(line);
  const planted = bug !== null && !isBugPlanted ? ", the bug's place never came by" : "";
  console.log(`seed ${seed} ${isFailed ? "FAILED" : "ok"} ${hash} ${Math.round(cpuMs)} ms${planted}`);
  for (const failure of failures) console.log(`  ${failure}`);
  if (isFailed && bug === null)
    console.log(`  again: npm run simulate -- --seeds 1 --from ${seed} --workers 1 --trace`);
}
