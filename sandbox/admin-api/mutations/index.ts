/**
 * The mutations that the sandbox models, each one act of the store or of the app's own standing. A UserError becomes
 * Shopify's `userErrors`; anything else is a bug and stays an error.
 */
import { typeFields, type FieldResolver, type TypeFields } from "../types/fields.ts";
import { appMutations } from "./app.ts";
import { inventoryMutations } from "./inventory.ts";
import { recordMutations } from "./records.ts";

const mutations: Record<string, FieldResolver<undefined>> = {
  ...appMutations,
  ...recordMutations,
  ...inventoryMutations,
};

export const mutationFields: TypeFields = typeFields<undefined>(mutations);
