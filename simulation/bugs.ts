// Bugs to plant, one at a time, to see whether the simulation finds them. Each changes what the app does from outside:
// the text of a statement, what happens around it, or what the client hands over. One that does not find its place any
// more is known by `isBugPlanted` staying false, so that it cannot pass for a bug that was looked for in vain.
import type { Client } from "#app/shopify/client.ts";
import { execute, type Interference } from "./postgres.ts";

export interface Bug {
  readonly name: string;
  /** In the statement's text. */
  readonly replace?: { readonly from: RegExp; readonly to: string };
  /** `plant` is called when it has done its harm. */
  readonly after?: (...args: [...Parameters<Interference["after"]>, plant: () => void]) => Promise<void>;
  readonly client?: (client: Client, plant: () => void) => Client;
  /** In the app's code, where a text is there once; HERE is true while the bug is planted, and doing harm. */
  readonly code?: { readonly file: string; readonly from: string; readonly to: string };
}

interface Connection {
  nodes: unknown[];
  readonly pageInfo?: { readonly hasNextPage: boolean };
}

/** What Shopify says of a window: a count, or the first of its records. */
interface Window {
  count?: number;
  nodes?: unknown[];
}

type Query = (...args: Parameters<Client["query"]>) => ReturnType<Client["query"]>;

/** A client whose answers are changed; `change` says whether it did. */
function changingAnswers(
  change: (data: Record<string, unknown>, ...asked: Parameters<Query>) => boolean,
): Bug["client"] {
  return (client, plant) => ({
    ...client,
    async query(...asked) {
      const answer = await client.query<never>(...asked);
      if (change((answer.data ?? {}) as Record<string, unknown>, ...asked)) plant();
      return answer;
    },
  });
}

/** Changes the pages after the first of whatever is listed at the root. */
function changingLaterPages(change: (connection: Connection) => void): Bug["client"] {
  return changingAnswers((data, _document, { after }) => {
    if (typeof after !== "string") return false;
    const lists = (Object.values(data) as (Connection | null)[]).filter(
      (value) => value && Array.isArray(value.nodes) && value.pageInfo,
    );
    for (const list of lists) change(list!);
    return lists.length > 0;
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
      from: /AS deleted_at\s+FROM sync_tombstones WHERE/,
      to: "AS deleted_at FROM sync_tombstones WHERE false AND",
    },
  },
  {
    name: "children-merged",
    replace: {
      from: /(DELETE FROM (?:order_line_items|product_variants) AS t\s+WHERE t\.shop_id = \$1)/,
      to: "$1 AND false",
    },
  },
  { name: "redelivery-counted-twice", replace: { from: /t\.xmax = 0 AS is_new/, to: "true AS is_new" } },
  {
    name: "newer-confirmation-dropped",
    replace: { from: /AND o\.queued_at = t\.queued_at/, to: "AND t.queued_at IS NOT NULL" },
  },
  {
    // Deliveries are settled and committed before their records are.
    name: "second-half-lost-in-a-crash",
    async after(text, { rows }, plant) {
      if (!/FROM sync_deliveries d LEFT JOIN shop/.test(text) || rows.length === 0) return;
      const ids = rows.map(({ id }) => String(id));
      await execute(
        "UPDATE sync_deliveries SET state = 'applied', settled_at = now() WHERE id = ANY ($1::int8[])",
        [ids],
      );
      await execute("COMMIT");
      await execute("BEGIN");
      plant();
    },
  },
  {
    // What a failed run could not prove is written down and never looked at again.
    name: "hole-forgotten",
    replace: {
      from: /closed_at IS NULL AND (h\.)?next_attempt_at <= /,
      to: "closed_at IS NULL AND false AND next_attempt_at <= ",
    },
  },
  {
    // Catch-up takes a window for empty, and its cursor moves on.
    name: "cursor-past-an-empty-window",
    client: changingAnswers((data, document, _variables, { lane }) => {
      if (lane !== "catch-up" || !/^query (Changes|Counts) /.test(document)) return false;
      let isAny = false;
      for (const seen of Object.values(data as Record<string, Window | null>)) {
        if (!seen) continue;
        isAny ||= (seen.count ?? seen.nodes?.length ?? 0) > 0;
        if (seen.nodes) seen.nodes = [];
        else seen.count = 0;
      }
      return isAny;
    }),
  },
  {
    name: "page-taken-for-empty",
    client: changingLaterPages((connection) => {
      connection.nodes = [];
    }),
  },
  {
    name: "page-boundary-lost",
    client: changingLaterPages((connection) => {
      connection.nodes = connection.nodes.slice(1);
    }),
  },
  {
    // What a bulk operation wrote before it failed passes for everything.
    name: "failed-bulk-taken-for-whole",
    client: changingAnswers(({ bulkOperation }) => {
      const operation = bulkOperation as Record<string, unknown> | null | undefined;
      if (operation?.status !== "FAILED" || !operation.partialDataUrl) return false;
      Object.assign(operation, { status: "COMPLETED", url: operation.partialDataUrl, errorCode: null });
      return true;
    }),
  },
  {
    // The last record of a range is in none.
    name: "range-border-lost",
    code: {
      file: "app/shopify/ranges.ts",
      from: "`id:<=${untilKey}`",
      to: "(HERE ? `id:<${untilKey}` : `id:<=${untilKey}`)",
    },
  },
  {
    name: "ranges-landed-backwards",
    code: {
      file: "app/sync/catch-up-ahead.ts",
      from: "of cut.ranges)",
      to: "of cut.ranges.length > 1 && HERE ? cut.ranges.toReversed() : cut.ranges)",
    },
  },
  {
    // What was asked for behind a slice that is not at its end is landed all the same.
    name: "slice-left-half-read",
    code: {
      file: "app/sync/catch-up.ts",
      from: "(piece.isLast && current.progress.slice)",
      to: "(piece.isLast && current.progress.slice && !HERE)",
    },
  },
  {
    // The count of half the slice's time: where nothing changed in that, the slice is taken for empty.
    name: "slice-proven-by-its-neighbours-count",
    code: {
      file: "app/sync/catch-up-ahead.ts",
      from: "countGrounds(step, [ground])",
      to: "countGrounds(step, [HERE ? { ...ground, until: new Date((+ground.from + +end) / 2) } : ground])",
    },
  },
  {
    // Children that lie in another frame than their record.
    name: "strays-left-behind",
    code: {
      file: "app/sync/ingest-staging.ts",
      from: "if (strays.size > 0)",
      to: "if (strays.size > 0 && !HERE)",
    },
  },
  {
    // Later pages of what a record holds.
    name: "later-children-lost",
    code: {
      file: "app/shopify/children.ts",
      from: "children.push(...(node[field] as RawConnection).nodes);",
      to: "if (!HERE) children.push(...(node[field] as RawConnection).nodes);",
    },
  },
];

/** @throws RangeError for a name that is no bug's. */
export function bugOf(name: string): Bug {
  const bug = BUGS.find((each) => each.name === name);
  if (!bug) throw new RangeError(`there is no bug ${name}`);
  return bug;
}
