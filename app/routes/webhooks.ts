// The webhook door as the framework serves it, for `--dev` and wherever the door in front of it is not mounted.
import type { ActionFunctionArgs } from "@remix-run/node";
import { answerWebhook } from "#app/webhook-door.server.ts";

export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const { status, headers, body } = await answerWebhook(request);
  return new Response(body || null, { status, headers });
}

export function loader(): Response {
  return Response.json({ error: "NOT_A_POST" }, { status: 405, headers: { Allow: "POST" } });
}
