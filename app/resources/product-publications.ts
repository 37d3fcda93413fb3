// Where a product is published: its sales channels and catalogs, those included on which it is to appear later.
import type { PublicationFieldsFragment } from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { always, maybe, wholeRow, type Columns } from "./columns.ts";
import type { Connection } from "./define.ts";
import { at, fields, flag, idOf, nullable, text, time } from "./values.ts";

/** Shopify shows them with a scope of their own; products come without them where it is not granted. */
export const PUBLICATIONS_SCOPE = "read_publications";

const PUBLICATION_FIELDS = /* GraphQL */ `
  fragment PublicationFields on ResourcePublicationV2 {
    isPublished
    publishDate
    publication {
      id
      catalog {
        title
      }
    }
  }
`;

export const PUBLICATIONS: Connection = {
  field: "resourcePublicationsV2",
  type: "ResourcePublicationV2",
  // Otherwise what is to be published later is left out.
  args: "onlyPublished: false",
  fragment: PUBLICATION_FIELDS,
  pageSize: 7,
  model: "ProductPublication",
  identify: ({ publication }) => (publication as { id?: unknown } | null)?.id,
};

export const PUBLICATION_COLUMNS: Columns<PublicationFieldsFragment> = {
  publicationId: always("publication", at(["id"], idOf("Publication"))),
  name: maybe("publication", at(["catalog", "title"], nullable(text))),
  isPublished: always("isPublished", flag),
  publishedAt: maybe("publishDate", time),
};

export function publicationsFromNode(publications: readonly unknown[], productId: string): Children {
  const rows = publications.map((publication, index): Row => {
    const path = `resourcePublicationsV2[${index}]`;
    return {
      ...wholeRow<PublicationFieldsFragment>(PUBLICATION_COLUMNS, fields(publication, path), path),
      productId,
    };
  });
  return { rows, complete: true };
}
