// Door: the form that starts a sync, with a count before it begins.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs } from "@remix-run/react";
import { useFetcher, useLoaderData, useNavigate } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { useEffect } from "react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { isAnswer } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { SyncForm } from "#app/components/sync-form.tsx";
import type { FormAnswer } from "#app/components/sync-form.tsx";
import { merchantOf } from "#app/merchant.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { askByHand, nextFullSyncAt } from "#app/sync/interval.ts";
import { previewSync } from "#app/sync/preview.ts";
import { readWish, wishChoices } from "#app/sync/wish.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const at = new Date();
    const choices = wishChoices();
    const waits: Record<string, Date> = {};
    for (const { name } of choices) {
      const retryAt = await nextFullSyncAt(shop.id, name, at);
      if (retryAt) waits[name] = retryAt;
    }
    const { searchParams } = new URL(request.url);
    const chosen = choices.find(({ name }) => name === searchParams.get("resource")) ?? choices[0]!;
    const mode = chosen.modes.find((each) => each === searchParams.get("mode")) ?? "full";
    return { at, choices, waits, initial: { resource: chosen.name, mode, text: "" } };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<FormAnswer> {
  const { shop, userId } = await merchantOf(request);
  const form = await request.formData();
  const now = new Date();
  const get = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : null;
  };
  const wish = readWish({ get }, shop.timeZone ?? "UTC", now);
  if ("problem" in wish) return { answer: "problem", ...wish };
  const { resource, request: wanted } = wish;
  if (get("act") === "start") {
    const startedBy = userId === null ? "user" : `user:${userId}`;
    const asked = await askByHand(shop.id, resource, wanted, startedBy, now);
    if (asked.outcome === "too_soon") return { answer: "too_soon", retryAt: asked.retryAt };
    return { answer: asked.outcome, runId: String(asked.run.id) };
  }
  try {
    const client = await clientFor(shop.domain);
    return { answer: "counted", count: await previewSync(client, resource, wanted) };
  } catch (error) {
    if (error instanceof Permanent) return { answer: "refused", code: error.code };
    if (error instanceof Transient || error instanceof Throttled) return { answer: "busy" };
    throw error;
  }
}

export async function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<FormAnswer> {
  try {
    return await serverAction<typeof action>();
  } catch (error) {
    if (isAnswer(error)) throw error;
    return { answer: "unreachable" };
  }
}

export default function NewRunRoute() {
  const loaded = useLoaderData<typeof loader>();
  const { t } = useReader();
  const { data, state, formData, submit } = useFetcher<typeof clientAction>();
  const navigate = useNavigate();
  const runId = data && "runId" in data ? data.runId : null;
  useEffect(() => {
    if (runId) navigate(`/app/runs/${runId}`);
  }, [runId, navigate]);
  return (
    <>
      <TitleBar title={t("activity.form.title")} />
      <SyncForm
        {...loaded}
        answer={data}
        pressed={state === "idle" ? null : String(formData?.get("act") ?? "")}
        send={(act, fields) => {
          // A second press while the first is under way asks for nothing.
          if (state === "idle") submit({ act, ...fields }, { method: "post" });
        }}
      />
    </>
  );
}

export { FailurePage as ErrorBoundary };
