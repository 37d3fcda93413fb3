// What the control API can do: look at the truth, turn dials, let things happen in the store, follow calls and deliveries.
import type { Dials } from "../dials.ts";
import * as acts from "../store/acts.ts";
import type { Store } from "../store/store.ts";
import type { DeliveryState } from "../webhooks/log.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import { ControlError, type ControlCall, type Endpoint } from "./control.ts";

export interface EndpointParts {
  readonly store: Store;
  readonly dials: Dials;
  readonly webhooks: Webhooks;
  readonly exportTruth: () => unknown;
  readonly calls: (limit: number) => readonly unknown[];
  readonly placeOrders: (count: number) => readonly string[] | Promise<readonly string[]>;
  readonly install: () => void;
  readonly uninstall: () => void;
  readonly idle: () => Promise<void>;
}

/** More in one request than any page or script needs. */
const ORDERS_MAX = 1_000;
const LIST_MAX = 2_000;

export function createEndpoints(parts: EndpointParts): Endpoint[] {
  return [...storeEndpoints(parts), ...deliveryEndpoints(parts), ...appEndpoints(parts)];
}

function storeEndpoints({ store, dials, exportTruth, placeOrders, calls }: EndpointParts): Endpoint[] {
  return [
    {
      method: "GET",
      path: "/truth",
      says: "The store's whole state, for comparing a mirror with",
      run: exportTruth,
    },
    { method: "GET", path: "/dials", says: "All dials", run: () => dials.read() },
    {
      method: "POST",
      path: "/dials",
      says: "Turns some dials: {dropPercent: 10}",
      run: ({ body }) => dials.turn(body),
    },
    {
      method: "GET",
      path: "/acts",
      says: "Names of all acts",
      run: () => ({ acts: Object.keys(acts).toSorted() }),
    },
    {
      method: "POST",
      path: "/acts/:name",
      says: 'Lets something happen: POST /_sandbox/acts/updateProduct {"args": ["123", {"title": "New"}]}; answers {result}',
      run: ({ params, body }) => ({ result: perform(store, params.name ?? "", body.args) }),
    },
    {
      method: "POST",
      path: "/traffic",
      says: 'Places orders as the traffic generator would: {"orders": 3}; answers their names',
      run: async ({ body }) => ({
        orders: await placeOrders(wholeNumber(body.orders ?? 1, "orders", ORDERS_MAX)),
      }),
    },
    {
      method: "GET",
      path: "/calls",
      says: "The latest Admin API calls, newest first: ?limit=",
      run: ({ query }) => ({ calls: calls(limitOf(query)) }),
    },
  ];
}

function deliveryEndpoints({ webhooks, idle }: EndpointParts): Endpoint[] {
  return [
    {
      method: "GET",
      path: "/deliveries",
      says: "The latest webhooks, newest first, with attempts and bodies: ?topic=&state=pending|delivered|dropped|failed&limit=",
      run: ({ query }) => ({
        pending: webhooks.pendingCount(),
        deliveries: webhooks.log.list(deliveryFilter(query)),
      }),
    },
    {
      method: "GET",
      path: "/subscriptions",
      says: "All webhook subscriptions in force",
      run: () => ({ subscriptions: webhooks.subscriptions() }),
    },
    {
      method: "POST",
      path: "/time/hurry",
      says: "Sends at once what waits for a delay or a retry",
      run: () => webhooks.hurry(),
    },
    {
      method: "GET",
      path: "/idle",
      says: "Answers when no delivery and no bulk operation is pending",
      run: idle,
    },
  ];
}

function appEndpoints({ webhooks, install, uninstall }: EndpointParts): Endpoint[] {
  return [
    { method: "POST", path: "/app/install", says: "Installs the app", run: install },
    {
      method: "POST",
      path: "/app/uninstall",
      says: "Uninstalls the app: tokens die, app/uninstalled is sent",
      run: uninstall,
    },
    {
      method: "POST",
      path: "/privacy/:topic",
      says: 'Sends a privacy topic: data-request or customer-redact {"customerId": "1"}, shop-redact',
      run: ({ params, body }) => privacy(webhooks, params.topic ?? "", body),
    },
  ];
}

function perform(store: Store, name: string, args: unknown): unknown {
  if (!Object.hasOwn(acts, name))
    throw new ControlError(`There is no act "${name}"; GET /_sandbox/acts lists them`, 404);
  if (args !== undefined && !Array.isArray(args))
    throw new ControlError('"args" is a list: the act\'s arguments after the store');
  // Acts check what they are given and throw UserError; a call that does not even fit them ends in a TypeError.
  const act = acts[name as keyof typeof acts] as (store: Store, ...rest: unknown[]) => unknown;
  try {
    return act(store, ...((args as unknown[] | undefined) ?? []));
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError)
      throw new ControlError(`${name}: ${error.message}`);
    throw error;
  }
}

function privacy(webhooks: Webhooks, topic: string, body: ControlCall["body"]): void {
  if (topic === "shop-redact") return webhooks.redactShop();
  if (typeof body.customerId !== "string") throw new ControlError('Say which customer: {"customerId": "1"}');
  if (topic === "customer-redact") return webhooks.redactCustomer(body.customerId);
  if (topic === "data-request") return webhooks.requestData(body.customerId, String(Date.now()));
  throw new ControlError(`There is no privacy topic "${topic}"`, 404);
}

function deliveryFilter(query: URLSearchParams) {
  const topic = query.get("topic");
  const state = query.get("state") as DeliveryState | null;
  return { ...(topic ? { topic } : {}), ...(state ? { state } : {}), limit: limitOf(query) };
}

function limitOf(query: URLSearchParams): number {
  return wholeNumber(Number(query.get("limit") ?? 100), "limit", LIST_MAX);
}

function wholeNumber(value: unknown, name: string, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > max) {
    throw new ControlError(`${name} is a whole number from 1 to ${max}`);
  }
  return value;
}
