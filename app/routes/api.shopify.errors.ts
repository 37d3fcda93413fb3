// Door: GET streams the errors as NDJSON or CSV, filtered and sorted as their page; with `code` those of one cause.
import { apiDoor, notAllowed, refuseUnknown } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { ERROR_COLUMNS, eachError, eachOf } from "#app/status/error-export.ts";
import { causeIn, errorQueryOf } from "#app/status/error-groups.ts";
import { readShop } from "#app/status/shop.ts";
import { FILE_FORMATS, formatOf, tableFile } from "#app/status/table-file.ts";

const KNOWN = ["show", "source", "subject", "code", "sort", "format"];

export const loader = apiDoor(async ({ shop, request }) => {
  const { filters, sort, dropped } = errorQueryOf(request.url);
  const format = formatOf(request.url);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${FILE_FORMATS.join(", ")}`);
  const refused = refuseUnknown(request, KNOWN, dropped);
  if (refused) return refused;
  const cause = causeIn(request.url);
  if (!cause && new URL(request.url).searchParams.has("code")) {
    return refusal(400, "BAD_REQUEST", "code: needs source and subject beside it");
  }
  const whole = await readShop(shop.id);
  const rows = cause ? eachOf(whole, cause, false) : eachError(whole, filters, new Date(), sort);
  return tableFile("errors", ERROR_COLUMNS, rows, format);
}, "GET");
export const action = notAllowed("GET");
