// Door: figures over time.
import type { LoaderFunctionArgs } from "@remix-run/node";
import type { ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { InsightsPage } from "#app/components/insights/insights-page.tsx";
import { keepLastKnown } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { usePoll } from "#app/components/use-poll.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { Filters } from "#app/status/filters.ts";
import { readInsights } from "#app/status/insights.ts";
import { WINDOWS } from "#app/status/plots.ts";
import { whileReachable } from "#app/status/reachable.ts";
import insightsStyles from "#app/styles/insights.css?url";

export const links = () => [{ rel: "stylesheet", href: insightsStyles }];

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const filters = new Filters(request.url);
    const window = filters.oneOf("window", WINDOWS) ?? "day";
    const insights = await readInsights(shop.id, window, new Date(), shop.timeZone ?? "UTC");
    return { insights, dropped: filters.dropped, isAway: false };
  });
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), new URL(request.url).search);
}
clientLoader.hydrate = true as const;

export default function InsightsRoute() {
  const { insights, dropped, isAway } = useLoaderData<typeof loader>();
  const { t } = useReader();
  // Figures are written every ten seconds; each change of the store would be no news to them.
  usePoll();
  return (
    <>
      <TitleBar title={t("insights.title")} />
      <InsightsPage insights={insights} dropped={dropped} isAway={isAway} />
    </>
  );
}

export { FailurePage as ErrorBoundary };
