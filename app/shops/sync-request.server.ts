// A sync asked for through the API: what may be asked, and what is answered.
import { z } from "zod";
import { env } from "#app/env.server.ts";
import type { ResourceName } from "#app/resources/define.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { parseLossless } from "#app/shopify/json.ts";
import { answer, refusal } from "#app/shops/caller.server.ts";
import { clientFor } from "#app/shops/token.server.ts";
import type { ApiCall } from "#app/shops/api-door.server.ts";
import { askSync } from "#app/sync/interval.ts";
import { planSync } from "#app/sync/plan-sync.ts";
import { RUN_IDS_MAX, checkRequest } from "#app/sync/targeted.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Run, RunRequest } from "#app/sync/runs.ts";

/** RUN_IDS_MAX ids in their longest form, `gid://shopify/ProductVariant/` and 19 digits, are 2.6 MB. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const TEXT_CHARS_MAX = 1_000;

const list = (what: string) =>
  z
    .array(what === "ids" ? id : z.string().trim().min(1).max(TEXT_CHARS_MAX))
    .min(1)
    .max(RUN_IDS_MAX);
/** A number, its decimal text, or a GraphQL id. */
const id = z.union([
  z.int().positive().transform(String),
  z.string().regex(/^(gid:\/\/shopify\/\w+\/)?\d{1,19}$/, "must be an id"),
]);

const time = z.iso.datetime({ offset: true });

const request = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("full") }),
  z.strictObject({ mode: z.literal("since"), since: time, until: time.optional() }),
  z.strictObject({ mode: z.literal("created"), from: time.optional(), until: time.optional() }),
  z.strictObject({ mode: z.literal("ids"), ids: list("ids") }),
  z.strictObject({ mode: z.literal("names"), names: list("names") }),
  z.strictObject({ mode: z.literal("search"), query: z.string().trim().min(1).max(TEXT_CHARS_MAX) }),
]);

/** As docs/api.md states it: 202 with the run and its plan, 400, 409, 413 or 429. */
export async function startSync(
  { shop, request: received, now }: ApiCall,
  resource: ResourceName,
): Promise<Response> {
  const wanted = await readRequest(received, now);
  if (wanted instanceof Response) return wanted;
  try {
    const plan = await planOrNone(shop, resource, checkRequest(resource, wanted), now);
    const asked = await askSync(shop.id, resource, wanted, "api", now, plan);
    if (asked.outcome === "off") {
      return refusal(409, "RESOURCE_OFF", `${resource} are switched off in the settings.`);
    }
    if (asked.outcome === "too_soon") return tooSoon(resource, asked.retryAt, now);
    if (asked.outcome === "busy") return busy(asked.run);
    const { run, outcome } = asked;
    const body = { run: runBody(run), alreadyRunning: outcome === "already", plan: run.plan };
    return answer(body, { status: 202 });
  } catch (error) {
    // What only the resource can judge: orders have names, others do not; an id of another type.
    if (error instanceof RangeError) return refusal(400, "BAD_REQUEST", error.message);
    throw error;
  }
}

/** A sync that Shopify cannot be asked about at this moment begins all the same, and plans for itself. */
async function planOrNone(
  { id: shopId, domain }: ApiCall["shop"],
  resource: ResourceName,
  wanted: RunRequest,
  now: Date,
): Promise<Plan | null> {
  try {
    return await planSync({ client: await clientFor(domain), shopId }, resource, wanted, now);
  } catch (error) {
    if (error instanceof Permanent || error instanceof Transient || error instanceof Throttled) return null;
    throw error;
  }
}

/** One of a kind runs at a time, and the one that does is not what was asked for. */
function busy(run: Run): Response {
  const message = `Run ${run.id} of ${run.resource} is active and reads something else. Nothing was started; ask again when it has ended.`;
  return answer({ error: "BUSY", message, run: runBody(run) }, { status: 409 });
}

function tooSoon(resource: ResourceName, retryAt: Date, now: Date): Response {
  const seconds = Math.ceil((retryAt.getTime() - now.getTime()) / 1_000);
  const sentence = `A full sync of ${resource} was started less than ${env.SYNC_MIN_INTERVAL_SECONDS} s ago. Try again in ${seconds} s; changes keep arriving meanwhile.`;
  return refusal(429, "TOO_SOON", sentence, { "Retry-After": String(seconds) });
}

async function readRequest(asked: Request, now: Date): Promise<RunRequest | Response> {
  if (Number(asked.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) return tooLarge();
  const text = await asked.text();
  if (text.length > BODY_BYTES_MAX) return tooLarge();
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : parseLossless(text);
  } catch {
    return refusal(400, "INVALID_JSON", "The body is not JSON.");
  }
  // The mode may be left out where the rest says it.
  const parsed = request.safeParse(withMode(body));
  if (!parsed.success) return refusal(400, "BAD_REQUEST", sentenceOf(parsed.error));
  const empty = emptyWindow(parsed.data, now);
  if (empty) return refusal(400, "BAD_REQUEST", empty);
  return parsed.data.mode === "search" ? { mode: "search", search: parsed.data.query } : parsed.data;
}

/** A time in which nothing can have happened would be verified at once, and prove nothing. */
function emptyWindow(asked: z.infer<typeof request>, now: Date): string | null {
  if (asked.mode !== "since" && asked.mode !== "created") return null;
  const [begin, from] = asked.mode === "since" ? ["since", asked.since] : ["from", asked.from];
  if (from === undefined) return null;
  if (Date.parse(from) > now.getTime()) return `${begin}: lies in the future`;
  if (asked.mode === "since" && asked.until !== undefined && Date.parse(asked.until) <= Date.parse(from))
    return "until: must be later than since";
  return null;
}

function withMode(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body) || "mode" in body) return body;
  const mode =
    "ids" in body
      ? "ids"
      : "names" in body
        ? "names"
        : "since" in body
          ? "since"
          : "query" in body
            ? "search"
            : "from" in body || "until" in body
              ? "created"
              : "full";
  return { mode, ...body };
}

/** The first thing that is wrong, by its place: "ids[3]: must be an id". */
function sentenceOf({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  const place = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return `${place.replace(/^\./, "") || "body"}: ${message}`;
}

function tooLarge(): Response {
  return refusal(413, "BODY_TOO_LARGE", `The body is larger than ${BODY_BYTES_MAX} bytes.`);
}

function runBody({ id, resource, kind, state, startedBy, request: { mode }, total, done, rejected }: Run) {
  return { id: String(id), resource, kind, state, startedBy, mode, total, done, rejected };
}
