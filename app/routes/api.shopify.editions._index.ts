// Door: GET streams the editions as NDJSON or CSV, filtered and sorted as their page.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { EDITION_COLUMNS } from "#app/status/edition-export.ts";
import { eachEdition, editionQueryOf } from "#app/status/edition-list.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

export const loader = apiDoor(async ({ shop, request }) => {
  const { dropped, ...query } = editionQueryOf(request.url);
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  // A page drops what it does not understand and says so; a file must not hold more than was asked for.
  if (dropped.length > 0) return refusal(400, "BAD_REQUEST", `not understood: ${dropped.join(", ")}`);
  return tableFile("editions", EDITION_COLUMNS, eachEdition(shop.id, query), format);
}, "GET");
export const action = notAllowed("GET");
