// Door: an open page hears that something of its shop changed.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { callerOf } from "#app/shops/caller.server.ts";
import { changes } from "#app/status/changes.server.ts";
import { eventStream } from "#app/status/event-stream.ts";

/** `text/event-stream` with the events `open` and `changed`. Without a session token: 401. */
export async function loader({ request }: LoaderFunctionArgs): Promise<Response> {
  const { shop } = await callerOf(request);
  return eventStream((watcher) => changes.watch(shop.id, watcher), request.signal);
}
