// News that something of a shop changed, for pages that are open. PostgreSQL's LISTEN is heard by one connection per
// process, however many pages look; every transaction that writes says NOTIFY counterfoil_changes with the shop's id.
// News may be lost while the connection is down, so a reconnect counts as news for everybody. That the last worker died
// is what nobody can say: while anybody watches, it is looked for.
import { EventEmitter } from "node:events";
import { env } from "#app/env.server.ts";
import { listen, type Listener } from "#app/listener.server.ts";
import { readBeats } from "#app/status/standstill.ts";
import { BEAT_MS } from "#app/sync/workers.ts";

export const CHANGES_CHANNEL = "counterfoil_changes";
const LOST = "lost";

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

/**
 * Hears of changes in the database behind `connectionString`. It connects with the first watcher and stays.
 * @param lookMs between two looks whether a worker lives.
 */
export function hearChanges(connectionString: string, lookMs = BEAT_MS): Changes {
  /** One event per shop, named by its id, and LOST. */
  const rings = new EventEmitter();
  rings.setMaxListeners(0);
  let listener: Listener | undefined;
  let looking: NodeJS.Timeout | undefined;
  let isWorked: boolean | undefined;
  let isLooking = false;
  let isStopped = false;

  function tellAll(): void {
    for (const shop of rings.eventNames()) if (shop !== LOST) rings.emit(shop);
  }

  /** One at a time: an answer that was overtaken would tell of a death that is over. */
  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const before = isWorked;
    // A database that is away is told of by the lost connection.
    const workers = await readBeats().catch(() => null);
    isLooking = false;
    if (!workers) return;
    isWorked = workers.isAlive;
    if (before !== undefined && before !== isWorked) tellAll();
  }

  function rest(): void {
    clearInterval(looking);
    looking = undefined;
    isWorked = undefined;
  }

  function connect(): Listener {
    return listen({
      connectionString,
      name: "counterfoil changes",
      channels: [CHANGES_CHANNEL],
      heard: (_channel, shop) => shop !== "" && rings.emit(shop),
      up: tellAll,
      lost: () => rings.emit(LOST),
    });
  }

  return {
    watch(shopId, { changed, lost }) {
      rings.on(String(shopId), changed).on(LOST, lost);
      if (!isStopped) {
        listener ??= connect();
        if (!looking) void look();
        looking ??= setInterval(() => void look(), lookMs);
      }
      return () => {
        rings.off(String(shopId), changed).off(LOST, lost);
        if (rings.listenerCount(LOST) === 0) rest();
      };
    },
    async stop() {
      isStopped = true;
      rest();
      await listener?.stop();
    },
  };
}

/** The one of this process. */
export const changes = hearChanges(env.DATABASE_URL);
