/**
 * Mutations of products, orders, tags and metafields.
 */
import {
  createProduct,
  deleteMetafield,
  deleteProduct,
  setMetafield,
  updateCustomer,
  updateOrder,
  updateProduct,
} from "../../store/acts.ts";
import type { MetafieldInput, OrderUpdateInput, ProductInput } from "../../store/inputs.ts";
import { metafieldOf } from "../../store/lookups.ts";
import { gid, type Frozen, type Metafield } from "../../store/truth.ts";
import { UserError } from "../../store/user-error.ts";
import type { ApiContext } from "../context.ts";
import { apiError, notModelled } from "../errors.ts";
import { source, withArgs, type Arguments, type FieldResolver } from "../types/fields.ts";
import { compareDigest, namespaceOf, ownerTableOf, ownerTypeOf } from "../types/metafield.ts";
import { nodeOf } from "../types/node.ts";
import { idOf, readGid } from "../types/values.ts";
import { payload } from "./payload.ts";

const TAG_LENGTH_MAX = 255;

/** Input fields that both the API and the store call the same. */
const PRODUCT_INPUT = [
  "title",
  "handle",
  "descriptionHtml",
  "vendor",
  "productType",
  "tags",
  "status",
  "seo",
  "templateSuffix",
  "giftCardTemplateSuffix",
  "requiresSellingPlan",
] as const;
const ORDER_INPUT = ["note", "tags", "email", "phone", "poNumber"] as const;

/** Picks what the store knows; anything else in the input is not modelled. */
function pick(input: Arguments, known: readonly string[], rest: readonly string[], name: string): Arguments {
  const picked: Arguments = {};
  for (const [key, value] of Object.entries(input)) {
    if (known.includes(key)) picked[key] = value;
    else if (!rest.includes(key) && value !== undefined && value !== null)
      throw notModelled(`${name}.${key}`);
  }
  return picked;
}

function metafieldInputs(input: Arguments, context: ApiContext): { metafields?: MetafieldInput[] } {
  if (!Array.isArray(input.metafields)) return {};
  const fields = input.metafields as { namespace?: string; key: string; type?: string; value: string }[];
  return { metafields: fields.map((each) => ({ ...each, namespace: namespaceOf(each.namespace, context) })) };
}

/** `product`, or the older `input`: one of them. */
function productInput(args: Arguments, field: string): Arguments {
  if ((args.input === undefined) === (args.product === undefined)) {
    throw apiError(
      `${field} must include exactly one of the following arguments: input, product.`,
      "INVALID_FIELD_ARGUMENTS",
    );
  }
  return (args.product ?? args.input) as Arguments;
}

const products: Record<string, FieldResolver<undefined>> = {
  productCreate: withArgs(["product", "input"], (_root, args, context) => {
    const input = productInput(args, "productCreate");
    return payload(
      () => {
        const fields = pick(
          input,
          PRODUCT_INPUT,
          ["metafields", "collectionsToJoin"],
          "ProductCreateInput",
        ) as ProductInput & { title: string };
        const collectionIds = (input.collectionsToJoin as string[] | undefined)?.map((each) =>
          idOf(each, "Collection"),
        );
        const made = createProduct(context.store, {
          ...fields,
          ...metafieldInputs(input, context),
          collectionIds,
        });
        return { product: source("Product", made) };
      },
      { product: null },
    );
  }),
  productUpdate: withArgs(["product", "input"], (_root, args, context) => {
    const input = productInput(args, "productUpdate");
    return payload(
      () => {
        const fields = pick(
          input,
          PRODUCT_INPUT,
          ["id", "metafields", "redirectNewHandle", "deleteConflictingConstrainedMetafields"],
          "ProductUpdateInput",
        ) as ProductInput;
        const changed = updateProduct(context.store, idOf(input.id, "Product"), {
          ...fields,
          ...metafieldInputs(input, context),
        });
        return { product: source("Product", changed) };
      },
      { product: null },
    );
  }),
  productDelete: withArgs(["input", "synchronous"], (_root, args, { store }) => {
    if (args.synchronous === false) throw notModelled("productDelete(synchronous: false)");
    const { id } = args.input as { id: string };
    return payload(
      () => ({
        deletedProductId: gid("Product", deleteProduct(store, idOf(id, "Product"))),
        shop: source("Shop", store.shop),
        productDeleteOperation: null,
      }),
      { deletedProductId: null, shop: null, productDeleteOperation: null },
    );
  }),
  orderUpdate: withArgs(["input"], (_root, args, context) => {
    const input = args.input as Arguments;
    return payload(
      () => {
        const fields = pick(
          input,
          ORDER_INPUT,
          ["id", "metafields", "customAttributes"],
          "OrderInput",
        ) as OrderUpdateInput;
        const attributes = Array.isArray(input.customAttributes)
          ? { attributes: input.customAttributes as { key: string; value: string }[] }
          : {};
        const changed = updateOrder(context.store, idOf(input.id, "Order"), {
          ...fields,
          ...attributes,
          ...metafieldInputs(input, context),
        });
        return { order: source("Order", changed) };
      },
      { order: null },
    );
  }),
};

