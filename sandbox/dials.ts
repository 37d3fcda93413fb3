// The dials of the store: everything that can be made worse than Shopify on a good day, or sized like one of its plans.
// One object holds the values; webhooks, API and traffic read it at the moment they need it, so a change acts at once.

export const PLANS = ["standard", "advanced", "plus", "enterprise"] as const;
export type PlanName = (typeof PLANS)[number];

export interface DialValues {
  /** Orders placed per minute by the traffic generator. */
  ordersPerMinute: number;
  /** Share of webhook deliveries that are never sent. */
  dropPercent: number;
  /** Share sent twice with the same webhook id. */
  duplicatePercent: number;
  /** Each delivery waits a random time between the two before its first attempt. */
  delayMsMin: number;
  delayMsMax: number;
  /** Share held back until later deliveries have overtaken them. */
  reorderPercent: number;
  /** Share of attempts whose answer is ignored and counted as a 5xx: the app has worked, Shopify believes it has not. */
  failPercent: number;
  /** Share of Admin API requests answered with a 5xx. */
  apiErrorPercent: number;
  /** Added to every Admin API answer. */
  apiSlowMs: number;
  /** Nothing answers and nothing is sent while it lasts; deliveries wait and go out afterwards. */
  outage: boolean;
  /** Sizes the API's cost bucket. */
  plan: PlanName;
  /** How long search-backed lists and counts lag behind a write. */
  searchLagMs: number;
  /** Factor by which the webhook retry schedule runs faster than Shopify's four hours. */
  timeScale: number;
}

export type DialKey = keyof DialValues;

type Kind =
  | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly unit: "%" | "ms" | "per minute" | "×";
    }
  | { readonly kind: "switch" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

export type DialDescription = {
  readonly key: DialKey;
  readonly group: string;
  readonly label: string;
} & Kind;

/** Half an hour: longer delays are what the outage switch is for. */
const DELAY_MS_MAX = 1_800_000;
const percent = { kind: "number", min: 0, max: 100, unit: "%" } as const;
const milliseconds = { kind: "number", min: 0, max: DELAY_MS_MAX, unit: "ms" } as const;

/** In the order in which a page shows them. */
export const DIALS: readonly DialDescription[] = [
  {
    key: "ordersPerMinute",
    group: "Traffic",
    label: "Orders placed",
    kind: "number",
    min: 0,
    max: 6000,
    unit: "per minute",
  },
  { key: "dropPercent", group: "Webhooks", label: "Never sent", ...percent },
  { key: "duplicatePercent", group: "Webhooks", label: "Sent twice", ...percent },
  { key: "reorderPercent", group: "Webhooks", label: "Overtaken by later ones", ...percent },
  { key: "failPercent", group: "Webhooks", label: "Answer lost, tried again", ...percent },
  { key: "delayMsMin", group: "Webhooks", label: "Delay, at least", ...milliseconds },
  { key: "delayMsMax", group: "Webhooks", label: "Delay, at most", ...milliseconds },
  {
    key: "timeScale",
    group: "Webhooks",
    label: "Retry schedule speed",
    kind: "number",
    min: 1,
    max: 100_000,
    unit: "×",
  },
  { key: "apiErrorPercent", group: "Admin API", label: "Answered with a server error", ...percent },
  { key: "apiSlowMs", group: "Admin API", label: "Every answer slower by", ...milliseconds },
  { key: "searchLagMs", group: "Admin API", label: "Search lags behind writes by", ...milliseconds },
  { key: "plan", group: "Admin API", label: "Plan (API budget)", kind: "choice", choices: PLANS },
  { key: "outage", group: "Everything", label: "Outage", kind: "switch" },
];

export const DIALS_AT_REST: Readonly<DialValues> = {
  ordersPerMinute: 0,
  dropPercent: 0,
  duplicatePercent: 0,
  delayMsMin: 0,
  delayMsMax: 0,
  reorderPercent: 0,
  failPercent: 0,
  apiErrorPercent: 0,
  apiSlowMs: 0,
  outage: false,
  plan: "standard",
  searchLagMs: 0,
  timeScale: 1,
};

export const CHAOS = {
  off: {},
  light: {
    dropPercent: 1,
    duplicatePercent: 3,
    reorderPercent: 5,
    failPercent: 1,
    delayMsMax: 800,
    apiErrorPercent: 1,
    searchLagMs: 1000,
  },
  heavy: {
    dropPercent: 10,
    duplicatePercent: 15,
    reorderPercent: 30,
    failPercent: 10,
    delayMsMax: 5000,
    apiErrorPercent: 5,
    apiSlowMs: 250,
    searchLagMs: 4000,
  },
} as const satisfies Record<string, Partial<DialValues>>;
export type ChaosLevel = keyof typeof CHAOS;

export interface Dials {
  /** A snapshot. */
  read(): Readonly<DialValues>;
  /** Sets some dials. Throws `DialError` and changes nothing if one of them is unknown or out of range. */
  turn(changes: { readonly [key in DialKey]?: unknown }): Readonly<DialValues>;
  /** Calls back after every change; returns the way to stop. */
  watch(listener: (values: Readonly<DialValues>) => void): () => void;
}

export class DialError extends Error {
  override name = "DialError";
}

export function createDials(initial: Partial<DialValues> = {}): Dials {
  let values: Readonly<DialValues> = Object.freeze(check({ ...DIALS_AT_REST, ...initial }));
  const listeners = new Set<(values: Readonly<DialValues>) => void>();
  return {
    read: () => values,
    turn(changes) {
      values = Object.freeze(check({ ...values, ...changes }));
      for (const listener of listeners) listener(values);
      return values;
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function check(candidate: Record<string, unknown>): DialValues {
  for (const [key, value] of Object.entries(candidate)) {
    const dial = DIALS.find((description) => description.key === key);
    if (!dial) throw new DialError(`There is no dial "${key}"`);
    if (dial.kind === "switch" && typeof value !== "boolean") throw new DialError(`${key} is true or false`);
    if (dial.kind === "choice" && !dial.choices.includes(String(value)))
      throw new DialError(`${key} is one of ${dial.choices.join(", ")}`);
    if (dial.kind === "number" && !(typeof value === "number" && value >= dial.min && value <= dial.max))
      throw new DialError(`${key} is a number from ${dial.min} to ${dial.max}`);
  }
  const values = candidate as unknown as DialValues;
  if (values.delayMsMax < values.delayMsMin) values.delayMsMax = values.delayMsMin;
  return values;
}
