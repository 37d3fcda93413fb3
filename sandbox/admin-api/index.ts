/**
 * The Admin API of one shop as a handler of requests: GraphQL, access tokens, bulk result files. Knows nothing of
 * sockets; whoever listens mounts `handle` (by the shop's host) and `serveFile` (on the sandbox's own host).
 */
import { randomUUID } from "node:crypto";
import { answerAccessToken } from "../oauth/access-token.ts";
import type { Installs, Install } from "../oauth/installs.ts";
import { mintSessionToken } from "../oauth/session-token.ts";
import { BulkOperations, type BulkOperation } from "../bulk/operations.ts";
import { FILE_PATH, serveFile } from "../bulk/files.ts";
import type { Dials } from "../dials.ts";
import { Chance } from "../store/chance.ts";
import type { Store } from "../store/store.ts";
import { answerGraphql, type GraphqlRequest } from "./answer.ts";
import { Bucket } from "./bucket.ts";
import { CallLog } from "./call-log.ts";
import type { ApiContext } from "./context.ts";
import { API_VERSION, loadSchema } from "./schema.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface AdminApiOptions {
  store: Store;
  dials: Dials;
  installs: Installs;
  /** Where result files and subscriptions are kept between starts. */
  directory?: string;
  /** Base of the addresses of bulk results; a function, since the port may be known late. */
  filesBase: () => string;
  bulkObjectsPerSecond?: number;
  /** For the bulk_operations/finish webhook. */
  onBulkEnd?: (operation: BulkOperation) => void;
  /** An error of the sandbox itself. Default: printed. */
  onBug?: (error: Error) => void;
}

const GRAPHQL_PATH = /^\/admin\/api\/(\d{4}-\d{2}|unstable)\/graphql(?:\.json)?$/;
const TOKEN_PATH = "/admin/oauth/access_token";
const BODY_BYTES_MAX = 10 * 1024 * 1024;
const UNKNOWN_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)";

export class AdminApi {
  readonly store: Store;
  readonly installs: Installs;
  readonly subscriptions: Subscriptions;
  readonly bulk: BulkOperations;
  readonly callLog = new CallLog();
  readonly bucket: Bucket;
  readonly #options: AdminApiOptions;
  readonly #chance: Chance;

  constructor(options: AdminApiOptions) {
    const { store, dials, installs } = options;
    this.#options = options;
    this.store = store;
    this.installs = installs;
    this.#chance = new Chance(`${store.seed}/api`);
    this.subscriptions = new Subscriptions(store.clock, options.directory);
    this.bucket = new Bucket(store.clock, () => dials.read().plan);
    this.bulk = new BulkOperations({
      clock: store.clock,
      seed: store.seed,
      directory: options.directory,
      filesBase: options.filesBase,
      objectsPerSecond: options.bulkObjectsPerSecond,
      onEnd: options.onBulkEnd,
    });
    // Parsed now, not during the first request.
    loadSchema();
  }

  /** Requests to the shop's own host. Rejects never: a bug becomes a 500. */
  async handle(request: Request): Promise<Response> {
    const started = performance.now();
    const { pathname } = new URL(request.url);
    const trouble = await this.#trouble(pathname, started);
    if (trouble) return trouble;
    if (pathname === TOKEN_PATH) return this.#answerToken(request, started);
    const version = GRAPHQL_PATH.exec(pathname)?.[1];
    if (version === undefined) return Response.json({ errors: "Not Found" }, { status: 404 });
    if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
    const answer = await this.#answerGraphql(request, started);
    answer.headers.set("x-shopify-api-version", API_VERSION);
    // Older versions fall forward to the one that is served.
    if (version !== API_VERSION)
      answer.headers.set(
        "x-shopify-api-version-warning",
        `https://shopify.dev/api/usage/versioning (${version})`,
      );
    answer.headers.set("x-request-id", `${randomUUID()}-${Math.floor(Date.now() / 1000)}`);
    return answer;
  }

  /** GET /bulk/<id>.jsonl on the sandbox's own host; null for another path. */
  serveFile(request: Request): Response | null {
    const id = FILE_PATH.exec(new URL(request.url).pathname)?.[1];
    return id === undefined ? null : serveFile(id, request, this.bulk, this.store.clock);
  }

