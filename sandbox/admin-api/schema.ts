/**
 * The Admin API's official schema as an executable GraphQLSchema, and the access rules that come with it.
 * Built once for the process; resolvers are attached at execution time by `types/`, never here, so that the
 * same schema object also serves the cost estimate and the bulk validator.
 */
import { readFileSync } from "node:fs";
import { buildSchema, isAbstractType, type GraphQLSchema } from "graphql";

export const API_VERSION = "2026-10";

export interface AccessRule {
  /** Shopify's own sentence, e.g. "`read_orders` access scope." */
  requiredAccess?: string;
  isProtected?: boolean;
}

const SCHEMA_FILE = new URL(`../schema/admin-${API_VERSION}.graphql`, import.meta.url);
const ACCESS_FILE = new URL(`../schema/admin-${API_VERSION}.access.json`, import.meta.url);

let schema: GraphQLSchema | undefined;
let rules: Map<string, AccessRule> | undefined;

/** The schema, parsed on first use (about half a second). `assumeValid` because Shopify's own introspection is the source. */
export function loadSchema(): GraphQLSchema {
  if (schema) return schema;
  schema = buildSchema(readFileSync(SCHEMA_FILE, "utf8"), {
    assumeValid: true,
    assumeValidSDL: true,
    noLocation: true,
  });
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type)) continue;
    // Every record the resolvers hand out states its own GraphQL type, so no type needs a guess.
    type.resolveType = (value: { __typename?: string }) => value.__typename;
  }
  return schema;
}

/** Access rules by "Type" or "Type.field". */
export function loadAccessRules(): Map<string, AccessRule> {
  rules ??= new Map(
    Object.entries(JSON.parse(readFileSync(ACCESS_FILE, "utf8")) as Record<string, AccessRule>),
  );
  return rules;
}
