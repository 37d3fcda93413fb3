// Door: the search for records in the mirror.
import type { LoaderFunctionArgs } from "@remix-run/node";
import type { ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { RecordsPage } from "#app/components/records-page.tsx";
import { SavedViews } from "#app/components/saved-views.tsx";
import { merchantOf } from "#app/merchant.server.ts";
import { Filters } from "#app/status/filters.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { findRecords } from "#app/status/record-search.ts";
import { readViews } from "#app/status/views.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop, userId } = await merchantOf(request);
    const given = new Filters(request.url);
    const term = given.text("find");
    const [found, views] = await Promise.all([
      term === null ? null : findRecords(shop.id, term),
      readViews(shop.id, "records", userId),
    ]);
    return { at: new Date(), isAway: false, term, found, views, dropped: given.dropped };
  });
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), request.url);
}
clientLoader.hydrate = true as const;

export default function RecordsRoute() {
  const data = useLoaderData<typeof loader>();
  const { t } = useReader();
  const [, setParams] = useSearchParams();
  const { state } = useNavigation();
  return (
    <>
      <TitleBar title={t("records.title")} />
      <RecordsPage
        {...data}
        saved={
          <SavedViews
            list="records"
            path="/app/records"
            query={new URLSearchParams(data.term === null ? {} : { find: data.term })}
            views={data.views}
          />
        }
        isSearching={state === "loading"}
        onSearch={(term) => setParams(term === "" ? {} : { find: term })}
      />
    </>
  );
}

export { FailurePage as ErrorBoundary };
