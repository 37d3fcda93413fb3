/**
 * Bulk operations: accepted, run in the background window by window, finished with a file that can be fetched without
 * a token until it expires. States: CREATED → RUNNING → COMPLETED | FAILED; CANCELING → CANCELED when asked in time.
 */
import { createWriteStream, mkdirSync, rmSync, statSync, type WriteStream } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kind, type DocumentNode, type OperationDefinitionNode } from "graphql";
import type { ApiContext } from "../admin-api/context.ts";
import { keep, type Kept } from "../admin-api/kept.ts";
import { run } from "../admin-api/run.ts";
import { hashHex } from "../store/chance.ts";
import type { Clock } from "../store/clock.ts";
import { UserError } from "../store/user-error.ts";
import { fileUrl, FILE_LIFE_MS } from "./files.ts";
import { lineOf, rowsOf, shapeOf } from "./lines.ts";
import { checkBulkQuery, type BulkProblem } from "./validate.ts";

export type BulkStatus =
  "CREATED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELING" | "CANCELED" | "EXPIRED";

export interface BulkOperation {
  id: string;
  status: BulkStatus;
  errorCode: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | "TIMEOUT" | null;
  createdAt: string;
  completedAt: string | null;
  objectCount: number;
  rootObjectCount: number;
  fileSize: number | null;
  url: string | null;
  partialDataUrl: string | null;
  query: string;
}

export interface BulkOptions {
  clock: Clock;
  seed: string;
  /** Where result files lie. Default: a folder in the system's temporary directory. */
  directory?: string;
  /** Base of the file addresses, e.g. "http://127.0.0.1:4000". A function, since the port may be known late. */
  filesBase: () => string;
  /** Objects read per second. */
  objectsPerSecond?: number;
  /** Called when an operation has ended, whatever its end. */
  onEnd?: (operation: BulkOperation) => void;
}

/** Roots read in one go; between windows other requests get their turn. */
const WINDOW_ROOTS = 25;
const OBJECTS_PER_SECOND = 20_000;
/** Shopify runs this many queries per app and shop at a time. */
const RUNNING_MAX = 5;
/** An operation shows CREATED for this long, so that a poll right after the mutation sees it. */
const START_DELAY_MS = 20;
const FIRST_ID = 7_745_000_000_000n;
const ID_STEP = 32_770n;

const ACTIVE: readonly BulkStatus[] = ["CREATED", "RUNNING", "CANCELING"];

interface State {
  count: number;
  operations: BulkOperation[];
}

/** Everything of a context but what belongs to one request. */
export type BulkReader = Omit<ApiContext, "searches" | "whole">;

export class BulkOperations {
  readonly #options: BulkOptions;
  readonly #directory: string;
  readonly #kept: Kept<State>;
  readonly #state: State;
  readonly #running = new Map<string, Promise<void>>();
  #isFailing = false;
  #isClosed = false;

  constructor(options: BulkOptions) {
    this.#options = options;
    this.#directory = join(
      options.directory ?? join(tmpdir(), `sandbox-${process.pid}-${Date.now()}`),
      "bulk",
    );
    this.#kept = keep<State>(options.directory, "bulk-operations.json");
    this.#state = this.#kept.load() ?? { count: 0, operations: [] };
    // What was running when the process ended will not go on.
    for (const each of this.#state.operations)
      if (ACTIVE.includes(each.status)) this.#end(each, "FAILED", "INTERNAL_SERVER_ERROR");
  }

  /** In the order of their making; files past their time are gone. */
  list(): readonly BulkOperation[] {
    const now = this.#options.clock.now().getTime();
    for (const each of this.#state.operations) {
      if (each.completedAt === null || now - Date.parse(each.completedAt) < FILE_LIFE_MS) continue;
      each.url = null;
      each.partialDataUrl = null;
    }
    return this.#state.operations;
  }

  get(id: string): BulkOperation | undefined {
    return this.list().find((each) => each.id === id);
  }

  /** The next operation ends FAILED after its first window, with that part of its data. */
  failNext(): void {
    this.#isFailing = true;
  }

