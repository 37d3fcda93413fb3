// Door: the Overview, and the act "sync this resource now".
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { ClosableGuide } from "#app/components/guide-card.tsx";
import { keepLastKnown, orUnreachable, rememberWord } from "#app/components/last-known.ts";
import { OverviewPage } from "#app/components/overview-page.tsx";
import { Reader, useReader } from "#app/components/reader.tsx";
import { SyncNow } from "#app/components/sync-now.tsx";
import type { SyncAnswer } from "#app/components/sync-now.tsx";
import { useLive } from "#app/components/use-live.ts";
import { keepWord } from "#app/last-word.server.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { resources } from "#app/resources/index.ts";
import { overview } from "#app/status/overview.ts";
import { whileReachable } from "#app/status/reachable.ts";
import overviewStyles from "#app/styles/overview.css?url";
import { askByHand } from "#app/sync/interval.ts";

export const links = () => [{ rel: "stylesheet", href: overviewStyles }];

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const shown = await overview(shop.id, new Date());
    keepWord(shop.domain, { headline: shown.headline, at: shown.at, timeZone: shop.timeZone });
    return { overview: shown, isAway: false };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<SyncAnswer> {
  const { shop, actor } = await merchantOf(request);
  const named = (await request.formData()).get("resource");
  const resource = resources.find(({ name }) => name === named)?.name;
  if (!resource) return { outcome: "refused" };
  const asked = await askByHand(shop.id, resource, { mode: "full" }, actor, new Date());
  return asked.outcome === "too_soon" ? asked : { outcome: asked.outcome };
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export async function clientLoader({ serverLoader }: ClientLoaderFunctionArgs) {
  const loaded = await known(() => serverLoader<typeof loader>());
  const { headline, at, shop } = loaded.overview;
  rememberWord({ headline, at, timeZone: shop.timeZone });
  return loaded;
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<SyncAnswer> {
  return orUnreachable(() => serverAction<typeof action>());
}

export default function OverviewRoute() {
  const { overview: shown, isAway } = useLoaderData<typeof loader>();
  const { t, formats } = useReader();
  const live = useLive();
  return (
    <Reader locale={formats.locale} timeZone={shown.shop.timeZone ?? formats.timeZone}>
      <TitleBar title={t("app.nav")} />
      <OverviewPage
        overview={shown}
        live={isAway ? "away" : live}
        guide={shown.guide && <ClosableGuide guide={shown.guide} />}
        act={(view) => <SyncNow view={view} />}
      />
    </Reader>
  );
}

export { FailurePage as ErrorBoundary };
