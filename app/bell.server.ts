// Hears PostgreSQL's notifications on a connection of its own and rings. A notification is never the work, only a hint
// that there is some: what is missed while the connection is down is found by the worker's sweep.
import pg from "pg";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";

/** 250 ms, 500 ms, 1 s … 8 s: a failover of some seconds is noticed within one more wait. */
const RECONNECT_MS_MIN = 250;
const RECONNECT_MS_MAX = 8_000;

export interface Bell {
  stop(): Promise<void>;
}

/** Channel → what to do with its payload. Each is also called with "" whenever the connection comes up. */
export type Rings = Readonly<Record<string, (payload: string) => void>>;

export function hang(rings: Rings): Bell {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = RECONNECT_MS_MIN;
  let isStopped = false;

  async function connect(): Promise<void> {
    const mine = new pg.Client({
      connectionString: env.DATABASE_URL,
      application_name: "counterfoil bell",
      keepAlive: true,
    });
    client = mine;
    mine.on("notification", ({ channel, payload }) => rings[channel]?.(payload ?? ""));
    // An error without a listener would end the process; "end" follows it and reconnects.
    mine.on("error", (error) => log.warn({ err: error }, "the worker's bell broke"));
    mine.on("end", () => client === mine && reconnectLater());
    try {
      await mine.connect();
      for (const channel of Object.keys(rings)) await mine.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      waitMs = RECONNECT_MS_MIN;
      for (const ring of Object.values(rings)) ring("");
    } catch (error) {
      log.warn({ err: error }, "the worker's bell cannot be hung; trying again");
      await mine.end().catch(() => {});
      reconnectLater();
    }
  }

  function reconnectLater(): void {
    client = undefined;
    if (isStopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, waitMs);
    waitMs = Math.min(RECONNECT_MS_MAX, waitMs * 2);
  }

  void connect();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
