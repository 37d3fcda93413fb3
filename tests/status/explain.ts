// What PostgreSQL really does for a statement: the kinds of steps, and the most rows that one of them touched.
import type { Pool } from "pg";

interface Step {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Step[];
}

const stepsOf = (step: Step): readonly Step[] => [step, ...(step.Plans ?? []).flatMap(stepsOf)];

export async function explain(
  pool: Pool,
  { text, values }: { readonly text: string; readonly values: readonly unknown[] },
): Promise<{ readonly kinds: readonly string[]; readonly touched: number }> {
  const { rows } = await pool.query<{ "QUERY PLAN": [{ Plan: Step }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    [...values],
  );
  const steps = stepsOf(rows[0]!["QUERY PLAN"][0].Plan);
  return {
    kinds: steps.map((step) => step["Node Type"]),
    touched: Math.max(...steps.map((step) => step["Actual Rows"] + (step["Rows Removed by Filter"] ?? 0))),
  };
}
