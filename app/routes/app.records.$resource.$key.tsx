// Door: one record, in the mirror and in Shopify, and the act "sync this record now".
import { data } from "@remix-run/node";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { useEffect } from "react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orUnreachable } from "#app/components/last-known.ts";
import { MissingPage } from "#app/components/missing-page.tsx";
import { Clock, useReader } from "#app/components/reader.tsx";
import { RecordPage } from "#app/components/record-page.tsx";
import type { LiveAnswer } from "#app/components/record-page.tsx";
import { useAct } from "#app/components/use-act.ts";
import type { ActAnswer } from "#app/components/use-act.ts";
import { useLive } from "#app/components/use-live.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { readRecordDetail, recordNamed } from "#app/status/record-detail.ts";
import type { RecordDetail } from "#app/status/record-detail.ts";
import { syncRecord } from "#app/sync/sync-record.ts";

export function loader({ request, params }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const named = recordNamed(params.resource ?? "", params.key ?? "");
    const record = named && (await readRecordDetail(shop.id, shop.domain, named.resource, named.key));
    return data({ at: new Date(), isAway: false, record }, { status: record ? 200 : 404 });
  });
}

export async function action({ request, params }: ActionFunctionArgs): Promise<ActAnswer> {
  const { shop } = await merchantOf(request);
  const named = recordNamed(params.resource ?? "", params.key ?? "");
  if (!named) return { outcome: "refused" };
  try {
    const client = await clientFor(shop.domain);
    const outcome = await syncRecord(client, shop.id, named.resource, named.key, () => new Date());
    return { outcome };
  } catch (error) {
    if (error instanceof Transient || error instanceof Throttled || error instanceof Permanent) {
      return { outcome: "shopify_away" };
    }
    throw error;
  }
}

interface Loaded {
  readonly at: Date;
  readonly isAway: boolean;
  readonly record: RecordDetail | null;
}

const known = keepLastKnown<Loaded>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), new URL(request.url).pathname);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<ActAnswer> {
  return orUnreachable(() => serverAction<typeof action>());
}

export default function RecordRoute() {
  const { at, isAway, record } = useLoaderData<typeof clientLoader>();
  const { t } = useReader();
  useLive();
  return (
    <Clock at={at}>
      <TitleBar title={t("records.title")} />
      {record ? (
        <ActingPage key={`${record.resource} ${record.key}`} at={at} isAway={isAway} record={record} />
      ) : (
        <MissingPage
          title={t("records.invalid")}
          hint={t("records.invalidHint")}
          back={{ content: t("records.toSearch"), url: "/app/records" }}
        />
      )}
    </Clock>
  );
}

function ActingPage({ at, isAway, record }: Loaded & { readonly record: RecordDetail }) {
  const { load, data: live, state } = useFetcher<LiveAnswer>();
  const { press, pressed, answer } = useAct();
  const { resource, key } = record;
  const address = `/app/records/live?${new URLSearchParams({ resource, key }).toString()}`;
  // Asked when the page opens, and again after each act of a person: never by the store's own changes.
  useEffect(() => load(address), [address, answer, load]);
  return (
    <RecordPage
      at={at}
      isAway={isAway}
      record={record}
      live={live ?? null}
      isAsking={state !== "idle"}
      onAsk={() => load(address)}
      onSync={() => press({ act: "sync" })}
      isSyncing={pressed !== null}
    />
  );
}

export { FailurePage as ErrorBoundary };
