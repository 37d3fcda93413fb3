// Door: the history of runs, filtered, sorted and paged by its address.
import type { LoaderFunctionArgs } from "@remix-run/node";
import type { ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { ActivityPage } from "#app/components/activity-page.tsx";
import { DownloadButtons } from "#app/components/editions/download-buttons.tsx";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { SavedViews } from "#app/components/saved-views.tsx";
import { useLive } from "#app/components/use-live.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { resources } from "#app/resources/index.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { readRunPage, runQueryOf } from "#app/status/run-history.ts";
import type { RunFilters } from "#app/status/run-history.ts";
import { RUN_SORT, listQuery } from "#app/status/sorts.ts";
import type { RunSort } from "#app/status/sorts.ts";
import { readViews } from "#app/status/views.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop, userId } = await merchantOf(request);
    const query = runQueryOf(request.url);
    const [page, views] = await Promise.all([
      readRunPage(shop.id, query, shop.timeZone ?? "UTC"),
      readViews(shop.id, "activity", userId),
    ]);
    return {
      at: new Date(),
      isAway: false,
      ...query,
      page,
      views,
      resources: resources.map(({ name }) => name),
    };
  });
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), request.url);
}
clientLoader.hydrate = true as const;

export default function ActivityRoute() {
  const data = useLoaderData<typeof loader>();
  const { t } = useReader();
  const [, setParams] = useSearchParams();
  useLive();
  const { filters, sort } = data;
  const query = queryOf(filters, sort);
  return (
    <>
      <TitleBar title={t("activity.title")} />
      <ActivityPage
        {...data}
        isLater={data.after !== null}
        saved={<SavedViews list="activity" path="/app/activity" query={query} views={data.views} />}
        downloads={<DownloadButtons url="/api/shopify/runs" query={query} name="runs" />}
        onClear={() => setParams(queryOf({}, sort))}
        onFilter={(name, value) => setParams(queryOf({ ...filters, [name]: value }, sort), { replace: true })}
        onSort={(wanted) => setParams(queryOf(filters, wanted), { replace: true })}
        pageUrl={(after) => `/app/activity?${queryOf(filters, sort, after)}`}
      />
    </>
  );
}

const queryOf = listQuery<RunFilters, RunSort>(RUN_SORT);

export { FailurePage as ErrorBoundary };
