/**
 * Where a product is published.
 */
import { publicationsOf } from "../../store/lookups.ts";
import { gid, type Frozen, type Product } from "../../store/truth.ts";
import { connection, page } from "./fields.ts";
import { time } from "./values.ts";

/** Without `onlyPublished: false` what is to be published later is left out. */
export const resourcePublicationsV2 = connection<Frozen<Product>>(
  ["onlyPublished"],
  (product, args, { now }) => {
    const isShown = (publishedAt: string) => args.onlyPublished === false || isPast(publishedAt, now);
    return page(
      publicationsOf(product).filter(({ publishedAt }) => isShown(publishedAt)),
      {
        idOf: ({ channel }) => channel.id,
        toNode: ({ channel, publishedAt }) => ({
          __typename: "ResourcePublicationV2",
          isPublished: isPast(publishedAt, now),
          publishDate: time(publishedAt),
          publication: {
            __typename: "Publication",
            id: gid("Publication", channel.id),
            name: channel.name,
            catalog: {
              __typename: "AppCatalog",
              id: gid("AppCatalog", channel.catalogId),
              title: channel.name,
              status: "ACTIVE",
            },
          },
        }),
      },
    );
  },
);

const isPast = (publishedAt: string, now: Date) => Date.parse(publishedAt) <= now.getTime();
