// The one door for webhooks of every topic: authenticate, store, answer. What they mean is decided later, in drain().
import type { ActionFunctionArgs } from "@remix-run/node";
import { env } from "#app/env.server.ts";
import { count } from "#app/observe.server.ts";
import { readWebhook } from "#app/shopify/webhook.ts";
import { receive } from "#app/sync/inbox.ts";

export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const secrets = [env.SHOPIFY_API_SECRET, env.SHOPIFY_API_SECRET_PREVIOUS].filter(
    (secret) => secret !== undefined,
  );
  const reading = await readWebhook(request, secrets);
  if ("refusal" in reading) {
    const { status, code, detail } = reading.refusal;
    count(code === "WRONG_HMAC" ? "webhook_rejected_hmac" : "webhook_refused");
    return Response.json({ error: code, message: detail }, { status });
  }
  const result = await receive(reading.envelope);
  // Shopify sends a delivery again until it is answered 2xx, so "not now" loses nothing.
  return new Response(
    null,
    result === "unavailable" ? { status: 503, headers: { "Retry-After": "10" } } : {},
  );
}

export function loader(): Response {
  return Response.json({ error: "NOT_A_POST" }, { status: 405, headers: { Allow: "POST" } });
}
