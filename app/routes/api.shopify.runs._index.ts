// Door: GET streams the history of runs as NDJSON or CSV, filtered and sorted as its page.
import { apiDoor, notAllowed, refuseUnknown } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { RUN_EXPORT_COLUMNS, eachRunLine } from "#app/status/run-export.ts";
import { runQueryOf } from "#app/status/run-history.ts";
import { readShop } from "#app/status/shop.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

const KNOWN = ["resource", "kind", "state", "who", "from", "until", "sort", "format"];

export const loader = apiDoor(async ({ shop, request }) => {
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  const { dropped, ...query } = runQueryOf(request.url);
  const refused = refuseUnknown(request, KNOWN, dropped);
  if (refused) return refused;
  const timeZone = (await readShop(shop.id)).timeZone ?? "UTC";
  return tableFile("runs", RUN_EXPORT_COLUMNS, eachRunLine(shop.id, query, timeZone), format);
}, "GET");
export const action = notAllowed("GET");
