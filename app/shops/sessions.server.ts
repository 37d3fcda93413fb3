// Where Shopify's library keeps its sessions: its own Prisma storage, with the tokens encrypted at rest. A session whose
// tokens no key opens any more counts as absent, so the next page a merchant opens exchanges a new one.
// The library is loaded when a session is first asked for: a worker that takes a dead one's place has work before that.
import type { Session } from "@shopify/shopify-api";
import type { SessionStorage } from "@shopify/shopify-app-session-storage";
import type { PrismaSessionStorage } from "@shopify/shopify-app-session-storage-prisma";
import { prisma } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";
import { deriveKey, keyFromText, open, seal, type Key } from "#app/shops/seal.ts";

const PURPOSE = "counterfoil access tokens";

/** The first seals; all open, so that a key can be introduced and the app's secret rotated without losing sessions. */
const keys: readonly [Key, ...Key[]] = [
  ...(env.TOKEN_KEY ? [keyFromText(env.TOKEN_KEY)] : []),
  deriveKey(env.SHOPIFY_API_SECRET, PURPOSE),
  ...(env.SHOPIFY_API_SECRET_PREVIOUS ? [deriveKey(env.SHOPIFY_API_SECRET_PREVIOUS, PURPOSE)] : []),
] as [Key, ...Key[]];

type Tokens = "accessToken" | "refreshToken";

type Inner = PrismaSessionStorage<typeof prisma>;

class SealedSessionStorage implements SessionStorage {
  #inner: Promise<Inner> | undefined;

  async storeSession(session: Session): Promise<boolean> {
    const sealed = await copyOf(session);
    for (const name of ["accessToken", "refreshToken"] satisfies Tokens[]) {
      const token = session[name];
      if (token) sealed[name] = seal(token, place(session.id, name), keys[0]);
    }
    return (await this.#storage()).storeSession(sealed);
  }

  async loadSession(id: string): Promise<Session | undefined> {
    const sealed = await (await this.#storage()).loadSession(id);
    return sealed && unseal(sealed);
  }

  async deleteSession(id: string): Promise<boolean> {
    return (await this.#storage()).deleteSession(id);
  }

  async deleteSessions(ids: string[]): Promise<boolean> {
    return (await this.#storage()).deleteSessions(ids);
  }

  async findSessionsByShop(shop: string): Promise<Session[]> {
    const sealed = await (await this.#storage()).findSessionsByShop(shop);
    const sessions = await Promise.all(sealed.map((session) => unseal(session)));
    return sessions.filter((session) => session !== undefined);
  }

  /**
   * The library's storage asks for its table once, when it is made, and stays broken when the database is away just
   * then; its rejection would even end the process. So it is made at first use, and again after a failure.
   */
  #storage(): Promise<Inner> {
    this.#inner ??= prisma.session
      .count({ take: 1 })
      .then(() => import("@shopify/shopify-app-session-storage-prisma"))
      .then((library) => new library.PrismaSessionStorage(prisma))
      .catch((error: unknown) => {
        this.#inner = undefined;
        throw error;
      });
    return this.#inner;
  }
}

export const sessionStorage: SessionStorage = new SealedSessionStorage();

/**
 * Lets it count as over, unless another has taken its place: whoever opens the app then brings a new token at once, where
 * Shopify's library would trust this one until its hour is up.
 */
export async function endSession({ id, expires }: Session, at: Date): Promise<void> {
  await prisma.session.updateMany({ where: { id, expires: expires ?? null }, data: { expires: at } });
}

async function copyOf(session: Session): Promise<Session> {
  const library = await import("@shopify/shopify-api");
  return new library.Session(session.toObject());
}

async function unseal(sealed: Session): Promise<Session | undefined> {
  const session = await copyOf(sealed);
  for (const name of ["accessToken", "refreshToken"] satisfies Tokens[]) {
    const token = sealed[name];
    if (!token) continue;
    const plain = open(token, place(sealed.id, name), keys);
    if (plain === null) {
      log.warn(
        { sessionId: sealed.id },
        "a stored token cannot be opened with the present keys; it counts as absent",
      );
      return undefined;
    }
    session[name] = plain;
  }
  return session;
}

function place(sessionId: string, name: Tokens): string {
  return `${sessionId}/${name}`;
}
