// Shopify's own auth paths (/auth/session-token, /auth/exit-iframe): the library answers by throwing a response.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { authenticate } from "#app/shopify.server.ts";

export async function loader({ request }: LoaderFunctionArgs): Promise<null> {
  await authenticate(request);
  return null;
}
