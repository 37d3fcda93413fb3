// An address inside the app that is no page's: mistyped, or of a page that is not there any more.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { FailurePage } from "#app/components/failure-page.tsx";
import { merchantOf } from "#app/merchant.server.ts";

export async function loader({ request }: LoaderFunctionArgs): Promise<never> {
  await merchantOf(request);
  throw new Response(null, { status: 404 });
}

export default function NoPage() {
  return null;
}

export { FailurePage as ErrorBoundary };
