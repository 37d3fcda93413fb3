// Publishing products on sales channels. Only the Online Store tells of it: what happens on another channel changes neither
// the product's `updatedAt` nor sends news to an app that is not that channel.

import { CHANNELS, ONLINE_STORE } from "../channels.ts";
import type { Store } from "../store.ts";
import type { Frozen, Id, Product, Time } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { record } from "./announce.ts";

/** At once, or at the time that is given. */
export function publishProduct(store: Store, id: Id, channelId: Id, publishedAt?: Time): Frozen<Product> {
  if (publishedAt !== undefined && Number.isNaN(Date.parse(publishedAt)))
    throw new UserError(["publishDate"], "Publish date is invalid", "INVALID");
  return place(store, id, channelId, publishedAt ?? store.time());
}

export function unpublishProduct(store: Store, id: Id, channelId: Id): Frozen<Product> {
  return place(store, id, channelId, null);
}

function place(store: Store, id: Id, channelId: Id, publishedAt: Time | null): Frozen<Product> {
  if (!CHANNELS.some((channel) => channel.id === channelId))
    throw new UserError(["publicationId"], "Publication does not exist", "NOT_FOUND");
  const isTold = channelId === ONLINE_STORE.id;
  return store.act(() => {
    const product = store.change(
      "products",
      id,
      (draft) => {
        if (isTold) draft.publishedAt = publishedAt;
        else draft.publications = placed(draft.publications, channelId, publishedAt);
      },
      { touch: isTold },
    );
    if (isTold) store.announce("products/update", record(store, "product", id));
    return product;
  });
}

const placed = (publications: Product["publications"], channelId: Id, publishedAt: Time | null) => [
  ...publications.filter((each) => each.channelId !== channelId),
  ...(publishedAt === null ? [] : [{ channelId, publishedAt }]),
];
