// Door: the list of limited editions as its address filters and sorts it.
import type { LoaderFunctionArgs } from "@remix-run/node";
import type { ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { DownloadButtons } from "#app/components/editions/download-buttons.tsx";
import { EditionsPage } from "#app/components/editions/editions-page.tsx";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { SavedViews } from "#app/components/saved-views.tsx";
import { useLive } from "#app/components/use-live.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { editionQueryOf, readEditions } from "#app/status/edition-list.ts";
import type { EditionFilters } from "#app/status/edition-list.ts";
import { readEditionRules } from "#app/status/editions.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { EDITION_SORT, listQuery } from "#app/status/sorts.ts";
import type { EditionSort } from "#app/status/sorts.ts";
import { readViews } from "#app/status/views.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop, userId } = await merchantOf(request);
    const query = editionQueryOf(request.url);
    const [page, rules, views] = await Promise.all([
      readEditions(shop.id, query),
      readEditionRules(shop.id),
      readViews(shop.id, "editions", userId),
    ]);
    const { filters, sort, after, dropped } = query;
    return {
      at: new Date(),
      isAway: false,
      page,
      filters,
      sort,
      dropped,
      isLater: after !== null,
      views,
      ...rules,
    };
  });
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), new URL(request.url).search);
}
clientLoader.hydrate = true as const;

export default function EditionsRoute() {
  const { at, isAway, page, filters, sort, dropped, isLater, choice, lacking, views } =
    useLoaderData<typeof loader>();
  const { t } = useReader();
  const [, setParams] = useSearchParams();
  useLive();
  const query = queryOf(filters, sort);
  return (
    <>
      <TitleBar title={t("editions.title")} />
      <EditionsPage
        at={at}
        isAway={isAway}
        page={page}
        filters={filters}
        sort={sort}
        dropped={dropped}
        lacking={lacking}
        metafield={choice.metafield}
        isLater={isLater}
        saved={<SavedViews list="editions" path="/app/editions" query={query} views={views} />}
        onFilter={(name, value) => setParams(queryOf({ ...filters, [name]: value }, sort), { replace: true })}
        onClear={() => setParams(queryOf({}, sort))}
        onSort={(wanted) => setParams(queryOf(filters, wanted), { replace: true })}
        pageUrl={(after) => `/app/editions?${queryOf(filters, sort, after)}`}
        acts={<DownloadButtons url="/api/shopify/editions" query={query} name="editions" />}
      />
    </>
  );
}

const queryOf = listQuery<EditionFilters, EditionSort>(EDITION_SORT);

export { FailurePage as ErrorBoundary };
