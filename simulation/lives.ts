// A process of the crew: lives the seeds that it is sent, one after the other.
import type { Lived, Wanted } from "./crew.ts";
import { openDatabase } from "./postgres.ts";
import { changeWhatIsLoaded } from "./loading.ts";
import { doOnTheSpot } from "./on-the-spot.ts";

// Before anything of the app is imported: the database stands in the place of pg's pool.
doOnTheSpot();
changeWhatIsLoaded();
await openDatabase();
const { live } = await import("./life.ts");
const { bugOf } = await import("./bugs.ts");

process.on("message", ({ seed, bug }: Wanted) => {
  const before = process.cpuUsage();
  void live(seed, bug === null ? null : bugOf(bug)).then((life) => {
    const { user, system } = process.cpuUsage(before);
    process.send!({ ...life, cpuMs: (user + system) / 1_000 } satisfies Lived);
  });
});

// Whoever sent the seeds is gone.
process.on("disconnect", () => process.exit());
