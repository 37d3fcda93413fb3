// The first-run guide: steps that end in a verified first sync, each with how it stands now. Pure but for the one read of
// whether the shop has put the guide away.
import { pool } from "#app/db.server.ts";
import type { Access } from "#app/status/access.ts";
import type { State } from "#app/status/state.ts";

export type StepState = "done" | "running" | "todo" | "problem";

export type GuideStep =
  | { readonly code: "access"; readonly state: StepState; readonly missing: readonly string[] }
  /** Resources of which a first copy is here, of so many. */
  | { readonly code: "copy"; readonly state: StepState; readonly done: number; readonly of: number }
  | { readonly code: "webhooks"; readonly state: StepState }
  | { readonly code: "verify"; readonly state: StepState; readonly done: number; readonly of: number };

export interface Guide {
  readonly steps: readonly GuideStep[];
  readonly isDone: boolean;
}

export interface GuideFacts {
  readonly access: Access;
  readonly lastReceivedAt: Date | null;
  readonly resources: readonly { readonly state: State; readonly verifiedAt: Date | null }[];
}

/** Whether the shop has put it away. */
export async function isGuideClosed(shopId: number): Promise<boolean> {
  const { rows } = await pool.query<{ is_closed: boolean }>(
    "SELECT settings->'guide'->>'closedAt' IS NOT NULL AS is_closed FROM shops WHERE id = $1",
    [shopId],
  );
  return rows[0]?.is_closed ?? false;
}

export function guideOf({ access, lastReceivedAt, resources }: GuideFacts): Guide {
  const missing = [...new Set(access.scopes.flatMap((check) => check.missing))].sort();
  const of = resources.length;
  const verified = resources.filter(({ verifiedAt }) => verifiedAt !== null).length;
  const copied = resources.filter(
    ({ state, verifiedAt }) => verifiedAt !== null || state.code === "behind",
  ).length;
  const isRunning = resources.some(({ state }) => state.code === "syncing");
  const isStuck = resources.some(({ state }) => state.code === "failing" || state.code === "blocked");
  const progress = (done: number): StepState =>
    done === of ? "done" : isRunning ? "running" : isStuck ? "problem" : "todo";
  const steps: readonly GuideStep[] = [
    { code: "access", state: missing.length === 0 ? "done" : "problem", missing },
    { code: "copy", state: progress(copied), done: copied, of },
    { code: "webhooks", state: lastReceivedAt ? "done" : "todo" },
    { code: "verify", state: progress(verified), done: verified, of },
  ];
  return { steps, isDone: steps.every(({ state }) => state === "done") };
}
