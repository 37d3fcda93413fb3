// Door: one run, and the acts that steer it.
import { data } from "@remix-run/node";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orUnreachable } from "#app/components/last-known.ts";
import { MissingPage } from "#app/components/missing-page.tsx";
import { Clock, useReader } from "#app/components/reader.tsx";
import { RunPage } from "#app/components/run-page.tsx";
import { answerOf, useAct } from "#app/components/use-act.ts";
import type { ActAnswer } from "#app/components/use-act.ts";
import { useLive } from "#app/components/use-live.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { isId } from "#app/status/filters.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { readRunDetail } from "#app/status/run-detail.ts";
import { retrySteered, steerRun } from "#app/sync/queue-acts.ts";

export function loader({ request, params }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const detail = await readRunDetail(shop.id, params.id ?? "");
    return data({ at: new Date(), isAway: false, detail }, { status: detail ? 200 : 404 });
  });
}

/** Pressed twice, the second press finds the run where the first one brought it. */
const SAID = { pause: "paused", resume: "resumed", cancel: "cancelled" } as const;

export async function action({ request, params }: ActionFunctionArgs): Promise<ActAnswer> {
  const { shop, actor } = await merchantOf(request);
  const act = (await request.formData()).get("act");
  const now = new Date();
  if (!isId(params.id ?? "")) return { outcome: "unknown" };
  const id = BigInt(params.id!);
  const who = {
    shopId: shop.id,
    shopDomain: shop.domain,
    actor,
  };
  if (act === "pause" || act === "resume" || act === "cancel") {
    const steered = await steerRun(who, id, act, now);
    return { outcome: steered === "done" ? SAID[act] : steered };
  }
  if (act !== "retry") return { outcome: "refused" };
  const retried = await retrySteered(who, id, now);
  return answerOf(retried);
}

interface Loaded {
  readonly at: Date;
  readonly isAway: boolean;
  readonly detail: Awaited<ReturnType<typeof readRunDetail>>;
}

const known = keepLastKnown<Loaded>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), new URL(request.url).pathname);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<ActAnswer> {
  return orUnreachable(() => serverAction<typeof action>());
}

export default function RunRoute() {
  const { at, isAway, detail } = useLoaderData<typeof clientLoader>();
  const { t } = useReader();
  useLive();
  return (
    <Clock at={at}>
      <TitleBar title={t("activity.title")} />
      {detail ? (
        <ActingPage at={at} isAway={isAway} detail={detail} />
      ) : (
        <MissingPage
          title={t("activity.run.missing")}
          hint={t("activity.run.missingHint")}
          back={{ content: t("activity.title"), url: "/app/activity" }}
        />
      )}
    </Clock>
  );
}

const UNDO = { pause: { act: "resume" }, resume: { act: "pause" } };

function ActingPage(props: Pick<Parameters<typeof RunPage>[0], "at" | "isAway" | "detail">) {
  const { press, pressed } = useAct(UNDO);
  return <RunPage {...props} press={(act) => press({ act })} pressed={pressed} />;
}

export { FailurePage as ErrorBoundary };
