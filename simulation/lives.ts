// A process of the crew: lives the seeds that it is sent, one after the other.
import type { Wanted } from "./crew.ts";
import { openDatabase } from "./postgres.ts";
import { doOnTheSpot } from "./on-the-spot.ts";

// Before anything of the app is imported: the database stands in the place of pg's pool.
doOnTheSpot();
await openDatabase();
const { live } = await import("./life.ts");
const { bugOf } = await import("./bugs.ts");

process.on("message", ({ seed, bug }: Wanted) => {
  void live(seed, bug === null ? null : bugOf(bug)).then((life) => process.send!(life));
});

// Whoever sent the seeds is gone.
process.on("disconnect", () => process.exit());
