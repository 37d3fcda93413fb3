// News that something of a shop changed, for pages that are open. PostgreSQL's LISTEN is heard by one connection per
// process, however many pages look; every transaction that writes says NOTIFY counterfoil_changes with the shop's id.
// News may be lost while the connection is down, so a reconnect counts as news for everybody.
import { EventEmitter } from "node:events";
import pg from "pg";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";

export const CHANGES_CHANNEL = "counterfoil_changes";
const LOST = "lost";
const RECONNECT_MS_MIN = 250;
/** 250 ms, 500 ms, 1 s … 8 s: a failover of some seconds is noticed within one more wait. */
const RECONNECT_MS_MAX = 8_000;

export interface Watcher {
  /** Something of the shop changed. */
  changed(): void;
  /** Nothing can be heard until further notice: whoever says that they are live must stop saying so. */
  lost(): void;
}

export interface Changes {
  /** Tells `watcher` of the shop's changes until the returned function is called. */
  watch(shopId: number, watcher: Watcher): () => void;
  /** Ends the connection; for tests and shutdown. */
  stop(): Promise<void>;
}

/** A listener on the database behind `connectionString`. It connects with the first watcher and stays. */
export function listen(connectionString: string): Changes {
  /** One event per shop, named by its id, and LOST. */
  const rings = new EventEmitter();
  rings.setMaxListeners(0);
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = RECONNECT_MS_MIN;
  let isStopped = false;

  async function connect(): Promise<void> {
    const mine = new pg.Client({
      connectionString,
      application_name: "counterfoil changes",
      keepAlive: true,
    });
    client = mine;
    mine.on("notification", ({ payload }) => payload && rings.emit(payload));
    // An error without a listener would end the process; "end" follows it and reconnects.
    mine.on("error", (error) => log.warn({ err: error }, "the connection that hears of changes broke"));
    mine.on("end", () => client === mine && reconnectLater());
    try {
      await mine.connect();
      await mine.query(`LISTEN ${CHANGES_CHANNEL}`);
      waitMs = RECONNECT_MS_MIN;
      for (const shop of rings.eventNames()) if (shop !== LOST) rings.emit(shop);
    } catch (error) {
      log.warn({ err: error }, "cannot listen for changes; trying again");
      await mine.end().catch(() => {});
      reconnectLater();
    }
  }

  function reconnectLater(): void {
    client = undefined;
    rings.emit(LOST);
    if (isStopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, waitMs).unref();
    waitMs = Math.min(RECONNECT_MS_MAX, waitMs * 2);
  }

  return {
    watch(shopId, { changed, lost }) {
      rings.on(String(shopId), changed).on(LOST, lost);
      if (!client && !timer && !isStopped) void connect();
      return () => void rings.off(String(shopId), changed).off(LOST, lost);
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}

/** The listener of this process. */
export const changes = listen(env.DATABASE_URL);
