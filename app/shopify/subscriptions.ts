// Webhook subscriptions as the API shows and changes them: only those made through the API by this app. The ones in the
// TOML are Shopify's own business: it delivers them and never lists them, so their absence here says nothing.
import { Permanent } from "#app/shopify/errors.ts";
import type { Answer, Client } from "#app/shopify/client.ts";

const PAGE_SIZE = 100;
/** 218 topics exist; nobody subscribes each of them ten times. */
const PAGES_MAX = 25;

export const SUBSCRIPTIONS = /* GraphQL */ `
  query WebhookSubscriptions($first: Int!, $after: String) {
    webhookSubscriptions(first: $first, after: $after) {
      nodes {
        id
        topic
        uri
        filter
        format
        includeFields
        createdAt
        apiVersion {
          handle
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

/** As the API states it; `topic` is the enum's name, `ORDERS_CREATE`. */
export interface Subscription {
  readonly id: string;
  readonly topic: string;
  readonly uri: string;
  readonly filter: string | null;
  readonly format: string;
  /** Of the body; empty for all of it. */
  readonly includeFields: readonly string[];
  readonly createdAt: string;
  readonly apiVersion: { readonly handle: string };
}

/** What Shopify said, or the code of why it could not be asked. */
export type Asked = { readonly subscriptions: readonly Subscription[] } | { readonly failed: string };

interface Page {
  readonly webhookSubscriptions: {
    readonly nodes: readonly Subscription[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** All subscriptions that this app made through the API in this shop. @throws as Client.query does. */
export async function listSubscriptions(client: Client): Promise<Subscription[]> {
  const found: Subscription[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { data }: Answer<Page> = await client.query<Page>(
      SUBSCRIPTIONS,
      { first: PAGE_SIZE, after },
      { lane: "targeted" },
    );
    const { nodes, pageInfo }: Page["webhookSubscriptions"] = data.webhookSubscriptions;
    found.push(...nodes);
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  return found;
}

/** `orders/create` → `ORDERS_CREATE`, as the enum WebhookSubscriptionTopic names it. */
export function topicInEnum(topic: string): string {
  return topic.replace(/[/.]/g, "_").toUpperCase();
}

/** The enum's name → the topic. Only so far as topics are known: the enum does not say where its words are parted. */
export function namesInEnum(topics: readonly string[]): ReadonlyMap<string, string> {
  return new Map(topics.map((topic) => [topicInEnum(topic), topic]));
}

const CREATE = /* GraphQL */ `
  mutation WebhookSubscriptionCreate($topic: WebhookSubscriptionTopic!, $uri: String!, $fields: [String!]) {
    webhookSubscriptionCreate(
      topic: $topic
      webhookSubscription: { uri: $uri, format: JSON, includeFields: $fields }
    ) {
      webhookSubscription {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`;

const UPDATE = /* GraphQL */ `
  mutation WebhookSubscriptionUpdate($id: ID!, $uri: String!, $fields: [String!]!) {
    webhookSubscriptionUpdate(
      id: $id
      webhookSubscription: { uri: $uri, format: JSON, includeFields: $fields }
    ) {
      webhookSubscription {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`;

const DELETE = /* GraphQL */ `
  mutation WebhookSubscriptionDelete($id: ID!) {
    webhookSubscriptionDelete(id: $id) {
      deletedWebhookSubscriptionId
      userErrors {
        field
        message
      }
    }
  }
`;

interface Payload {
  readonly userErrors: readonly { readonly message: string }[];
}

/** One change of this app's own subscriptions. `topic` is the enum's name; no `fields` are all of the body. */
export type SubscriptionChange =
  | {
      readonly change: "create";
      readonly topic: string;
      readonly uri: string;
      readonly fields: readonly string[];
    }
  | {
      readonly change: "update";
      readonly id: string;
      readonly uri: string;
      readonly fields: readonly string[];
    }
  | { readonly change: "delete"; readonly id: string };

/**
 * Makes the change in the shop. @throws Permanent REFUSED with Shopify's words when it does not accept it; otherwise as
 * Client.query does. What is gone already counts as deleted.
 */
export async function changeSubscription(client: Client, wanted: SubscriptionChange): Promise<void> {
  const { change, ...variables } = wanted;
  const document = { create: CREATE, update: UPDATE, delete: DELETE }[change];
  const { data } = await client.query<Record<string, Payload>>(document, variables, { lane: "targeted" });
  const message = Object.values(data)[0]?.userErrors[0]?.message;
  if (message === undefined) return;
  if (change === "delete" && /does not exist/i.test(message)) return;
  throw new Permanent("REFUSED", message);
}
