// The control API under /_sandbox: JSON for scripts and tests, and what the shell around an app's frame asks for. No
// part of Shopify; an app never calls it. GET / lists what there is.
import { DialError } from "../dials.ts";
import { UserError } from "../store/user-error.ts";

export interface Endpoint {
  readonly method: "GET" | "POST";
  /** Below /_sandbox; ":name" matches one part. */
  readonly path: string;
  readonly says: string;
  run(call: ControlCall): unknown;
}

export interface ControlCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; an empty object when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an endpoint throws for a caller's mistake: becomes a 400 (or another status) with `{error}`. */
export class ControlError extends Error {
  override name = "ControlError";
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** A product with 2,048 variants as an act's input stays well below this. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
export const CONTROL_BASE = "/_sandbox";

export function createControl(endpoints: readonly Endpoint[]): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const path = url.pathname.slice(CONTROL_BASE.length).replace(/\/$/, "");
    if (path === "")
      return json({
        endpoints: endpoints.map(({ method, path: of, says }) => ({ method, path: CONTROL_BASE + of, says })),
      });
    const matching = endpoints.flatMap((endpoint) => {
      const params = match(endpoint.path, path);
      return params ? [{ endpoint, params }] : [];
    });
    const found = matching.find(({ endpoint }) => endpoint.method === request.method);
    if (matching.length === 0)
      return json({ error: `There is no ${url.pathname}; GET ${CONTROL_BASE}/ lists what there is` }, 404);
    if (!found)
      return json(
        { error: `${url.pathname} answers ${matching.map(({ endpoint }) => endpoint.method).join(", ")}` },
        405,
      );
    try {
      const body = request.method === "POST" ? await readBody(request) : {};
      const result = await found.endpoint.run({ params: found.params, query: url.searchParams, body });
      return json(result ?? { ok: true });
    } catch (error) {
      return answerError(error);
    }
  };
}

function match(pattern: string, path: string): Record<string, string> | null {
  const [names, parts] = [pattern.split("/"), path.split("/")];
  if (names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? "";
    if (name.startsWith(":")) params[name.slice(1)] = decodeURIComponent(part);
    else if (name !== part) return null;
  }
  return params;
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  // A page of another origin could send a plain form here, but not this type without being asked first.
  const text = await request.text();
  if (text === "") return {};
  if (!(request.headers.get("content-type") ?? "").startsWith("application/json")) {
    throw new ControlError("Send the body as application/json", 415);
  }
  if (text.length > BODY_BYTES_MAX) throw new ControlError("The body is too large", 413);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ControlError("The body is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new ControlError("The body is no JSON object");
  return parsed as Record<string, unknown>;
}

function answerError(error: unknown): Response {
  if (error instanceof UserError)
    return json({ error: error.message, field: error.field, code: error.code }, 422);
  if (error instanceof ControlError) return json({ error: error.message }, error.status);
  if (error instanceof DialError) return json({ error: error.message }, 400);
  throw error;
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  });
}
