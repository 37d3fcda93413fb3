// Sums what the queries of one piece of work cost, whoever sends them in its course.
import type { Client, Cost } from "#app/shopify/client.ts";

export interface Metered {
  /** Sends as the one that it was made from. */
  readonly client: Client;
  /** Points charged for its answers so far. */
  readonly points: number;
}

export function metered(client: Client): Metered {
  let points = 0;
  return {
    client: {
      ...client,
      async query(document, variables, options) {
        const answer = await client.query<never>(document, variables, options);
        points += pointsOf(answer.cost);
        return answer;
      },
    },
    get points() {
      return points;
    },
  };
}

/** What was charged; where Shopify does not say, what was asked for. */
export function pointsOf({ actual, requested }: Cost): number {
  return actual ?? requested ?? 0;
}
