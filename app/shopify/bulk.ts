// Bulk operations: start, look at, cancel, and read the result line by line with flat memory, from any byte on.
// What is done with the lines, and when to look again, is the caller's.
import { Permanent, Throttled } from "#app/shopify/errors.ts";
import type { Lane } from "#app/shopify/budget.ts";
import type { Client } from "#app/shopify/client.ts";

/** How long to wait for one of the five slots that the app has per shop, or for a limit to pass. */
const WAIT_MS_BY_CODE: Readonly<Record<string, number>> = {
  OPERATION_IN_PROGRESS: 10_000,
  LIMIT_REACHED: 60_000,
};
/** Newest operations looked through for one whose id was lost; the app's slots are fewer than that. */
const RECENT_OPERATIONS = 25;

export type BulkStatus =
  "CREATED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELING" | "CANCELED" | "EXPIRED";

export interface BulkOperation {
  readonly id: string;
  readonly status: BulkStatus;
  /** ACCESS_DENIED, INTERNAL_SERVER_ERROR or TIMEOUT. */
  readonly errorCode: string | null;
  /** ISO 8601; nothing in the result is older than this. */
  readonly createdAt: string;
  readonly completedAt: string | null;
  /** All lines, and those of the root connection. */
  readonly objectCount: number;
  readonly rootObjectCount: number;
  /** Bytes. */
  readonly fileSize: number | null;
  /** Signed, valid for 7 days; null when the result is empty. */
  readonly url: string | null;
  /** What there was when the operation failed. */
  readonly partialDataUrl: string | null;
}

interface RawOperation extends Omit<BulkOperation, "objectCount" | "rootObjectCount" | "fileSize"> {
  // 64-bit counts come as strings.
  readonly objectCount: string;
  readonly rootObjectCount: string;
  readonly fileSize: string | null;
  readonly query: string;
}

interface UserError {
  readonly code?: string | null;
  readonly field: readonly string[] | null;
  readonly message: string;
}

const OPERATION = /* GraphQL */ `
  fragment Operation on BulkOperation {
    id
    status
    errorCode
    createdAt
    completedAt
    objectCount
    rootObjectCount
    fileSize
    url
    partialDataUrl
    query
  }
`;

const RUN = /* GraphQL */ `
  mutation BulkRun($query: String!) {
    bulkOperationRunQuery(query: $query, groupObjects: false) {
      bulkOperation {
        ...Operation
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

const READ = /* GraphQL */ `
  query BulkRead($id: ID!) {
    bulkOperation(id: $id) {
      ...Operation
    }
  }
`;

const RECENT = /* GraphQL */ `
  query BulkRecent($first: Int!) {
    bulkOperations(first: $first, query: "operation_type:query", sortKey: CREATED_AT) {
      nodes {
        ...Operation
      }
    }
  }
`;

const UNDER_WAY = /* GraphQL */ `
  query BulkUnderWay($first: Int!, $query: String!) {
    bulkOperations(first: $first, query: $query, sortKey: CREATED_AT) {
      nodes {
        ...Operation
      }
    }
  }
`;
const IS_UNDER_WAY = "operation_type:query AND (status:created OR status:running OR status:canceling)";

const CANCEL = /* GraphQL */ `
  mutation BulkCancel($id: ID!) {
    bulkOperationCancel(id: $id) {
      userErrors {
        field
        message
      }
    }
  }
`;

/** Shopify starts no operation of the query, for a reason that may be a code of a later version. */
export class BulkRefused extends Permanent {
  override readonly name = "BulkRefused";
}

interface Options {
  readonly lane: Lane;
  readonly signal?: AbortSignal;
}

/**
 * Starts the query.
 * @throws Throttled while every slot of the app in this shop is taken; BulkRefused.
 */
export async function startBulk(client: Client, query: string, options: Options): Promise<BulkOperation> {
  const { data } = await client.query<{
    bulkOperationRunQuery: { bulkOperation: RawOperation | null; userErrors: readonly UserError[] };
  }>(RUN + OPERATION, { query }, options);
  const { bulkOperation, userErrors } = data.bulkOperationRunQuery;
  const [error] = userErrors;
  const waitMs = error?.code && WAIT_MS_BY_CODE[error.code];
  if (waitMs) throw new Throttled(new Date(Date.now() + waitMs), error.message);
  if (error || !bulkOperation) {
    throw new BulkRefused(error?.code ?? "BULK_REFUSED", error?.message ?? "Shopify started no operation");
  }
  return fromRaw(bulkOperation);
}

/** Null when Shopify knows no such operation (any more). */
export async function readBulk(client: Client, id: string, options: Options): Promise<BulkOperation | null> {
  const { data } = await client.query<{ bulkOperation: RawOperation | null }>(
    READ + OPERATION,
    { id },
    options,
  );
  return data.bulkOperation && fromRaw(data.bulkOperation);
}

/**
 * The newest operation whose query carries `tag`: one that was started just before its starter crashed. By CREATED_AT
 * Shopify lists the newest first, without `reverse`.
 */
export async function findBulk(client: Client, tag: string, options: Options): Promise<BulkOperation | null> {
  const { data } = await client.query<{ bulkOperations: { nodes: readonly RawOperation[] } }>(
    RECENT + OPERATION,
    { first: RECENT_OPERATIONS },
    options,
  );
  const found = data.bulkOperations.nodes.find(({ query }) => query.split("\n").includes(`# ${tag}`));
  return found ? fromRaw(found) : null;
}

/** The operations that hold the app's slots in this shop, whoever started them. */
export async function readBulksUnderWay(client: Client, options: Options): Promise<readonly BulkOperation[]> {
  const { data } = await client.query<{ bulkOperations: { nodes: readonly RawOperation[] } }>(
    UNDER_WAY + OPERATION,
    { first: RECENT_OPERATIONS, query: IS_UNDER_WAY },
    options,
  );
  return data.bulkOperations.nodes.map(fromRaw).filter((operation) => !hasEnded(operation));
}

/** Asks Shopify to stop it. That it had ended already is as good. */
export async function cancelBulk(client: Client, id: string, options: Options): Promise<void> {
  await client.query(CANCEL, { id }, options);
}

/** An operation's number, as people see it at Shopify. */
export function numberOf({ id }: Pick<BulkOperation, "id">): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

export function hasEnded({ status }: BulkOperation): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELED" || status === "EXPIRED";
}

function fromRaw({ query: _query, ...raw }: RawOperation): BulkOperation {
  return {
    ...raw,
    objectCount: Number(raw.objectCount),
    rootObjectCount: Number(raw.rootObjectCount),
    fileSize: raw.fileSize === null ? null : Number(raw.fileSize),
  };
}