  /** Starts an operation, or says why not. */
  run(
    query: string,
    isGrouped: boolean,
    reader: BulkReader,
  ): { operation: BulkOperation } | { problems: (BulkProblem | Busy)[] } {
    const checked = checkBulkQuery(query);
    if ("problems" in checked) return checked;
    const active = this.#state.operations.filter((each) => ACTIVE.includes(each.status));
    if (active.length >= RUNNING_MAX) return { problems: [busy(active)] };
    this.#state.count += 1;
    const operation: BulkOperation = {
      id: String(FIRST_ID + BigInt(this.#state.count) * ID_STEP),
      status: "CREATED",
      errorCode: null,
      createdAt: this.#options.clock.now().toISOString(),
      completedAt: null,
      objectCount: 0,
      rootObjectCount: 0,
      fileSize: null,
      url: null,
      partialDataUrl: null,
      query,
    };
    this.#state.operations.push(operation);
    this.#save();
    const isFailing = this.#isFailing;
    this.#isFailing = false;
    const work = this.#work(operation, checked.document, isGrouped, isFailing, reader).finally(() =>
      this.#running.delete(operation.id),
    );
    this.#running.set(operation.id, work);
    return { operation };
  }

  /** Throws UserError in Shopify's words when there is nothing to cancel. */
  cancel(id: string): BulkOperation {
    const operation = this.get(id);
    if (!operation) throw new UserError(["id"], "Bulk operation does not exist");
    if (!ACTIVE.includes(operation.status)) return operation;
    operation.status = "CANCELING";
    return operation;
  }

  isActive(operation: BulkOperation): boolean {
    return ACTIVE.includes(operation.status);
  }

  pathOf(id: string): string {
    return join(this.#directory, `${id}.jsonl`);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.idle();
    if (this.#options.directory === undefined) rmSync(this.#directory, { recursive: true, force: true });
  }

  async #work(
    operation: BulkOperation,
    document: DocumentNode,
    isGrouped: boolean,
    isFailing: boolean,
    reader: BulkReader,
  ): Promise<void> {
    mkdirSync(this.#directory, { recursive: true });
    const file = createWriteStream(this.pathOf(operation.id));
    try {
      await sleep(START_DELAY_MS);
      if (operation.status === "CREATED") operation.status = "RUNNING";
      const error = await this.#read(operation, document, isGrouped, isFailing, reader, file);
      await finish(file);
      if (operation.status === "CANCELING") this.#end(operation, "CANCELED", null);
      else this.#end(operation, error ? "FAILED" : "COMPLETED", error);
    } catch (error) {
      file.destroy();
      this.#end(operation, "FAILED", "INTERNAL_SERVER_ERROR");
      if (!this.#isClosed) throw error;
    }
    if (!this.#isClosed) this.#options.onEnd?.(operation);
  }

  /** Reads to the end, or until cancelled; returns the error that ended it. */
  async #read(
    operation: BulkOperation,
    document: DocumentNode,
    isGrouped: boolean,
    isFailing: boolean,
    reader: BulkReader,
    file: WriteStream,
  ): Promise<BulkOperation["errorCode"]> {
    const definition = document.definitions.find(
      (each) => each.kind === Kind.OPERATION_DEFINITION,
    ) as OperationDefinitionNode;
    const shape = shapeOf(document, definition);
    const roots = new Map<string, readonly unknown[]>();
    const rate = this.#options.objectsPerSecond ?? OBJECTS_PER_SECOND;
    for (let from = 0; ; from += WINDOW_ROOTS) {
      if (operation.status === "CANCELING" || this.#isClosed) return null;
      const whole = { roots, from, to: from + WINDOW_ROOTS };
      const result = run(document, null, {}, { ...reader, searches: [], whole });
      const denied = result.errors?.some((each) => each.extensions.code === "ACCESS_DENIED");
      if (result.errors) return denied ? "ACCESS_DENIED" : "INTERNAL_SERVER_ERROR";
      const rows = rowsOf({ ...(result.data as Record<string, unknown>) }, shape, isGrouped);
      for (const row of rows) file.write(`${lineOf(row.value)}\n`);
      operation.objectCount += rows.length;
      operation.rootObjectCount += rows.filter((row) => row.depth === 0).length;
      if (isFailing) return "INTERNAL_SERVER_ERROR";
      if (file.writableNeedDrain) await once(file, "drain");
      const longest = Math.max(0, ...[...roots.values()].map((records) => records.length));
      if (from + WINDOW_ROOTS >= longest) return null;
      await sleep((rows.length / rate) * 1000);
    }
  }

  #end(operation: BulkOperation, status: BulkStatus, errorCode: BulkOperation["errorCode"]): void {
    operation.status = status;
    operation.errorCode = errorCode;
    const path = this.pathOf(operation.id);
    const size = operation.objectCount > 0 ? (statSync(path, { throwIfNoEntry: false })?.size ?? 0) : 0;
    const now = this.#options.clock.now();
    const expiresAt = new Date(now.getTime() + FILE_LIFE_MS);
    const url = size > 0 ? fileUrl(this.#options.filesBase(), operation.id, expiresAt, this.#secret) : null;
    // Recorded: a cancelled operation keeps completedAt and fileSize null.
    if (status !== "CANCELED") {
      operation.completedAt = now.toISOString();
      operation.fileSize = url === null ? null : size;
    }
    if (status === "COMPLETED") operation.url = url;
    if (status === "FAILED") operation.partialDataUrl = url;
    this.#save();
  }

  get #secret(): string {
    return hashHex(`${this.#options.seed}/bulk files`, 32);
  }

  /** Signs and checks file addresses; see files.ts. */
  get fileSecret(): string {
    return this.#secret;
  }

  #save(): void {
    this.#kept.save(this.#state);
  }
}

export interface Busy {
  field: null;
  message: string;
  code: "OPERATION_IN_PROGRESS";
}

function busy(active: readonly BulkOperation[]): Busy {
  const gids = active.map((each) => `gid://shopify/BulkOperation/${each.id}`).join(", ");
  return {
    field: null,
    message: `A bulk query operation for this app and shop is already in progress: ${gids}.`,
    code: "OPERATION_IN_PROGRESS",
  };
}

async function finish(file: WriteStream): Promise<void> {
  file.end();
  await once(file, "close");
}

/** Lets other work have its turn even when there is nothing to wait for. */
const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => (ms < 1 ? setImmediate(resolve) : setTimeout(resolve, ms)));
