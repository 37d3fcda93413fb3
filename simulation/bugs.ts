// Bugs to plant, one at a time, to see whether the simulation finds them. Each changes what the app does from outside:
// the text of a statement, what happens around it, or what the client hands over. One that does not find its place any
// more is known by `isBugPlanted` staying false, so that it cannot pass for a bug that was looked for in vain.
import type { Client } from "#app/shopify/client.ts";
import { execute, type Interference } from "./postgres.ts";

export interface Bug {
  readonly name: string;
  /** In the statement's text. */
  readonly replace?: { readonly from: RegExp; readonly to: string };
  readonly after?: Interference["after"];
  readonly client?: (client: Client) => Client;
}

interface Connection {
  nodes: unknown[];
  readonly pageInfo?: { readonly hasNextPage: boolean };
}

/** Changes the lists of roots that queries answer; `edit` says whether it did. */
function editingPages(edit: (connection: Connection, isLater: boolean) => void): Bug["client"] {
  return (client) => ({
    ...client,
    async query(document, variables, options) {
      const answer = await client.query<never>(document, variables, options);
      for (const value of Object.values((answer.data ?? {}) as Record<string, Connection | null>)) {
        if (value && Array.isArray(value.nodes) && value.pageInfo)
          edit(value, typeof variables.after === "string");
      }
      return answer;
    },
  });
}

export const BUGS: readonly Bug[] = [
  {
    // On equal times the state that came first stays.
    name: "equal-times-keep-the-older",
    replace: {
      from: /WHERE \(coalesce\(excluded\.updated_at[\s\S]*?> \(coalesce\(t\.updated_at[\s\S]*?\)\)(?=\s+RETURNING)/,
      to: "WHERE excluded.updated_at > t.updated_at",
    },
  },
  {
    name: "body-over-newer-row",
    replace: {
      from: /WHERE (\(coalesce\(excluded\.updated_at[\s\S]*?> \(coalesce\(t\.updated_at[\s\S]*?\)\))(?=\s+RETURNING)/,
      to: "WHERE excluded.origin_kind = 'webhook' OR $1",
    },
  },
  {
    name: "delete-undone-by-late-news",
    replace: {
      from: /FROM sync_tombstones(?=[\s\S]*deleted_at)/,
      to: "FROM (SELECT * FROM sync_tombstones WHERE false) AS none",
    },
  },
  {
    name: "children-merged",
    replace: {
      from: /(DELETE FROM (?:order_line_items|product_variants) AS t\s+WHERE t\.shop_id = \$1)/,
      to: "$1 AND false",
    },
  },
  { name: "update-counted-as-new", replace: { from: /t\.xmax = 0 AS is_new/, to: "true AS is_new" } },
  {
    name: "newer-confirmation-dropped",
    replace: { from: /AND c\.queued_at = t\.queued_at/, to: "AND t.queued_at IS NOT NULL" },
  },
  {
    // Deliveries are settled and committed before their records are.
    name: "second-half-lost-in-a-crash",
    async after(text, { rows }) {
      if (!/FROM sync_deliveries d LEFT JOIN shop/.test(text) || rows.length === 0) return;
      const ids = rows.map(({ id }) => String(id));
      await execute(
        "UPDATE sync_deliveries SET state = 'applied', settled_at = now() WHERE id = ANY ($1::int8[])",
        [ids],
      );
      await execute("COMMIT");
      await execute("BEGIN");
    },
  },
  {
    name: "page-taken-for-empty",
    client: editingPages((connection, isLater) => {
      if (isLater) connection.nodes = [];
    }),
  },
  {
    name: "page-boundary-lost",
    client: editingPages((connection, isLater) => {
      if (isLater) connection.nodes = connection.nodes.slice(1);
    }),
  },
  {
    name: "failed-bulk-taken-for-whole",
    client: (client) => ({
      ...client,
      async query(document, variables, options) {
        const answer = await client.query<never>(document, variables, options);
        const operation = (answer.data as { bulkOperation?: Record<string, unknown> | null } | null)
          ?.bulkOperation;
        if (operation?.status === "FAILED" && operation.partialDataUrl) {
          Object.assign(operation, { status: "COMPLETED", url: operation.partialDataUrl, errorCode: null });
        }
        return answer;
      },
    }),
  },
];
