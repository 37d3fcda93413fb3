// Which columns of a table tell of the record, in which order, and which of them are money. What the mirror keeps for
// itself in the same row (whose shop, seen when, written by what) is left out: a record's page tells it in words. Pure.
import type { Resource } from "#app/resources/define.ts";
import type { Cells } from "#app/status/record-detail.ts";
import { BOOKKEEPING } from "#app/sync/apply-roots.ts";
import type { Table } from "#app/sync/apply-tables.ts";

export interface FieldPair {
  /** As in SQL. */
  readonly column: string;
  readonly mirror: string | null;
  readonly shopify: string | null;
  readonly differs: boolean;
  /** Of an amount, as each side names it; null where it is no amount. */
  readonly currency: { readonly mirror: string | null; readonly shopify: string | null } | null;
}

/** `updated_at` is Shopify's own. */
const OWN = new Set<string>(["shop_id", "applied_at", ...BOOKKEEPING.filter((one) => one !== "updated_at")]);
/** Money is kept with six decimals, and nothing else is. */
const MONEY_TYPE = "numeric(20,6)";

/** As the descriptor has them; then what is put together from a record's lists, as the schema has it. */
export function columnsInOrder({ columns }: Resource, table: Table): string[] {
  const stated = Object.keys(columns[table.model] ?? {}).map((field) => table.columns.get(field));
  const all = [...table.columns.values()].filter((column) => table.types.has(column) && !OWN.has(column));
  return [...new Set([...stated.filter((column) => column !== undefined), ...all])].filter((column) =>
    all.includes(column),
  );
}

/** `whole` is the record's own row, which names the currency for those of its parts that do not. */
export function pairOf(
  table: Table,
  column: string,
  mirror: Cells,
  shopify: Cells,
  whole = { mirror, shopify },
): FieldPair {
  const [ours, theirs] = [mirror[column] ?? null, shopify[column] ?? null];
  const isMoney = table.types.get(column) === MONEY_TYPE;
  return {
    ...{ column, mirror: ours, shopify: theirs, differs: ours !== theirs },
    currency: isMoney
      ? {
          mirror: currencyOf(column, mirror, whole.mirror),
          shopify: currencyOf(column, shopify, whole.shopify),
        }
      : null,
  };
}

function currencyOf(column: string, cells: Cells, whole: Cells): string | null {
  const general = column.endsWith("_presentment") ? "presentment_currency_code" : "currency_code";
  return cells[`${column}_currency_code`] ?? cells[general] ?? whole[general] ?? null;
}
