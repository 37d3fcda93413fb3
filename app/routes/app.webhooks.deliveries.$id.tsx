// Door: one delivery, and the acts "replay it" and "show its personal data".
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orIfAway } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { useDownload } from "#app/components/use-download.ts";
import { usePoll } from "#app/components/use-poll.ts";
import { DeliveryPage } from "#app/components/webhooks/delivery-page.tsx";
import { useReplay } from "#app/components/webhooks/use-replay.ts";
import type { ReplayAnswer } from "#app/components/webhooks/use-replay.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { readDeliveryDetail, readWholeBody } from "#app/status/delivery-detail.ts";
import type { BodyView } from "#app/status/delivery-detail.ts";
import { whileReachable } from "#app/status/reachable.ts";
import pageStyles from "#app/styles/pages.css?url";
import webhookStyles from "#app/styles/webhooks.css?url";
import { noteRevealed } from "#app/sync/acts.ts";
import { countReplay, replay } from "#app/sync/replay.ts";

export const links = () => [
  { rel: "stylesheet", href: pageStyles },
  { rel: "stylesheet", href: webhookStyles },
];

export function loader({ request, params }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const delivery = await readDeliveryDetail(shop, params.id ?? "");
    if (!delivery) throw new Response(null, { status: 404 });
    return { at: new Date(), delivery, isAway: false };
  });
}

type Answered = ReplayAnswer | { readonly outcome: "revealed"; readonly body: BodyView };

export async function action({ request, params }: ActionFunctionArgs): Promise<Answered> {
  const { shop, userId } = await merchantOf(request);
  const now = new Date();
  const delivery = await readDeliveryDetail(shop, params.id ?? "");
  if (!delivery) throw new Response(null, { status: 404 });
  const actor = `user:${userId ?? "unknown"}`;
  const choice = { ids: [delivery.id] };
  switch ((await request.formData()).get("act")) {
    case "reveal": {
      await noteRevealed(shop.id, delivery.id, actor, now);
      return { outcome: "revealed", body: (await readWholeBody(shop.domain, delivery.id)) ?? delivery.body };
    }
    case "replay": {
      const asker = { shopId: shop.id, shopDomain: shop.domain, actor };
      return { outcome: "replayed", count: await replay(asker, choice, now) };
    }
    default:
      return { outcome: "counted", counts: await countReplay(shop.domain, choice) };
  }
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), new URL(request.url).pathname);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<Answered> {
  return orIfAway(
    () => serverAction<typeof action>(),
    () => ({ outcome: "failed" }) as const,
  );
}

export default function DeliveryRoute() {
  const { at, delivery, isAway } = useLoaderData<typeof loader>();
  const { t } = useReader();
  const replaying = useReplay();
  const { data, state, submit } = useFetcher<Answered>({ key: `reveal ${delivery.id}` });
  const { start, running } = useDownload(
    () => `/api/shopify/customer-data/${delivery.recordKey ?? ""}`,
    `customer-${delivery.recordKey ?? ""}`,
    t("hooks.delivery.personFailed"),
  );
  usePoll();
  return (
    <>
      <TitleBar title={t("hooks.title")} />
      <DeliveryPage
        at={at}
        isAway={isAway}
        delivery={delivery}
        replaying={replaying}
        revealed={data?.outcome === "revealed" ? data.body : null}
        reveal={() => submit({ act: "reveal" }, { method: "post" })}
        isRevealing={state !== "idle"}
        person={{ start: () => start("json"), isRunning: running !== null }}
      />
    </>
  );
}

export { FailurePage as ErrorBoundary };
