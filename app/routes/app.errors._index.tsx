// Door: errors by cause, as the address filters and sorts them, and the act "try all of these again".
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { DownloadButtons } from "#app/components/editions/download-buttons.tsx";
import { FailurePage } from "#app/components/failure-page.tsx";
import { FaultsPage } from "#app/components/faults-page.tsx";
import { keepLastKnown, orUnreachable } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { RetryAll } from "#app/components/retry-all.tsx";
import type { RetryAllAnswer } from "#app/components/retry-all.tsx";
import { SavedViews } from "#app/components/saved-views.tsx";
import { useLive } from "#app/components/use-live.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { isAsked } from "#app/status/choices.ts";
import type { ErrorFilters } from "#app/status/choices.ts";
import { errorQueryOf, readErrorGroups } from "#app/status/error-groups.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { ERROR_SORT, listQuery } from "#app/status/sorts.ts";
import type { ErrorSort } from "#app/status/sorts.ts";
import { readViews } from "#app/status/views.ts";
import { planRetries, retryCauses } from "#app/sync/error-life.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop, userId } = await merchantOf(request);
    const { filters, sort, dropped } = errorQueryOf(request.url);
    const at = new Date();
    const [list, views] = await Promise.all([
      readErrorGroups(shop, at, sort),
      readViews(shop.id, "errors", userId),
    ]);
    return { at, isAway: false, list, filters, sort, views, dropped };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<RetryAllAnswer> {
  const { shop, actor } = await merchantOf(request);
  const { filters, dropped } = errorQueryOf(request.url);
  // More than was asked for must not be tried again.
  if (dropped.length > 0) return { outcome: "refused" };
  const now = new Date();
  const { groups } = await readErrorGroups(shop, now);
  const causes = groups.filter((group) => group.open > 0 && isAsked(group, filters));
  if ((await request.formData()).get("act") !== "retry") {
    return { outcome: "planned", plan: await planRetries(shop.id, shop.domain, causes) };
  }
  return { outcome: "retried", count: await retryCauses(shop.id, shop.domain, causes, actor, now) };
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), request.url);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<RetryAllAnswer> {
  return orUnreachable(() => serverAction<typeof action>());
}

export default function ErrorsRoute() {
  const { views, ...data } = useLoaderData<typeof loader>();
  const { t } = useReader();
  const [, setParams] = useSearchParams();
  useLive();
  const { filters, sort } = data;
  const query = queryOf(filters, sort);
  return (
    <>
      <TitleBar title={t("faults.title")} />
      <FaultsPage
        {...data}
        saved={<SavedViews list="errors" path="/app/errors" query={query} views={views} />}
        acts={<DownloadButtons url="/api/shopify/errors" query={query} name="errors" />}
        retryAll={<RetryAll key={queryOf(filters, ERROR_SORT).toString()} />}
        pageUrl={(wanted) => `/app/errors?${queryOf(wanted, sort)}`}
        onFilter={(wanted) => setParams(queryOf(wanted, sort), { replace: true })}
        onSort={(wanted) => setParams(queryOf(filters, wanted), { replace: true })}
      />
    </>
  );
}

/** What is to be done is what the page shows by itself, so its address says nothing of it. */
const wholeQueryOf = listQuery<Record<keyof ErrorFilters, string | null>, ErrorSort>(ERROR_SORT);

/** What is to do is shown unasked. */
function queryOf({ show, ...where }: ErrorFilters, sort: ErrorSort): URLSearchParams {
  return wholeQueryOf({ show: show === "due" ? null : show, ...where }, sort);
}

export { FailurePage as ErrorBoundary };
