// What was done to the webhooks, by people and by the watch, newest first. Reads only; the words are in app/texts.
import { pool } from "#app/db.server.ts";

export interface ActView {
  /** Decimal. */
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly act: string;
  readonly count: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

export async function readActs(shopId: number, actsMax: number): Promise<readonly ActView[]> {
  const { rows } = await pool.query<ActView>(
    "SELECT id, at, actor, act, count, detail FROM sync_acts WHERE shop_id = $1 ORDER BY id DESC LIMIT $2",
    [shopId, actsMax],
  );
  return rows;
}
