// News that something of a shop changed, for pages that are open. PostgreSQL's LISTEN is heard by one connection per
// process, however many pages look; every transaction that writes says NOTIFY counterfoil_changes with the shop's id.
// News may be lost while the connection is down, so a reconnect counts as news for everybody.
import { EventEmitter } from "node:events";
import { env } from "#app/env.server.ts";
import { listen, type Listener } from "#app/listener.server.ts";

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

/** Hears of changes in the database behind `connectionString`. It connects with the first watcher and stays. */
export function hearChanges(connectionString: string): Changes {
  /** One event per shop, named by its id, and LOST. */
  const rings = new EventEmitter();
  rings.setMaxListeners(0);
  let listener: Listener | undefined;
  let isStopped = false;

  function connect(): Listener {
    return listen({
      connectionString,
      name: "counterfoil changes",
      channels: [CHANGES_CHANNEL],
      heard: (_channel, shop) => shop !== "" && rings.emit(shop),
      up() {
        for (const shop of rings.eventNames()) if (shop !== LOST) rings.emit(shop);
      },
      lost: () => rings.emit(LOST),
    });
  }

  return {
    watch(shopId, { changed, lost }) {
      rings.on(String(shopId), changed).on(LOST, lost);
      if (!isStopped) listener ??= connect();
      return () => void rings.off(String(shopId), changed).off(LOST, lost);
    },
    async stop() {
      isStopped = true;
      await listener?.stop();
    },
  };
}

/** The one of this process. */
export const changes = hearChanges(env.DATABASE_URL);
