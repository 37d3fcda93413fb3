// A product's media: pictures, videos, embedded videos and 3D models, in the order in which the product shows them.
import { BadBody } from "#app/shopify/errors.ts";
import type { MediaFieldsFragment } from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { always, maybe, statedRow, wholeRow, type Columns, type Stated } from "./columns.ts";
import type { Body, Connection } from "./define.ts";
import * as rest from "./rest.ts";
import { at, fields, int, listOf, nullable, partId, shape, text, time, type Reader } from "./values.ts";

const MEDIA_FIELDS = /* GraphQL */ `
  fragment MediaFields on Media {
    __typename
    id
    alt
    mediaContentType
    status
    preview {
      image {
        url
      }
    }
    ... on MediaImage {
      mimeType
      createdAt
      updatedAt
      image {
        url
        width
        height
      }
    }
    ... on Video {
      filename
      duration
      createdAt
      updatedAt
      sources {
        url
        format
        mimeType
        width
        height
      }
    }
    ... on ExternalVideo {
      host
      originUrl
      createdAt
      updatedAt
    }
    ... on Model3d {
      filename
      createdAt
      updatedAt
      sources {
        url
        format
        mimeType
        filesize
      }
    }
  }
`;

const VARIANT_MEDIA_FIELDS = /* GraphQL */ `
  fragment VariantMediaFields on Media {
    id
  }
`;

const TYPES = ["MediaImage", "Video", "ExternalVideo", "Model3d"];

export const MEDIA: Connection = {
  field: "media",
  type: TYPES,
  args: "sortKey: POSITION",
  fragment: MEDIA_FIELDS,
  pageSize: 7,
  model: "ProductMedia",
};

/** Which of them shows a variant: Shopify refuses a second one, and a page of two costs no more than one of one. */
export const VARIANT_MEDIA: Connection = {
  field: "media",
  type: TYPES,
  fragment: VARIANT_MEDIA_FIELDS,
  pageSize: 2,
  fills: ["mediaId"],
};

/** All that some kind of media has; what one has not is null. */
type Medium = Pick<MediaFieldsFragment, "id" | "alt" | "mediaContentType" | "status" | "preview"> & {
  readonly position: number;
  readonly mimeType: string | null;
  readonly image: unknown;
  readonly filename: string | null;
  readonly duration: number | null;
  readonly sources: unknown;
  readonly host: string | null;
  readonly originUrl: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
};

/** A kind that the query does not know yet has no more than what all have. */
const NOTHING = {
  createdAt: null,
  updatedAt: null,
  mimeType: null,
  image: null,
  filename: null,
  duration: null,
  sources: null,
  host: null,
  originUrl: null,
};

/** Of a list, the first one's id. */
export const firstMediaId: Reader = (value, path) => {
  const ids = listOf((medium, place) => partId(fields(medium, place).id, `${place}.id`))(value, path);
  return ids[0] ?? null;
};

const source = shape({
  url: text,
  format: text,
  mimeType: text,
  width: nullable(int),
  height: nullable(int),
  filesize: nullable(int),
});

export const MEDIA_COLUMNS: Columns<Medium> = {
  id: always("id", partId),
  gid: always("id", text),
  position: always("position", int),
  type: always("mediaContentType", text),
  status: always("status", text),
  alt: maybe("alt", text),
  url: maybe("image", at(["url"], nullable(text))),
  width: maybe("image", at(["width"], nullable(int))),
  height: maybe("image", at(["height"], nullable(int))),
  previewUrl: maybe("preview", at(["image", "url"], nullable(text))),
  mimeType: maybe("mimeType", text),
  filename: maybe("filename", text),
  durationMs: maybe("duration", int),
  sources: maybe("sources", listOf(source)),
  host: maybe("host", text),
  originUrl: maybe("originUrl", text),
  createdAt: maybe("createdAt", time),
  updatedAt: maybe("updatedAt", time),
};

export function mediaFromNode(media: readonly unknown[], productId: string): Children {
  const rows = media.map((medium, index): Row => {
    const path = `media[${index}]`;
    const whole = { ...NOTHING, ...fields(medium, path), position: index + 1 };
    return { ...wholeRow<Medium>(MEDIA_COLUMNS, whole, path), productId };
  });
  return { rows, complete: true };
}

/** Null where the body does not state them. */
export function mediaFromBody({ media }: Body, productId: string): Children | null {
  if (media === undefined) return null;
  if (!Array.isArray(media)) throw new BadBody("media is not a list");
  const rows = media.map((medium: unknown, index): Row => {
    const path = `media[${index}]`;
    return { ...statedRow<Medium>(MEDIA_COLUMNS, mediumIn(fields(medium, path), index), path), productId };
  });
  return { rows, complete: true };
}

/** Variant → the media that show it; null where the body does not state all of them. */
export function mediaByVariant({ media }: Body): ReadonlyMap<string, readonly unknown[]> | null {
  if (!Array.isArray(media)) return null;
  const found = new Map<string, unknown[]>();
  for (const medium of media as readonly unknown[]) {
    if (!rest.isObject(medium) || !Array.isArray(medium.variant_ids)) return null;
    for (const id of medium.variant_ids) {
      const [key, own] = [String(id), { id: medium.admin_graphql_api_id }];
      found.set(key, [...(found.get(key) ?? []), own]);
    }
  }
  return found;
}

/** Only the preview's address: of videos and models it is all that a body has. */
function mediumIn(medium: Readonly<Record<string, unknown>>, index: number): Stated<Medium> {
  const { alt, preview_image: preview } = medium;
  return {
    id: medium.admin_graphql_api_id,
    position: index + 1,
    mediaContentType: medium.media_content_type,
    status: medium.status,
    alt: alt === "" ? undefined : alt,
    preview: rest.isObject(preview) ? { image: { url: preview.src } } : preview,
    createdAt: medium.created_at,
    updatedAt: medium.updated_at,
  };
}
