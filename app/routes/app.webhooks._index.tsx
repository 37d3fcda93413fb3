// Door: whether webhooks arrive, topic by topic, and the act "send a test webhook".
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orIfAway } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { usePoll } from "#app/components/use-poll.ts";
import { CoveragePage } from "#app/components/webhooks/coverage-page.tsx";
import { TestCard } from "#app/components/webhooks/test-card.tsx";
import type { TestView } from "#app/components/webhooks/test-card.tsx";
import { merchantOf } from "#app/merchant.server.ts";
import { WEBHOOK_ADDRESS, askSubscriptionsLately } from "#app/shops/webhook-address.server.ts";
import { testWebhook } from "#app/shops/webhook-test.server.ts";
import { readActs } from "#app/status/acts.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { webhookStatus } from "#app/status/webhooks.ts";
import webhookStyles from "#app/styles/webhooks.css?url";

const ACTS_SHOWN = 10;

export const links = () => [{ rel: "stylesheet", href: webhookStyles }];

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const now = new Date();
    const asked = await askSubscriptionsLately(shop.domain, now);
    const [status, acts] = await Promise.all([
      webhookStatus(shop, asked, WEBHOOK_ADDRESS, now),
      readActs(shop.id, ACTS_SHOWN),
    ]);
    return { status, acts, isAway: false };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<TestView | "unreachable"> {
  const { shop } = await merchantOf(request);
  const { passed, hops, checks, roundTrip } = await testWebhook(shop.domain, request.signal);
  return { passed, hops, checks, roundTrip };
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>());
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<TestView | "unreachable"> {
  return orIfAway(
    () => serverAction<typeof action>(),
    () => "unreachable" as const,
  );
}

export default function CoverageRoute() {
  const { status, acts, isAway } = useLoaderData<typeof loader>();
  const { t } = useReader();
  const { data, state, submit } = useFetcher<TestView | "unreachable">();
  usePoll();
  return (
    <>
      <TitleBar title={t("hooks.title")} />
      <CoveragePage
        status={status}
        acts={acts}
        isAway={isAway}
        test={
          <TestCard
            run={() => submit({}, { method: "post" })}
            isRunning={state !== "idle"}
            result={data ?? null}
          />
        }
      />
    </>
  );
}

export { FailurePage as ErrorBoundary };
