// Door: GET streams the errors as NDJSON or CSV, filtered and sorted as their page; with `code` those of one cause.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { ERROR_COLUMNS, eachError, eachOf } from "#app/status/error-export.ts";
import { causeIn, errorQueryOf } from "#app/status/error-groups.ts";
import { readShop } from "#app/status/shop.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

export const loader = apiDoor(async ({ shop, request }) => {
  const { filters, sort, dropped } = errorQueryOf(request.url);
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  // A page drops what it does not understand and says so; a file must not hold more than was asked for.
  if (dropped.length > 0) return refusal(400, "BAD_REQUEST", `not understood: ${dropped.join(", ")}`);
  const cause = causeIn(request.url);
  if (!cause && new URL(request.url).searchParams.has("code")) {
    return refusal(400, "BAD_REQUEST", "code: needs source and subject beside it");
  }
  const whole = await readShop(shop.id);
  const rows = cause ? eachOf(whole, cause, false) : eachError(whole, filters, new Date(), sort);
  return tableFile("errors", ERROR_COLUMNS, rows, format);
}, "GET");
export const action = notAllowed("GET");
