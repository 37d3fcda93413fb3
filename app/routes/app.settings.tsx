// Door: what is mirrored, how often, for how long; with what a change would do before it is kept.
import type { ActionFunctionArgs, LinksFunction, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orIfAway } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { useLive } from "#app/components/use-live.ts";
import { SettingsPage } from "#app/components/settings/settings-page.tsx";
import type { SettingsSaid } from "#app/components/settings/settings-page.tsx";
import { previewChoice, readChoiceWish } from "#app/editions/choice.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { answerSettings } from "#app/shops/settings-request.server.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { readSettings } from "#app/status/settings.ts";
import settingsStyles from "#app/styles/settings.css?url";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: settingsStyles }];

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    return { at: new Date(), settings: await readSettings(shop.id), isAway: false };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<SettingsSaid> {
  const { shop, actor } = await merchantOf(request);
  // What is no JSON asks for nothing, from no version: it is answered as one that came too late.
  const asked = (await request.json().catch(() => ({}))) as Asked;
  const isPreview = asked.act !== "save";
  const wish = { wished: asked.wish ?? {}, base: Number(asked.base) };
  try {
    const beside = await readChoiceWish(shop.id, asked.editions);
    const clientOf = () => clientFor(shop.domain);
    const said = await answerSettings(
      { shopId: shop.id, clientFor: clientOf, ...wish, beside, actor, now: new Date() },
      isPreview,
    );
    if (said.answer !== "preview") return said;
    const editions = beside && "to" in beside ? await previewChoice(shop.id, beside) : null;
    return { ...said, editions };
  } catch (error) {
    if (error instanceof Transient || error instanceof Throttled || error instanceof Permanent)
      return { answer: "shopify_away" };
    throw error;
  }
}

interface Asked {
  readonly act?: unknown;
  readonly base?: unknown;
  readonly wish?: unknown;
  readonly editions?: unknown;
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

/** What somebody has typed must outlive a server that is away for a moment. */
export function clientLoader({ serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>());
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<SettingsSaid> {
  return orIfAway(
    () => serverAction<typeof action>(),
    () => ({ answer: "unreachable" }) as const,
  );
}

export default function SettingsRoute() {
  const { at, settings, isAway } = useLoaderData<typeof loader>();
  const { t } = useReader();
  useLive();
  const { data, state, submit } = useFetcher<typeof clientAction>();
  return (
    <>
      <TitleBar title={t("settings.title")} />
      <SettingsPage
        at={at}
        isAway={isAway}
        settings={settings}
        said={data}
        isBusy={state !== "idle"}
        send={(act, base, wish, editions) => {
          const body = JSON.stringify({ act, base, wish, editions });
          submit(body, { method: "post", encType: "application/json" });
        }}
      />
    </>
  );
}

export { FailurePage as ErrorBoundary };
