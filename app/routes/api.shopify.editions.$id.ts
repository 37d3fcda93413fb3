// Door: GET streams the units of one edition with their numbers, as NDJSON or CSV.
import { apiDoor, notAllowed, refuseUnknown } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { UNIT_COLUMNS, eachUnit } from "#app/status/edition-export.ts";
import { findEdition } from "#app/status/editions.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

export const loader = apiDoor(async ({ shop, params, request }) => {
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  const refused = refuseUnknown(request, ["format"], []);
  if (refused) return refused;
  const edition = await findEdition(shop.id, params.id ?? "");
  if (!edition) return refusal(404, "NOT_FOUND", "There is no such edition.");
  return tableFile(`edition-${edition.id}`, UNIT_COLUMNS, eachUnit(shop.id, edition.id), format);
}, "GET");
export const action = notAllowed("GET");
