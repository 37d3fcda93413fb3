// Keeps one bad record from spoiling its batch: work runs in a savepoint, and when the database refuses the data, the
// batch is halved until the culprit stands alone. A bad one among n costs about 2·log2(n) statements more.
import { sendLast } from "#app/db.server.ts";
import type { Work } from "./apply-upserts.ts";
import type { Change, Outcome } from "./change.ts";

/** What the interface explains: the database would not take this record; the detail says why. */
export const REFUSED = "REFUSED_BY_DATABASE";

/**
 * Runs `work` on the records, or on those parts of them that the database takes.
 * A bold caller has no need of parts: whatever fails is thrown, and its transaction lost.
 * @throws whatever is no fault of the data: a lost connection, a deadlock, a bug in the statement.
 */
export async function attempt<T extends Change>(
  { client, isBold }: Pick<Work, "client" | "isBold">,
  records: readonly T[],
  work: (records: readonly T[]) => Promise<readonly Outcome[]>,
): Promise<readonly Outcome[]> {
  if (records.length === 0) return [];
  if (isBold) return work(records);
  sendLast(client, "SAVEPOINT attempt");
  try {
    const outcomes = await work(records);
    sendLast(client, "RELEASE SAVEPOINT attempt");
    return outcomes;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT attempt");
    await client.query("RELEASE SAVEPOINT attempt");
    if (records.length === 1) return [rejected(records[0]!, error)];
    const half = Math.ceil(records.length / 2);
    return [
      ...(await attempt({ client, isBold }, records.slice(0, half), work)),
      ...(await attempt({ client, isBold }, records.slice(half), work)),
    ];
  }
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly column?: string;
}

/** SQLSTATE classes 22 (data), 23 (constraints), 54 (limits), and 21000: one statement, one row twice. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && "code" in error && /^(22...|23...|54...|21000)$/.test(String(error.code));
}

function rejected(change: Change, { code, message, column }: Refusal): Outcome {
  return {
    change,
    result: "rejected",
    code: REFUSED,
    detail: `${code}${column ? ` ${column}` : ""}: ${message}`,
  };
}
