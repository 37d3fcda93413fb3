// Door: the first-run guide is put away, or taken out again.
import type { ActionFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs } from "@remix-run/react";
import type { GuideAnswer } from "#app/components/guide-card.tsx";
import { orIfAway } from "#app/components/last-known.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { closeGuide, openGuide } from "#app/shops/guide.ts";

export async function action({ request }: ActionFunctionArgs): Promise<GuideAnswer> {
  const { shop, actor } = await merchantOf(request);
  if ((await request.formData()).get("act") === "open") {
    await openGuide(shop.id);
    return { act: "open" };
  }
  await closeGuide(shop.id, actor, new Date());
  return { act: "close" };
}

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<GuideAnswer> {
  return orIfAway(
    () => serverAction<typeof action>(),
    () => ({ act: "unreachable" }),
  );
}
