/**
 * One field at a time: access, arguments, then the resolver from types/. A field without a resolver is an error that
 * names it; only what resolvers hand out as plain objects is read by key.
 */
import { getNamedType, type FieldNode, type GraphQLFieldResolver, type GraphQLResolveInfo } from "graphql";
import { denialOf } from "./access.ts";
import type { ApiContext } from "./context.ts";
import { accessDenied, apiError, notApproved, notModelled } from "./errors.ts";
import { resolverOf } from "./types/index.ts";

const PROTECTED_DATA_PAGE = "https://shopify.dev/docs/apps/launch/protected-customer-data";

type Args = Record<string, unknown>;

/** A field of a type, before any record is at hand. */
export interface FieldResolution {
  /** Whether this request may ask for the field, and may ask so; the same for every record. Throws. */
  assertAskable(context: ApiContext, args: Args): void;
  /** Of one record. Throws. */
  valueOf(source: unknown, args: Args, context: ApiContext, info: GraphQLResolveInfo): unknown;
}

/** How the field `name` of `parent` is answered; `type` is the named type that it returns, `node` asks for it. */
export function resolutionOf(parent: string, name: string, type: string, node: FieldNode): FieldResolution {
  const resolver = resolverOf(parent, name);
  if (resolver) {
    return {
      assertAskable(context, args) {
        assertAccess(context, parent, name, type);
        assertArguments(parent, name, args, resolver.args ?? [], node);
      },
      valueOf: (source, args, context, info) =>
        resolver((source as { record?: unknown } | undefined)?.record, args, context, info),
    };
  }
  return {
    assertAskable: (context) => assertAccess(context, parent, name, type),
    valueOf(source, args) {
      if (!source || typeof source !== "object" || !Object.hasOwn(source, name))
        throw notModelled(`${parent}.${name}`);
      assertArguments(parent, name, args, [], node);
      return (source as Record<string, unknown>)[name];
    },
  };
}

export const resolveField: GraphQLFieldResolver<unknown, ApiContext> = (source, args, context, info) => {
  const { parentType, fieldName, returnType, fieldNodes } = info;
  const type = getNamedType(returnType).name;
  const resolution = resolutionOf(parentType.name, fieldName, type, fieldNodes[0]!);
  resolution.assertAskable(context, args);
  return resolution.valueOf(source, args, context, info);
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
  args: Args,
  modelled: readonly string[],
  node: FieldNode,
): void {
  for (const argument of node.arguments ?? []) {
    const name = argument.name.value;
    const value = args[name];
    if (value === undefined || value === null || modelled.includes(name)) continue;
    throw notModelled(`the argument ${name} of ${parent}.${field}`);
  }
}
