// Door: one limited edition, and the acts that put its numbers right.
import { data } from "@remix-run/node";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { CorrectForm } from "#app/components/editions/correct-form.tsx";
import type { CorrectAnswer } from "#app/components/editions/correct-form.tsx";
import { DownloadButtons } from "#app/components/editions/download-buttons.tsx";
import { EditionPage } from "#app/components/editions/edition-page.tsx";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orUnreachable } from "#app/components/last-known.ts";
import { MissingPage } from "#app/components/missing-page.tsx";
import { useReader } from "#app/components/reader.tsx";
import { useLive } from "#app/components/use-live.ts";
import { assignNumber, voidNumber } from "#app/editions/corrections.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { readEdition, unitQueryOf } from "#app/status/editions.ts";
import { isId } from "#app/status/filters.ts";
import { whileReachable } from "#app/status/reachable.ts";

export function loader({ request, params }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const { after, dropped } = unitQueryOf(request.url);
    const detail = await readEdition(shop.id, params.id ?? "", after);
    const loaded: Loaded = { at: new Date(), isAway: false, detail, dropped, isLater: after !== null };
    return data(loaded, { status: detail ? 200 : 404 });
  });
}

export async function action({ request, params }: ActionFunctionArgs): Promise<CorrectAnswer> {
  const { shop, actor } = await merchantOf(request);
  const form = await request.formData();
  const editionId = params.id ?? "";
  if (!isId(editionId)) return { outcome: "NO_SUCH_EDITION" };
  const correction = {
    shopId: shop.id,
    editionId,
    number: numberIn(form, "number"),
    reason: String(form.get("reason") ?? "").trim(),
    actor,
  };
  const now = new Date();
  return {
    outcome:
      form.get("act") === "assign"
        ? await assignNumber(correction, numberIn(form, "from"), now)
        : await voidNumber(correction, now),
  };
}

/** NaN for what is no whole number. */
function numberIn(form: FormData, name: string): number {
  const text = String(form.get(name) ?? "").trim();
  return /^\d{1,9}$/.test(text) ? Number(text) : NaN;
}

interface Loaded {
  readonly at: Date;
  readonly isAway: boolean;
  readonly detail: Awaited<ReturnType<typeof readEdition>>;
  readonly dropped: readonly string[];
  readonly isLater: boolean;
}

const known = keepLastKnown<Loaded>();

export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  const { pathname, search } = new URL(request.url);
  return known(() => serverLoader<typeof loader>(), pathname + search);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<CorrectAnswer> {
  return orUnreachable(() => serverAction<typeof action>());
}

export default function EditionRoute() {
  const { at, isAway, detail, dropped, isLater } = useLoaderData<typeof clientLoader>();
  const { t } = useReader();
  useLive();
  if (!detail) {
    return (
      <>
        <TitleBar title={t("editions.title")} />
        <MissingPage
          title={t("editions.missing")}
          hint={t("editions.missingHint")}
          back={{ content: t("editions.title"), url: "/app/editions" }}
        />
      </>
    );
  }
  const { id } = detail.edition;
  return (
    <>
      <TitleBar title={t("editions.title")} />
      <EditionPage
        at={at}
        isAway={isAway}
        detail={detail}
        dropped={dropped}
        isLater={isLater}
        pageUrl={(after) => `/app/editions/${id}${after === null ? "" : `?after=${after}`}`}
        acts={<DownloadButtons url={`/api/shopify/editions/${id}`} name={`edition-${id}`} />}
        correct={<CorrectForm key={id} />}
      />
    </>
  );
}

export { FailurePage as ErrorBoundary };
