/**
 * The errors of the Admin API in Shopify's own words. Texts are those seen in recorded traffic unless a comment says
 * that the wording is ours.
 */
import { GraphQLError } from "graphql";

const ACCESS_SCOPES_PAGE = "https://shopify.dev/api/usage/access-scopes";
const PROTECTED_DATA_PAGE = "https://shopify.dev/docs/apps/launch/protected-customer-data";
const RATE_LIMITS_PAGE = "https://shopify.dev/api/usage/rate-limits";

export function apiError(message: string, code: string, more: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...more } });
}

/** What the sandbox's truth cannot answer. Never an invented value. */
export function notModelled(what: string): GraphQLError {
  return apiError(`The sandbox does not model ${what}.`, "SANDBOX_NOT_MODELLED");
}

export function badRequest(message: string): GraphQLError {
  return apiError(message, "BAD_REQUEST");
}

export function invalidId(gid: string): GraphQLError {
  return apiError(`Invalid id: ${gid}`, "RESOURCE_NOT_FOUND");
}

export function accessDenied(field: string, requiredAccess: string): GraphQLError {
  return apiError(`Access denied for ${field} field. Required access: ${requiredAccess}`, "ACCESS_DENIED", {
    documentation: ACCESS_SCOPES_PAGE,
    requiredAccess,
  });
}

/** `subject` is "the Order object" or "the email field". */
export function notApproved(subject: string): GraphQLError {
  return apiError(
    `This app is not approved to access ${subject}. See ${PROTECTED_DATA_PAGE} for more details.`,
    "ACCESS_DENIED",
    { documentation: PROTECTED_DATA_PAGE },
  );
}

export function throttled(): GraphQLError {
  return apiError("Throttled", "THROTTLED", { documentation: RATE_LIMITS_PAGE });
}

export function costExceeded(cost: number, maximum: number): GraphQLError {
  const message =
    `Query cost is ${cost}, which exceeds the single query max cost limit (${maximum}).\n\n` +
    "See https://shopify.dev/concepts/about-apis/rate-limits for more information on how the\ncost of a query is calculated.\n\n" +
    "To query larger amounts of data with fewer limits, bulk operations should be used instead.\n" +
    "See https://shopify.dev/api/usage/bulk-operations/queries for usage details.\n";
  return apiError(message, "MAX_COST_EXCEEDED", { cost, maxCost: maximum, documentation: RATE_LIMITS_PAGE });
}

export function inputTooLarge(size: number, maximum: number): GraphQLError {
  return apiError(
    `The input array size of ${size} is greater than the maximum allowed of ${maximum}.`,
    "MAX_INPUT_SIZE_EXCEEDED",
  );
}
