// Door: GET streams the editions as NDJSON or CSV, filtered and sorted as their page.
import { apiDoor, notAllowed, refuseUnknown } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { EDITION_COLUMNS } from "#app/status/edition-export.ts";
import { eachEdition, editionQueryOf } from "#app/status/edition-list.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

const KNOWN = ["state", "find", "sort", "format"];

export const loader = apiDoor(async ({ shop, request }) => {
  const { dropped, ...query } = editionQueryOf(request.url);
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  const refused = refuseUnknown(request, KNOWN, dropped);
  if (refused) return refused;
  return tableFile("editions", EDITION_COLUMNS, eachEdition(shop.id, query), format);
}, "GET");
export const action = notAllowed("GET");
