// Door: GET streams the history of runs as NDJSON or CSV, filtered and sorted as its page.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { RUN_EXPORT_COLUMNS, eachRunLine } from "#app/status/run-export.ts";
import { runQueryOf } from "#app/status/run-history.ts";
import { readShop } from "#app/status/shop.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

export const loader = apiDoor(async ({ shop, request }) => {
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  const { dropped, ...query } = runQueryOf(request.url);
  // A page drops what it does not understand and says so; a file must not hold more than was asked for.
  if (dropped.length > 0) return refusal(400, "BAD_REQUEST", `not understood: ${dropped.join(", ")}`);
  const timeZone = (await readShop(shop.id)).timeZone ?? "UTC";
  return tableFile("runs", RUN_EXPORT_COLUMNS, eachRunLine(shop.id, query, timeZone), format);
}, "GET");
export const action = notAllowed("GET");
