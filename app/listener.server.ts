// Hears PostgreSQL's notifications on a connection of its own and keeps that connection: when it breaks it is opened again.
// A notification is only a hint; what was said while nobody listened is lost, so whoever listens is told when it comes up.
import pg from "pg";
import { log } from "#app/observe.server.ts";

/** 250 ms, 500 ms, 1 s … 8 s: a failover of some seconds is noticed within one more wait. */
const RECONNECT_MS_MIN = 250;
const RECONNECT_MS_MAX = 8_000;

export interface Hearing {
  readonly connectionString: string;
  /** PostgreSQL and the log know the connection by it. */
  readonly name: string;
  readonly channels: readonly string[];
  readonly heard: (channel: string, payload: string) => void;
  /** Everything is heard from here on; before, anything may have been missed. */
  readonly up: () => void;
  /** Nothing is heard until `up`. */
  readonly lost?: () => void;
}

export interface Listener {
  stop(): Promise<void>;
}

/** Connects at once, and again whenever that is needed; returns before the connection is there. */
export function listen({ connectionString, name, channels, heard, up, lost }: Hearing): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = RECONNECT_MS_MIN;
  let isStopped = false;

  async function connect(): Promise<void> {
    const mine = new pg.Client({ connectionString, application_name: name, keepAlive: true });
    client = mine;
    mine.on("notification", ({ channel, payload }) => heard(channel, payload ?? ""));
    // An error without a listener would end the process; "end" follows it and reconnects.
    mine.on("error", (error) => log.warn({ err: error, name }, "a connection that listens broke"));
    mine.on("end", () => client === mine && reconnectLater());
    try {
      await mine.connect();
      for (const channel of channels) await mine.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      waitMs = RECONNECT_MS_MIN;
      up();
    } catch (error) {
      log.warn({ err: error, name }, "cannot listen; trying again");
      await mine.end().catch(() => {});
      if (client === mine) reconnectLater();
    }
  }

  function reconnectLater(): void {
    client = undefined;
    lost?.();
    if (isStopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, waitMs).unref();
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
