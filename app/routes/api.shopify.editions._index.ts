// Door: GET streams the editions as NDJSON or CSV, with the filters of their page.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { EDITION_COLUMNS, eachEdition } from "#app/status/edition-export.ts";
import { editionQueryOf } from "#app/status/editions.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

export const loader = apiDoor(async ({ shop, request }) => {
  const { filters, dropped } = editionQueryOf(request.url);
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  // A page drops what it does not understand and says so; a file must not hold more than was asked for.
  if (dropped.length > 0) return refusal(400, "BAD_REQUEST", `not understood: ${dropped.join(", ")}`);
  return tableFile("editions", EDITION_COLUMNS, eachEdition(shop.id, filters), format);
}, "GET");
export const action = notAllowed("GET");
