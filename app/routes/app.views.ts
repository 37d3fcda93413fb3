// Door: saved views of lists are made, changed, deleted and taken back. Pages read them in their own loaders.
import type { ActionFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs } from "@remix-run/react";
import { orIfAway } from "#app/components/last-known.ts";
import type { ViewsAnswer } from "#app/components/saved-views.tsx";
import { merchantOf } from "#app/merchant.server.ts";
import { changeView, deleteView, restoreView, saveView } from "#app/shops/views.ts";

export async function action({ request }: ActionFunctionArgs): Promise<ViewsAnswer> {
  const { shop, userId } = await merchantOf(request);
  const form = await request.formData();
  const get = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const person = { shopId: shop.id, userId };
  const [id, name, isShared] = [get("id"), get("name"), get("shared") === "yes"];
  switch (get("act")) {
    case "save": {
      const wish = { list: get("list"), name, query: get("query"), isShared };
      return { outcome: await saveView(person, wish, new Date()), id, name };
    }
    case "change":
      return { outcome: await changeView(person, id, { name, isShared }), id, name };
    case "delete":
      return { outcome: await deleteView(person, id, new Date()), id, name };
    case "restore":
      return { outcome: await restoreView(person, id), id, name };
    default:
      return { outcome: "refused", id, name };
  }
}

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<ViewsAnswer> {
  return orIfAway(
    () => serverAction<typeof action>(),
    () => ({ outcome: "unreachable", id: "", name: "" }),
  );
}
