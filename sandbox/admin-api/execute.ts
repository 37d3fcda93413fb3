/**
 * One field at a time: access, arguments, then the resolver from types/. A field without a resolver is an error that
 * names it; only what resolvers hand out as plain objects is read by key.
 */
import { getNamedType, type GraphQLFieldResolver, type GraphQLResolveInfo } from "graphql";
import { denialOf } from "./access.ts";
import type { ApiContext } from "./context.ts";
import { accessDenied, apiError, notApproved, notModelled } from "./errors.ts";
import { resolverOf } from "./types/index.ts";

const PROTECTED_DATA_PAGE = "https://shopify.dev/docs/apps/launch/protected-customer-data";

export const resolveField: GraphQLFieldResolver<unknown, ApiContext> = (source, args, context, info) => {
  const parent = info.parentType.name;
  const field = info.fieldName;
  assertAccess(context, parent, field, getNamedType(info.returnType).name);
  const resolver = resolverOf(parent, field);
  if (resolver) {
    assertArguments(parent, field, args, resolver.args ?? [], info);
    const record = (source as { record?: unknown } | undefined)?.record;
    return resolver(record, args, context, info);
  }
  if (source && typeof source === "object" && Object.hasOwn(source, field)) {
    assertArguments(parent, field, args, [], info);
    return (source as Record<string, unknown>)[field];
  }
  throw notModelled(`${parent}.${field}`);
};

function assertAccess(context: ApiContext, parent: string, field: string, type: string): void {
  const denial = denialOf(context, parent, field, type);
  if (!denial) return;
  if (denial.kind === "scope") throw accessDenied(field, denial.requiredAccess);
  if (denial.kind === "type") throw notApproved(`the ${denial.type} object`);
  throw apiError(
    `This app is not approved to use the ${field} field. See ${PROTECTED_DATA_PAGE} for more details.`,
    "ACCESS_DENIED",
    { documentation: PROTECTED_DATA_PAGE },
  );
}

/** Arguments left at their default, or given as null, ask for nothing. */
function assertArguments(
  parent: string,
  field: string,
  args: Record<string, unknown>,
  modelled: readonly string[],
  info: GraphQLResolveInfo,
): void {
  for (const argument of info.fieldNodes[0]?.arguments ?? []) {
    const name = argument.name.value;
    const value = args[name];
    if (value === undefined || value === null || modelled.includes(name)) continue;
    throw notModelled(`the argument ${name} of ${parent}.${field}`);
  }
}
