// `npm run bench -- NAME`: runs one benchmark, prints a table for people and, last, one line of JSON for programs.
// Every figure that is judged is a ratio to a peer or a limit measured in the same run: absolute speeds are the machine's.
import { cpus, loadavg } from "node:os";
import type { Bench } from "./figures.ts";

const BENCHES: Record<string, () => Promise<{ bench: Bench }>> = {
  "catch-up": () => import("./catch-up.ts"),
  ingest: () => import("./ingest.ts"),
  webhooks: () => import("./webhooks.ts"),
  freshness: () => import("./freshness.ts"),
  storm: () => import("./storm.ts"),
  crash: () => import("./crash.ts"),
  editions: () => import("./editions.ts"),
  face: () => import("./face.ts"),
};

const name = process.argv[2] ?? "";
const load = BENCHES[name];
if (!load) {
  console.error(`npm run bench -- NAME, where NAME is one of: ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}

console.log(
  `bench ${name}: Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`,
);
// What else this machine was doing just before: absolute figures mean little beside a foreign load.
const [loadBefore = 0] = loadavg();
const { bench } = await load();
const { figures, goals } = await bench();

console.log(`  load average before: ${loadBefore.toFixed(2)}`);
for (const { label, value, unit, of } of figures) {
  const spread =
    of && of.length > 1
      ? `   (${of.length} runs: ${round(Math.min(...of))} to ${round(Math.max(...of))})`
      : "";
  console.log(`  ${label.padEnd(58)} ${round(value).padStart(10)} ${unit}${spread}`);
}
for (const { label, wanted, isMet } of goals)
  console.log(`  ${isMet ? "met   " : "MISSED"}  ${label}: ${wanted}`);

const met = goals.every(({ isMet }) => isMet);
console.log(
  JSON.stringify({
    name,
    loadBefore: Number(loadBefore.toFixed(2)),
    figures: Object.fromEntries(
      figures.map(({ label, value, unit }) => [`${label} (${unit})`, Number(round(value))]),
    ),
    goals: Object.fromEntries(goals.map(({ label, wanted, isMet }) => [`${label}: ${wanted}`, isMet])),
    met,
  }),
);
process.exit(met ? 0 : 1);

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}
