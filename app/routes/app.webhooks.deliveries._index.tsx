// Door: the delivery log as its address filters and sorts it, and the act "replay what is filtered".
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Button } from "@shopify/polaris";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orIfAway } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { SavedViews } from "#app/components/saved-views.tsx";
import { usePoll } from "#app/components/use-poll.ts";
import { DeliveriesPage } from "#app/components/webhooks/deliveries-page.tsx";
import { ReplayDialog } from "#app/components/webhooks/replay-dialog.tsx";
import { useExport } from "#app/components/webhooks/use-export.ts";
import { useReplay } from "#app/components/webhooks/use-replay.ts";
import type { ReplayAnswer } from "#app/components/webhooks/use-replay.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { choiceOf, deliveryChoices, deliveryQueryOf, readDeliveries } from "#app/status/deliveries.ts";
import type { DeliveryFilters } from "#app/status/deliveries.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { DELIVERY_SORT, listQuery } from "#app/status/sorts.ts";
import type { DeliverySort } from "#app/status/sorts.ts";
import { readViews } from "#app/status/views.ts";
import webhookStyles from "#app/styles/webhooks.css?url";
import { countReplay, replay } from "#app/sync/replay.ts";

export const links = () => [{ rel: "stylesheet", href: webhookStyles }];

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop, userId } = await merchantOf(request);
    const query = deliveryQueryOf(request.url);
    const [page, choices, views] = await Promise.all([
      readDeliveries(shop.domain, query, shop.timeZone ?? "UTC"),
      deliveryChoices(shop),
      readViews(shop.id, "deliveries", userId),
    ]);
    const { after, ...asked } = query;
    return { at: new Date(), page, choices, views, ...asked, isLater: after !== null, isAway: false };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<ReplayAnswer> {
  const { shop, userId } = await merchantOf(request);
  const { filters, dropped } = deliveryQueryOf(request.url);
  // More than was asked for must not be replayed.
  if (dropped.length > 0) return { outcome: "failed" };
  const choice = choiceOf(filters, shop.timeZone ?? "UTC");
  if ((await request.formData()).get("act") !== "replay") {
    return { outcome: "counted", counts: await countReplay(shop.domain, choice) };
  }
  const actor = `user:${userId ?? "unknown"}`;
  const asker = { shopId: shop.id, shopDomain: shop.domain, actor };
  return { outcome: "replayed", count: await replay(asker, choice, new Date()) };
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), new URL(request.url).search);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<ReplayAnswer> {
  return orIfAway(
    () => serverAction<typeof action>(),
    () => ({ outcome: "failed" }) as const,
  );
}

export default function DeliveriesRoute() {
  const { views, ...data } = useLoaderData<typeof loader>();
  const { filters, sort, isLater } = data;
  const { t } = useReader();
  const [, setParams] = useSearchParams();
  const replaying = useReplay();
  const query = queryOf(filters, sort);
  const exporting = useExport(query);
  // A later page stands still while it is read.
  usePoll(!isLater);
  return (
    <>
      <TitleBar title={t("hooks.title")} />
      <DeliveriesPage
        {...data}
        saved={<SavedViews list="deliveries" path="/app/webhooks/deliveries" query={query} views={views} />}
        onFilter={(name, value) => setParams(queryOf({ ...filters, [name]: value }, sort), { replace: true })}
        onClear={() => setParams(queryOf({}, sort))}
        onSort={(wanted) => setParams(queryOf(filters, wanted), { replace: true })}
        pageUrl={(after) => `/app/webhooks/deliveries?${queryOf(filters, sort, after)}`}
        acts={
          <>
            {(["csv", "ndjson"] as const).map((format) => (
              <Button
                key={format}
                onClick={() => exporting.start(format)}
                loading={exporting.running === format}
              >
                {t(`hooks.log.${format}`)}
              </Button>
            ))}
            <Button onClick={replaying.ask} loading={replaying.isAsking}>
              {t("hooks.replay.some")}
            </Button>
          </>
        }
      />
      <ReplayDialog {...replaying.dialog} />
    </>
  );
}

const queryOf = listQuery<DeliveryFilters, DeliverySort>(DELIVERY_SORT);

export { FailurePage as ErrorBoundary };
