/**
 * Mutations about the app itself: its webhook subscriptions, its bulk operations, its uninstall.
 */
import { gid } from "../../store/truth.ts";
import { UserError } from "../../store/user-error.ts";
import type { ApiContext } from "../context.ts";
import type { SubscriptionInput } from "../subscriptions.ts";
import { source, withArgs, type FieldResolver } from "../types/fields.ts";
import { namespaceOf } from "../types/metafield.ts";
import { idOf } from "../types/values.ts";
import { payload } from "./payload.ts";

function inputOf(value: unknown, context: ApiContext): SubscriptionInput {
  const input = value as SubscriptionInput;
  return {
    ...input,
    metafieldNamespaces: input.metafieldNamespaces?.map((each) => namespaceOf(each, context)),
    metafields: input.metafields?.map((each) => ({
      ...each,
      namespace: namespaceOf(each.namespace, context),
    })),
  };
}

export const appMutations: Record<string, FieldResolver<undefined>> = {
  webhookSubscriptionCreate: withArgs(["topic", "webhookSubscription"], (_root, args, context) =>
    payload(
      () => {
        const made = context.subscriptions.create(
          String(args.topic),
          inputOf(args.webhookSubscription, context),
        );
        return { webhookSubscription: source("WebhookSubscription", made) };
      },
      { webhookSubscription: null },
    ),
  ),
  webhookSubscriptionUpdate: withArgs(["id", "webhookSubscription"], (_root, args, context) =>
    payload(
      () => {
        const id = idOf(args.id, "WebhookSubscription");
        const changed = context.subscriptions.update(id, inputOf(args.webhookSubscription, context));
        return { webhookSubscription: source("WebhookSubscription", changed) };
      },
      { webhookSubscription: null },
    ),
  ),
  webhookSubscriptionDelete: withArgs(["id"], (_root, args, { subscriptions }) =>
    payload(
      () => {
        if (!subscriptions.remove(idOf(args.id, "WebhookSubscription"))) {
          throw new UserError(["id"], "Webhook subscription does not exist");
        }
        return { deletedWebhookSubscriptionId: args.id };
      },
      { deletedWebhookSubscriptionId: null },
    ),
  ),
  bulkOperationRunQuery: withArgs(["query", "groupObjects"], (_root, args, context) => {
    const started = context.bulk.run(String(args.query), args.groupObjects === true, context);
    if ("problems" in started) return { bulkOperation: null, userErrors: started.problems };
    // As it was when it was accepted, whatever happens while the answer is made.
    return { bulkOperation: source("BulkOperation", { ...started.operation }), userErrors: [] };
  }),
  bulkOperationCancel: withArgs(["id"], (_root, args, { bulk }) => {
    const known = bulk.get(idOf(args.id, "BulkOperation"));
    if (!known)
      return {
        bulkOperation: null,
        userErrors: [{ field: ["id"], message: "Bulk operation does not exist" }],
      };
    if (!bulk.isActive(known)) {
      const message = `A bulk operation cannot be canceled when it is ${known.status.toLowerCase()}`;
      return { bulkOperation: source("BulkOperation", known), userErrors: [{ field: null, message }] };
    }
    return { bulkOperation: source("BulkOperation", { ...bulk.cancel(known.id) }), userErrors: [] };
  }),
  appUninstall: (_root, _args, context) => {
    context.uninstall(context.install);
    return {
      app: { __typename: "App", id: gid("App", context.install.appId), title: context.install.app.name },
      userErrors: [],
    };
  },
};
