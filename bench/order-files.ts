// Bulk files of orders as large as one likes: the lines of a bulk operation of the sandbox's, again and again under new
// ids, and the same orders after a change of every row. Also serves them, in the process that measures.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { AddressInfo } from "node:net";
import { resourceOf } from "#app/resources/index.ts";
import type { Node } from "#app/resources/define.ts";
import { bulkDocument } from "#app/shopify/documents.ts";
import { parseLossless } from "#app/shopify/json.ts";
import { lineOf } from "#sandbox/bulk/lines.ts";
import { openShop, SCOPES } from "#tests/sandbox/api-shop.ts";

/** Orders in the sandbox's own file. */
export const SAMPLE_ORDERS = 2_000;
const SAMPLE_PRODUCTS = 300;
const SANDBOX = join(import.meta.dirname, "../sandbox");
/** Two digits are put behind each id. */
const COPIES_MAX = 100;
const POLL_MS = 100;
const OWN_IDS =
  /(gid:\\\/\\\/shopify\\\/(?:Order|LineItem|ShippingLine|OrderTransaction|Fulfillment|Refund|Return|PaymentTerms)\\\/\d+)/g;

type Json = Record<string, unknown>;

export interface OrderFile {
  readonly path: string;
  readonly orders: number;
  readonly lines: number;
  readonly bytes: number;
}

/** A sandbox store's orders, as its bulk operation writes them. Made once for each state of what it follows from. */
export async function sampleFile(folder: string): Promise<string> {
  const query = bulkDocument(resourceOf("orders"), { tag: "bench" });
  const path = join(folder, sampleName(query));
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.startsWith(SAMPLE)) rmSync(join(folder, name));
  const directory = mkdtempSync(join(tmpdir(), "bench-bulk-"));
  const sizes = { orders: SAMPLE_ORDERS, products: SAMPLE_PRODUCTS };
  const shop = openShop({ sizes, directory, scopes: [...SCOPES, ...resourceOf("orders").scopes] });
  try {
    const begun = await shop.ask(
      "mutation Run($query: String!) { bulkOperationRunQuery(query: $query) { bulkOperation { id } } }",
      { query },
    );
    const id = begun.data!.bulkOperationRunQuery!.bulkOperation!.id;
    for (;;) {
      const asked = await shop.ask("query Read($id: ID!) { bulkOperation(id: $id) { status url } }", { id });
      const { status, url } = asked.data!.bulkOperation as unknown as { status: string; url: string };
      if (status === "COMPLETED") {
        writeFileSync(path, await shop.api.serveFile(new Request(url))!.text());
        return path;
      }
      if (status === "FAILED") throw new Error("the sandbox's bulk operation failed");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await shop.api.close();
    rmSync(directory, { recursive: true });
  }
}

const SAMPLE = "orders-sample-";

/** Names what the file follows from: the query, and the sandbox that answers it (`sources`: its folder). */
export function sampleName(query: string, sources = SANDBOX): string {
  const state = createHash("sha256").update(query);
  const names = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  for (const name of names.sort()) state.update(name).update(readFileSync(join(sources, name)));
  return `${SAMPLE}${SAMPLE_ORDERS}-${state.digest("hex").slice(0, 8)}.jsonl`;
}

/** A file of so many orders; `isChanged`: each of its rows differs from the same row of the file that is not. */
export async function makeFile(folder: string, orders: number, isChanged: boolean): Promise<OrderFile> {
  const copies = orders / SAMPLE_ORDERS;
  if (!Number.isInteger(copies) || copies > COPIES_MAX) {
    throw new RangeError(`orders come by ${SAMPLE_ORDERS}, at most ${SAMPLE_ORDERS * COPIES_MAX}`);
  }
  const lines = readFileSync(await sampleFile(folder), "utf8")
    .trimEnd()
    .split("\n");
  const told = isChanged ? lines.map((line) => lineOf(changed(JSON.parse(line) as Json))) : lines;
  const path = join(folder, `orders-${orders}${isChanged ? "-changed" : ""}.jsonl`);
  const out = createWriteStream(path);
  for (let copy = 0; copy < copies; copy++) {
    const suffix = String(copy).padStart(2, "0");
    const text = `${told.join("\n")}\n`.replace(OWN_IDS, `$1${suffix}`);
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  return { path, orders, lines: lines.length * copies, bytes: statSync(path).size };
}

/** A later state of the same line: each row that it makes differs. */
function changed(line: Json): Json {
  const type = line.__typename;
  if (type === "LineItem" || type === "ShippingLine")
    return { ...line, title: `${String(line.title)}, changed` };
  if (type === "Return") return { ...line, name: `${String(line.name)}, changed` };
  // No row of its own: its order's row holds it.
  if (type === "LocalizedField") return line;
  const each = (field: string, change: (one: Json) => Json) => (line[field] as Json[]).map(change);
  return {
    ...line,
    note: "changed",
    updatedAt: new Date(Date.parse(String(line.updatedAt)) + 1_000).toISOString().replace(".000", ""),
    transactions: each("transactions", (one) => ({ ...one, gateway: `${String(one.gateway)}, changed` })),
    refunds: each("refunds", (one) => ({ ...one, note: "changed" })),
    fulfillments: each("fulfillments", (one) => ({ ...one, name: `${String(one.name)}, changed` })),
  };
}

/** The first orders of a file with all that belongs to them, as a page of the API shows them. */
export async function nodesIn(path: string, count: number): Promise<Node[]> {
  const { connections } = resourceOf("orders");
  const byId = new Map<string, Json>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const object = parseLossless(line) as Json;
    if (object.__parentId === undefined) {
      if (byId.size === count) continue;
      byId.set(String(object.id), {
        ...object,
        ...Object.fromEntries(connections.map(({ field }) => [field, []])),
      });
    } else {
      const { field } = connections.find(({ type }) => type === object.__typename)!;
      (byId.get(String(object.__parentId))?.[field] as Json[] | undefined)?.push(object);
    }
  }
  return [...byId.values()] as unknown as Node[];
}

/** Serves files by their path, with Range. @returns a file's URL, and the end of it. */
export async function serveFiles(): Promise<{ urlOf(path: string): string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.slice(1));
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const { size } = statSync(path);
    if (from >= size) return void response.writeHead(416).end();
    response.writeHead(from > 0 ? 206 : 200, { "content-length": size - from });
    createReadStream(path, { start: from }).pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (path) => `http://127.0.0.1:${port}/${encodeURIComponent(path)}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
