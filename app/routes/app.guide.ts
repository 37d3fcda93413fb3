// Door: the first-run guide is put away, or taken out again.
import type { ActionFunctionArgs } from "@remix-run/node";
import { merchantOf } from "#app/merchant.server.ts";
import { closeGuide, openGuide } from "#app/shops/guide.ts";

export async function action({ request }: ActionFunctionArgs): Promise<{ readonly act: "close" | "open" }> {
  const { shop, userId } = await merchantOf(request);
  if ((await request.formData()).get("act") === "open") {
    await openGuide(shop.id);
    return { act: "open" };
  }
  await closeGuide(shop.id, userId === null ? "user" : `user:${userId}`, new Date());
  return { act: "close" };
}