/** Tags live on products, orders and customers here. */
function retag(
  args: Arguments,
  context: ApiContext,
  change: (tags: readonly string[], given: readonly string[]) => string[],
) {
  return payload(
    () => {
      const parts = readGid(String(args.id));
      const given = (args.tags as string[])
        .map((tag) => tag.trim())
        .filter((tag) => tag !== "" && tag.length <= TAG_LENGTH_MAX);
      const { store } = context;
      const id = parts?.id ?? "";
      const before =
        parts?.type === "Product"
          ? store.get("products", id)
          : parts?.type === "Order"
            ? store.get("orders", id)
            : parts?.type === "Customer"
              ? store.get("customers", id)
              : undefined;
      if (!parts || !before) throw new UserError(["id"], `${parts?.type ?? "Node"} does not exist`);
      const tags = change(before.tags, given);
      if (parts.type === "Product") updateProduct(store, id, { tags });
      else if (parts.type === "Order") updateOrder(store, id, { tags });
      else updateCustomer(store, id, { tags });
      return { node: nodeOf(String(args.id), context) ?? null };
    },
    { node: null },
  );
}

const sameTag = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const tags: Record<string, FieldResolver<undefined>> = {
  tagsAdd: withArgs(["id", "tags"], (_root, args, context) =>
    retag(args, context, (have, given) => [
      ...have,
      ...given.filter((tag) => !have.some((each) => sameTag(each, tag))),
    ]),
  ),
  tagsRemove: withArgs(["id", "tags"], (_root, args, context) =>
    retag(args, context, (have, given) => have.filter((tag) => !given.some((each) => sameTag(each, tag)))),
  ),
};

interface MetafieldSet {
  ownerId: string;
  namespace?: string;
  key: string;
  type?: string;
  value: string;
  compareDigest?: string | null;
}

function ownerOf(gidText: string, index: number, { store }: ApiContext) {
  const parts = readGid(gidText);
  const ownerType = parts && ownerTypeOf(parts.type);
  if (!parts || !ownerType || !store.get(ownerTableOf(ownerType), parts.id)) {
    throw new UserError(["metafields", String(index), "ownerId"], "Owner does not exist.", "INVALID_VALUE");
  }
  return { ownerType, ownerId: parts.id };
}

/** All of them or none. */
function setAll(inputs: readonly MetafieldSet[], context: ApiContext): Frozen<Metafield>[] {
  return context.store.act(() =>
    inputs.map((input, index) => {
      const owner = ownerOf(input.ownerId, index, context);
      const namespace = namespaceOf(input.namespace, context);
      const before = metafieldOf(context.store, owner.ownerType, owner.ownerId, namespace, input.key);
      if (
        input.compareDigest !== undefined &&
        input.compareDigest !== (before ? compareDigest(before) : null)
      ) {
        const message =
          "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.";
        throw new UserError(["metafields", String(index)], message, "STALE_OBJECT");
      }
      return setMetafield(context.store, {
        ...owner,
        namespace,
        key: input.key,
        type: input.type ?? before?.type,
        value: input.value,
      });
    }),
  );
}

const metafields: Record<string, FieldResolver<undefined>> = {
  metafieldsSet: withArgs(["metafields"], (_root, args, context) =>
    payload(
      () => ({
        metafields: setAll(args.metafields as MetafieldSet[], context).map((each) =>
          source("Metafield", each),
        ),
      }),
      { metafields: null },
    ),
  ),
  metafieldsDelete: withArgs(["metafields"], (_root, args, context) =>
    payload(
      () => {
        const inputs = args.metafields as { ownerId: string; namespace: string; key: string }[];
        return {
          deletedMetafields: context.store.act(() =>
            inputs.map((input, index) => deleteOne(input, index, context)),
          ),
        };
      },
      { deletedMetafields: null },
    ),
  ),
};

/** Null stands for one that was not there. */
function deleteOne(
  input: { ownerId: string; namespace: string; key: string },
  index: number,
  context: ApiContext,
) {
  const owner = ownerOf(input.ownerId, index, context);
  const namespace = namespaceOf(input.namespace, context);
  if (!metafieldOf(context.store, owner.ownerType, owner.ownerId, namespace, input.key)) return null;
  deleteMetafield(context.store, { ...owner, namespace, key: input.key });
  return { __typename: "MetafieldIdentifier", ownerId: input.ownerId, namespace, key: input.key };
}

export const recordMutations: Record<string, FieldResolver<undefined>> = {
  ...products,
  ...tags,
  ...metafields,
};