  /** The app is opened in the admin: installs it if need be, and states who opened it. */
  openApp(visitor: { user?: string; session?: string } = {}): string {
    this.installs.install();
    return this.mintSessionToken(visitor);
  }

  /** A session token for a person who has the app open. */
  mintSessionToken({
    user = "91000001",
    session = "sandbox-session",
  }: { user?: string; session?: string } = {}): string {
    const { apiKey, apiSecret } = this.installs.app;
    return mintSessionToken({
      shop: this.store.shop.domain,
      apiKey,
      apiSecret,
      user,
      session,
      now: this.store.now(),
    });
  }

  async close(): Promise<void> {
    await this.bulk.close();
  }

  /** The dials: outage, server errors, slowness. */
  async #trouble(pathname: string, started: number): Promise<Response | undefined> {
    const dials = this.#options.dials.read();
    if (dials.apiSlowMs > 0) await new Promise((resolve) => setTimeout(resolve, dials.apiSlowMs));
    const isFailing =
      dials.outage || (dials.apiErrorPercent > 0 && this.#chance.next() * 100 < dials.apiErrorPercent);
    if (!isFailing) return undefined;
    this.#log(pathname === TOKEN_PATH ? "oauth" : "graphql", 503, started);
    return Response.json(
      { errors: "Service Unavailable" },
      { status: 503, headers: { "retry-after": "2.0" } },
    );
  }

  async #answerToken(request: Request, started: number): Promise<Response> {
    if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
    const answer = await answerAccessToken(request, this.installs, this.store);
    this.#log("oauth", answer.status, started);
    return answer;
  }

  async #answerGraphql(request: Request, started: number): Promise<Response> {
    const install = this.installs.byToken(request.headers.get("x-shopify-access-token"));
    if (!install) {
      this.#log("unauthorized", 401, started);
      return Response.json({ errors: UNKNOWN_TOKEN }, { status: 401 });
    }
    const body = await readBody(request);
    if (!body) {
      this.#log("unreadable", 400, started);
      return Response.json({ errors: { query: "Required parameter missing or invalid" } }, { status: 400 });
    }
    const answer = answerGraphql(
      body,
      this.#context(install),
      this.bucket,
      this.#options.onBug ?? console.error,
    );
    this.#log(answer.operation, 200, started, answer);
    const bytes = Buffer.from(JSON.stringify(answer.body));
    return new Response(bytes, {
      headers: { "content-type": "application/json", "content-length": String(bytes.length) },
    });
  }

  #context(install: Install): ApiContext {
    return {
      store: this.store,
      dials: this.#options.dials.read(),
      now: this.store.now(),
      install,
      scopes: install.scopes,
      approved: install.approved,
      verdicts: new Map(),
      subscriptions: this.subscriptions,
      bulk: this.bulk,
      uninstall: () => this.installs.uninstall(),
      searches: [],
    };
  }

  #log(
    operation: string,
    status: number,
    started: number,
    answer: { requestedCost: number | null; actualCost: number | null; errors: readonly string[] } = {
      requestedCost: null,
      actualCost: null,
      errors: [],
    },
  ): void {
    this.callLog.add({
      at: this.store.now().toISOString(),
      operation,
      status,
      durationMs: Math.round(performance.now() - started),
      requestedCost: answer.requestedCost,
      actualCost: answer.actualCost,
      bucketLeft: answer.requestedCost === null ? null : this.bucket.status().currentlyAvailable,
      errors: answer.errors,
    });
  }
}

export function createAdminApi(options: AdminApiOptions): AdminApi {
  return new AdminApi(options);
}

async function readBody(request: Request): Promise<GraphqlRequest | undefined> {
  const text = await request.text();
  if (text.length > BODY_BYTES_MAX) return undefined;
  if ((request.headers.get("content-type") ?? "").startsWith("application/graphql")) {
    return text === "" ? undefined : { query: text, variables: {}, operationName: null };
  }
  try {
    const { query, variables, operationName } = JSON.parse(text) as Record<string, unknown>;
    if (typeof query !== "string") return undefined;
    return {
      query,
      variables: variables && typeof variables === "object" ? (variables as Record<string, unknown>) : {},
      operationName: typeof operationName === "string" ? operationName : null,
    };
  } catch {
    return undefined;
  }
}
