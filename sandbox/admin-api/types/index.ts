/**
 * Type → field → resolver, for everything the sandbox models.
 */
import { mutationFields } from "../mutations/index.ts";
import { agreementTypes } from "./agreements.ts";
import { customerTypes } from "./customer.ts";
import type { FieldResolver, TypeFields } from "./fields.ts";
import { inventoryTypes } from "./inventory.ts";
import { metafieldTypes } from "./metafield.ts";
import { orderTypes } from "./order.ts";
import { orderLineTypes } from "./order-lines.ts";
import { moneyBackTypes } from "./refunds.ts";
import { orderPartTypes } from "./order-parts.ts";
import { productTypes } from "./product.ts";
import { queryFields } from "./query.ts";
import { shopTypes } from "./shop.ts";
import { termsTypes } from "./terms.ts";

const TYPES: Record<string, TypeFields> = {
  QueryRoot: queryFields,
  Mutation: mutationFields,
  ...shopTypes,
  ...orderTypes,
  ...orderLineTypes,
  ...orderPartTypes,
  ...moneyBackTypes,
  ...termsTypes,
  ...agreementTypes,
  ...productTypes,
  ...inventoryTypes,
  ...customerTypes,
  ...metafieldTypes,
};

export function resolverOf(type: string, field: string): FieldResolver<unknown> | undefined {
  const fields = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  return fields && Object.hasOwn(fields, field) ? fields[field] : undefined;
}
