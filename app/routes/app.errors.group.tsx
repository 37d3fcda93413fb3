// Door: the errors of one cause, what people say of it, and trying again.
import { data } from "@remix-run/node";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { DownloadButtons } from "#app/components/editions/download-buttons.tsx";
import { FailurePage } from "#app/components/failure-page.tsx";
import { FaultPage } from "#app/components/fault-page.tsx";
import { keepLastKnown, orUnreachable } from "#app/components/last-known.ts";
import { MissingPage } from "#app/components/missing-page.tsx";
import { Clock, useReader } from "#app/components/reader.tsx";
import { answerOf, useAct } from "#app/components/use-act.ts";
import type { ActAnswer, Undo } from "#app/components/use-act.ts";
import { useLive } from "#app/components/use-live.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { causeQuery } from "#app/status/choices.ts";
import { causeIn, occurrencesAfter, readErrorGroup, readOccurrences } from "#app/status/error-groups.ts";
import type { ErrorShop } from "#app/status/error-groups.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { markCause, planRetry, retryCause } from "#app/sync/error-life.ts";
import { isStorable } from "#app/sync/stored-forms.ts";
import type { GroupState } from "#app/status/choices.ts";
import type { Cause, Mark } from "#app/sync/error-life.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const { after, dropped } = occurrencesAfter(request.url);
    const cause = causeIn(request.url);
    const at = new Date();
    const shown = cause && (await readCause(shop, cause, after, at));
    return data(
      { at, isAway: false, isLater: after !== null, dropped, shown },
      { status: shown ? 200 : 404 },
    );
  });
}

async function readCause(shop: ErrorShop, cause: Cause, after: string | null, now: Date) {
  const [group, page, plan] = await Promise.all([
    readErrorGroup(shop, cause, now),
    readOccurrences(shop.id, shop.domain, cause, after),
    planRetry(shop.id, shop.domain, { cause }),
  ]);
  return group && { group, page, plan };
}

const MARKS: Readonly<Record<string, Mark | null>> = {
  acknowledge: "acknowledged",
  resolve: "resolved",
  ignore: "ignored",
  reopen: null,
};
/** What a cause stays under until something else is said. */
const STANDING: readonly Mark[] = ["acknowledged", "ignored"];

export async function action({ request }: ActionFunctionArgs): Promise<ActAnswer> {
  const { shop, actor } = await merchantOf(request);
  const form = await request.formData();
  const [act, record] = [form.get("act"), form.get("record")];
  const cause = causeIn(request.url);
  if (!cause || typeof act !== "string") return { outcome: "refused" };
  const now = new Date();
  if (Object.hasOwn(MARKS, act)) {
    const before = STANDING.find((mark) => mark === form.get("before")) ?? null;
    await markCause(shop.id, cause, MARKS[act] ?? null, actor, now, before);
    return { outcome: "marked" };
  }
  if (act !== "retry" || (typeof record === "string" && !isStorable(record))) return { outcome: "refused" };
  const scope = typeof record === "string" ? { cause, recordKey: record } : { cause };
  const retried = await retryCause(shop.id, shop.domain, scope, actor, now);
  return answerOf(retried);
}

interface Loaded {
  readonly at: Date;
  readonly isAway: boolean;
  readonly isLater: boolean;
  readonly dropped: readonly string[];
  readonly shown: Awaited<ReturnType<typeof readCause>>;
}

const known = keepLastKnown<Loaded>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), request.url);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<ActAnswer> {
  return orUnreachable(() => serverAction<typeof action>());
}

/** What was said of a cause can be taken back at once: what had been said before holds again. */
function undoOf(before: GroupState): Undo {
  const back = { act: "reopen", before };
  return { acknowledge: back, ignore: back, resolve: back };
}

export default function ErrorGroupRoute() {
  const { at, isAway, isLater, dropped, shown } = useLoaderData<typeof clientLoader>();
  const { t } = useReader();
  useLive();
  return (
    <Clock at={at}>
      <TitleBar title={t("faults.title")} />
      {shown ? (
        <ActingPage at={at} isAway={isAway} isLater={isLater} dropped={dropped} {...shown} />
      ) : (
        <MissingPage
          title={t("faults.missing")}
          hint={t("faults.missingHint")}
          back={{ content: t("faults.toList"), url: "/app/errors" }}
        />
      )}
    </Clock>
  );
}

function ActingPage(props: Omit<Parameters<typeof FaultPage>[0], "press" | "pressed" | "acts">) {
  const { press, pressed } = useAct(undoOf(props.group.state));
  const query = new URLSearchParams(causeQuery(props.group));
  const acts = <DownloadButtons url="/api/shopify/errors" query={query} name="errors" />;
  return <FaultPage {...props} acts={acts} press={press} pressed={pressed} />;
}

export { FailurePage as ErrorBoundary };
