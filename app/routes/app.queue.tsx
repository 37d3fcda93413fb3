// Door: the queues, and the acts that hold, hurry and steer them.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orUnreachable } from "#app/components/last-known.ts";
import { QueuePage } from "#app/components/queue/queue-page.tsx";
import { useQueueActs } from "#app/components/queue/use-queue-acts.ts";
import type { QueueAnswer } from "#app/components/queue/use-queue-acts.ts";
import { useReader } from "#app/components/reader.tsx";
import { useLive } from "#app/components/use-live.ts";
import { usePoll } from "#app/components/use-poll.ts";
import { discardDeadJobs, readDeadJobs, redriveDeadJobs } from "#app/dead-jobs.server.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { readActs } from "#app/status/acts.ts";
import { isId } from "#app/status/filters.ts";
import { readQueueStatus } from "#app/status/queue.ts";
import { whileReachable } from "#app/status/reachable.ts";
import queueStyles from "#app/styles/queue.css?url";
import { HELD_QUEUES } from "#app/sync/holds-ask.ts";
import { hold, release } from "#app/sync/holds.ts";
import { HURRIED_QUEUES, hurry, steerRun } from "#app/sync/queue-acts.ts";
import type { QueueActor, RunSteer } from "#app/sync/queue-acts.ts";
import { replay } from "#app/sync/replay.ts";

const ACTS_SHOWN = 20;

export const links = () => [{ rel: "stylesheet", href: queueStyles }];

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const [status, acts, deadJobs] = await Promise.all([
      readQueueStatus(shop, new Date()),
      readActs(shop.id, ACTS_SHOWN, "queues"),
      // The queue may not have started yet; all else can be shown without it.
      readDeadJobs(shop.id).catch(() => null),
    ]);
    return { status, acts, deadJobs, isAway: false };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<QueueAnswer> {
  const { shop, actor } = await merchantOf(request);
  const form = await request.formData();
  const who = {
    shopId: shop.id,
    shopDomain: shop.domain,
    actor,
  };
  const now = new Date();
  const act = form.get("act");
  switch (act) {
    case "pause":
    case "resume":
    case "hurry":
      return actOnQueue(who, act, String(form.get("queue")), now);
    case "run_pause":
    case "run_resume":
    case "run_cancel":
      return actOnRun(who, act, String(form.get("run")), now);
    case "replay":
      return counted("replayed", await replay(who, { state: "parked" }, now));
    case "redrive":
      return counted("redriven", await redriveDeadJobs(who.shopId, who.actor, now));
    case "discard":
      return counted("discarded", await discardDeadJobs(who.shopId, who.actor, now));
    default:
      return { outcome: "refused" };
  }
}

function counted(outcome: "replayed" | "redriven" | "discarded" | "hurried", count: number): QueueAnswer {
  return count === 0 ? { outcome: "nothing" } : { outcome, count };
}

async function actOnQueue(
  who: QueueActor,
  act: "pause" | "resume" | "hurry",
  name: string,
  now: Date,
): Promise<QueueAnswer> {
  if (act === "hurry") {
    const hurried = HURRIED_QUEUES.find((each) => each === name);
    return hurried ? counted("hurried", await hurry(who, hurried, now)) : { outcome: "refused" };
  }
  const queue = HELD_QUEUES.find((each) => each === name);
  if (!queue) return { outcome: "refused" };
  const isChanged = await (act === "pause" ? hold : release)(who.shopId, queue, who.actor, now);
  if (!isChanged) return { outcome: "already" };
  return { outcome: act === "pause" ? "paused" : "resumed", queue };
}

const STEERS = {
  run_pause: { wanted: "pause", said: "run_paused" },
  run_resume: { wanted: "resume", said: "run_resumed" },
  run_cancel: { wanted: "cancel", said: "run_cancelled" },
} as const satisfies Record<string, { wanted: RunSteer; said: QueueAnswer["outcome"] }>;

async function actOnRun(
  who: QueueActor,
  act: keyof typeof STEERS,
  id: string,
  now: Date,
): Promise<QueueAnswer> {
  if (!isId(id)) return { outcome: "refused" };
  const { wanted, said } = STEERS[act];
  const steered = await steerRun(who, BigInt(id), wanted, now);
  return { outcome: steered === "done" ? said : "impossible" };
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

export function clientLoader({ serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>());
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<QueueAnswer> {
  return orUnreachable(() => serverAction<typeof action>());
}

export default function QueueRoute() {
  const { t } = useReader();
  const live = useLive();
  // Workers, rates and waits change without any news of the shop.
  usePoll();
  return (
    <>
      <TitleBar title={t("queue.title")} />
      <ActingPage live={live} />
    </>
  );
}

function ActingPage({ live }: Pick<Parameters<typeof QueuePage>[0], "live">) {
  const { status, acts, deadJobs, isAway } = useLoaderData<typeof loader>();
  const { press, pressed } = useQueueActs();
  return (
    <QueuePage
      status={status}
      acts={acts}
      deadJobs={deadJobs}
      isAway={isAway}
      live={live}
      press={press}
      pressed={pressed}
    />
  );
}

export { FailurePage as ErrorBoundary };
