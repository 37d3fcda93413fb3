// Door: the form that starts syncs, with what they will take before they begin.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { useFetcher, useLoaderData, useNavigate } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { useEffect } from "react";
import { FailurePage } from "#app/components/failure-page.tsx";
import { keepLastKnown, orIfAway } from "#app/components/last-known.ts";
import { useReader } from "#app/components/reader.tsx";
import { SyncForm } from "#app/components/sync-form.tsx";
import type { FormAnswer, PlannedSync } from "#app/components/sync-form.tsx";
import { merchantOf } from "#app/merchant.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { whileReachable } from "#app/status/reachable.ts";
import { askedOf } from "#app/status/run-detail.ts";
import { askByHand, nextFullSyncAt } from "#app/sync/interval.ts";
import { planSync } from "#app/sync/plan-sync.ts";
import { isOn } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { readWishes, wishChoices } from "#app/sync/wish.ts";
import type { Client } from "#app/shopify/client.ts";
import type { RunAsked } from "#app/status/run-detail.ts";
import type { Wish } from "#app/sync/wish.ts";

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(async () => {
    const { shop } = await merchantOf(request);
    const at = new Date();
    const rules = await readRules(shop.id);
    const choices = wishChoices().map((choice) => ({ ...choice, isOff: !isOn(rules, choice.name) }));
    const waits: Record<string, Date> = {};
    const next = await Promise.all(choices.map(({ name }) => nextFullSyncAt(shop.id, name, at)));
    for (const [index, retryAt] of next.entries()) if (retryAt) waits[choices[index]!.name] = retryAt;
    const { searchParams } = new URL(request.url);
    const asked = { resource: searchParams.getAll("resource"), mode: searchParams.get("mode") };
    const offered = choices.filter(({ isOff }) => !isOff);
    const named = offered.filter(({ name }) => asked.resource.includes(name));
    const chosen = named.length > 0 ? named : offered.slice(0, 1);
    const mode = chosen[0]?.modes.find((each) => each === asked.mode) ?? "full";
    const dropped = [
      ...(asked.resource.every((one) => choices.some(({ name }) => name === one)) ? [] : ["resource"]),
      ...(asked.mode === null || asked.mode === mode ? [] : ["mode"]),
    ];
    return {
      at,
      isAway: false,
      choices,
      dropped,
      waits,
      initial: { resources: chosen.map(({ name }) => name), mode },
    };
  });
}

export async function action({ request }: ActionFunctionArgs): Promise<FormAnswer> {
  const { shop, actor } = await merchantOf(request);
  const form = await request.formData();
  const now = new Date();
  const all = (name: string) => form.getAll(name).filter((value) => typeof value === "string");
  const fields = { get: (name: string) => all(name)[0] ?? null, all };
  const read = readWishes(fields, shop.timeZone ?? "UTC", now);
  if ("problem" in read) return { answer: "problem", ...read };
  const rules = await readRules(shop.id);
  const off = read.wishes.find(({ resource }) => !isOn(rules, resource));
  if (off) return { answer: "off", resource: off.resource };
  if (fields.get("act") === "start") return startAll(shop, read.wishes, actor, now);
  return previewAll(shop, read.wishes, now);
}

interface Shop {
  readonly id: number;
  readonly domain: string;
}

async function previewAll(shop: Shop, wishes: readonly Wish[], now: Date): Promise<FormAnswer> {
  const plans: PlannedSync[] = [];
  let resource = wishes[0]!.resource;
  try {
    const client = await clientFor(shop.domain);
    for (const wish of wishes) {
      ({ resource } = wish);
      plans.push({
        resource,
        plan: await planSync({ client, shopId: shop.id }, resource, wish.request, now),
      });
    }
    return { answer: "planned", plans };
  } catch (error) {
    if (error instanceof Permanent) return { answer: "refused", code: error.code, resource };
    if (error instanceof Transient || error instanceof Throttled) return { answer: "shopify_away" };
    throw error;
  }
}

async function startAll(
  shop: Shop,
  wishes: readonly Wish[],
  startedBy: string,
  now: Date,
): Promise<FormAnswer> {
  const client = await clientFor(shop.domain).catch(() => null);
  const runIds: string[] = [];
  const waits: { resource: Wish["resource"]; retryAt: Date }[] = [];
  const others: RunAsked[] = [];
  let isStarted = false;
  for (const { resource, request } of wishes) {
    const plan = client && (await planOrNone(client, shop.id, { resource, request }, now));
    const asked = await askByHand(shop.id, resource, request, startedBy, now, plan);
    if (asked.outcome === "too_soon") waits.push({ resource, retryAt: asked.retryAt });
    else if (asked.outcome === "busy") others.push(askedOf(asked.run));
    else if (asked.outcome !== "off") runIds.push(String(asked.run.id));
    isStarted ||= asked.outcome === "started";
  }
  if (others.length > 0) return { answer: "busy", others, isSomeStarted: runIds.length > 0 };
  // Switched off in this very moment.
  if (runIds.length === 0 && waits.length === 0) return { answer: "off", resource: wishes[0]!.resource };
  if (runIds.length === 0) return { answer: "too_soon", ...waits[0]! };
  return { answer: isStarted ? "started" : "already", runIds, waits };
}

/** A run without a plan makes its own; that Shopify is busy at this moment must not keep it from beginning. */
async function planOrNone(client: Client, shopId: number, { resource, request }: Wish, now: Date) {
  try {
    return await planSync({ client, shopId }, resource, request, now);
  } catch (error) {
    if (error instanceof Permanent || error instanceof Transient || error instanceof Throttled) return null;
    throw error;
  }
}

const known = keepLastKnown<Awaited<ReturnType<typeof loader>>>();

/** What somebody has chosen must outlive a server that is away for a moment. */
export function clientLoader({ request, serverLoader }: ClientLoaderFunctionArgs) {
  return known(() => serverLoader<typeof loader>(), new URL(request.url).search);
}
clientLoader.hydrate = true as const;

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<FormAnswer> {
  return orIfAway(
    () => serverAction<typeof action>(),
    () => ({ answer: "unreachable" }) as const,
  );
}

export default function NewRunRoute() {
  const loaded = useLoaderData<typeof loader>();
  const { t } = useReader();
  const { data, state, formData, submit } = useFetcher<typeof clientAction>();
  const navigate = useNavigate();
  // As in use-act.ts: the refresh after the act must be over.
  const runIds = state === "idle" && data && "runIds" in data ? data.runIds : null;
  useEffect(() => {
    // Of several the list shows how they get on.
    if (runIds) navigate(runIds.length === 1 ? `/app/runs/${runIds[0]}` : "/app/activity");
  }, [runIds, navigate]);
  return (
    <>
      <TitleBar title={t("activity.form.title")} />
      <SyncForm
        {...loaded}
        answer={data}
        pressed={state === "idle" ? null : String(formData?.get("act") ?? "")}
        send={(act, fields) => {
          // A second press while the first is under way asks for nothing.
          if (state !== "idle") return;
          const form = new FormData();
          for (const [name, value] of [["act", act], ...fields] as const) form.append(name, value);
          submit(form, { method: "post" });
        }}
      />
    </>
  );
}

export { FailurePage as ErrorBoundary };
