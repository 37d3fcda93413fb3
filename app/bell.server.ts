// The worker's bell: notifications ring, and so does every new connection. A notification is never the work, only a hint
// that there is some: what is missed while the connection is down is found by the worker's sweep.
import { env } from "#app/env.server.ts";
import { listen, type Listener } from "#app/listener.server.ts";

export type Bell = Listener;

/** Channel → what to do with its payload. Each is also called with "" whenever the connection comes up. */
export type Rings = Readonly<Record<string, (payload: string) => void>>;

export function hang(rings: Rings): Bell {
  return listen({
    connectionString: env.DATABASE_URL,
    name: "counterfoil bell",
    channels: Object.keys(rings),
    heard: (channel, payload) => rings[channel]?.(payload),
    up() {
      for (const ring of Object.values(rings)) ring("");
    },
  });
}
