// Door: what Shopify says of one record now, beside what the mirror has. A page asks it, and asks again only when a
// person wants it: it costs API budget.
import type { LoaderFunctionArgs } from "@remix-run/node";
import type { ClientLoaderFunctionArgs } from "@remix-run/react";
import { orIfAway } from "#app/components/last-known.ts";
import type { LiveAnswer } from "#app/components/record-page.tsx";
import { merchantOf } from "#app/merchant.server.ts";
import { BadField, Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { compareRecord } from "#app/status/record-compare.ts";
import { recordNamed } from "#app/status/record-detail.ts";
import { readRecord } from "#app/sync/sync-record.ts";
import type { LiveRecord } from "#app/sync/sync-record.ts";

export function loader({ request }: LoaderFunctionArgs): Promise<LiveAnswer> {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const { searchParams } = new URL(request.url);
    const named = recordNamed(searchParams.get("resource") ?? "", searchParams.get("key") ?? "");
    const askedAt = new Date();
    if (!named) return { answer: "none", askedAt };
    let live: LiveRecord | null;
    try {
      live = await readRecord(
        await clientFor(shop.domain),
        shop.id,
        named.resource,
        named.key,
        request.signal,
      );
    } catch (error) {
      if (error instanceof BadField) return { answer: "bad_field", code: error.code, askedAt };
      if (error instanceof Permanent) return { answer: "away", code: error.code, askedAt };
      if (error instanceof Throttled) return { answer: "away", code: "THROTTLED", askedAt };
      if (error instanceof Transient) return { answer: "away", code: "UNREACHABLE_NOW", askedAt };
      throw error;
    }
    if (!live) return { answer: "none", askedAt };
    return {
      answer: "shown",
      comparison: await compareRecord(shop, named.resource, live),
      askedAt,
    };
  });
}

/** The page shows what it knows, and must not give way to an error because this one question was lost. */
export function clientLoader({ serverLoader }: ClientLoaderFunctionArgs): Promise<LiveAnswer> {
  return orIfAway(
    () => serverLoader<typeof loader>(),
    () => ({ answer: "away", code: "SERVER_AWAY", askedAt: new Date() }) as const,
  );
}

// Changes in the store refresh the page that is open; they must not ask Shopify each time.
export const shouldRevalidate = () => false;
