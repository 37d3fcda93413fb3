// Door: errors by cause.
import type { LoaderFunctionArgs } from "@remix-run/node";
import type { ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { FaultsPage } from "#app/components/faults-page.tsx";
import { keepLastKnown } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { useLive } from "#app/components/use-live.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { GROUP_FILTERS } from "#app/status/choices.ts";
import { readErrorGroups } from "#app/status/error-groups.ts";
import { Filters } from "#app/status/filters.ts";
import { whileReachable } from "#app/status/reachable.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const given = new Filters(request.url);
    const filter = given.oneOf("show", GROUP_FILTERS) ?? "due";
    const list = await readErrorGroups(shop.id, shop.domain);
    return { at: new Date(), isAway: false, list, filter, dropped: given.dropped };
  });
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), request.url);
}
clientLoader.hydrate = true as const;

export default function ErrorsRoute() {
  const data = useLoaderData<typeof loader>();
  const { t } = useReader();
  useLive();
  return (
    <>
      <TitleBar title={t("faults.title")} />
      <FaultsPage {...data} />
    </>
  );
}

export { FailurePage as ErrorBoundary };
