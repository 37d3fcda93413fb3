// Waits until the mirror is in a state.
import type pg from "pg";

const LOOK_MS = 150;
const WAIT_MS_MAX = 240_000;

/** @param condition SQL that is true when it is so. */
export async function until(what: string, mirror: pg.Pool, condition: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (Date.now() < deadline) {
    const { rows } = await mirror.query<{ is_so: boolean }>(`SELECT ${condition} AS is_so`);
    if (rows[0]?.is_so) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`waited in vain: ${what}`);
}
