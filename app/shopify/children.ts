// Pages the children of one record to their end: an order's 500 lines, a product's 2,048 variants, what a child of it holds.
// All answers must show one state of the record, else it is said to have changed.
import { childPageDocument, hasUpdatedAt, insidePageDocument } from "#app/shopify/documents.ts";
import { PAGE_SIZE_MAX, pageSizeFor } from "#app/shopify/page-sizes.ts";
import { ask, connectionIn } from "#app/shopify/reader.ts";
import type { Connection, Node } from "#app/resources/define.ts";
import type { RawConnection, RawNode, Reader } from "#app/shopify/reader.ts";

/** The record was deleted, or has changed, while its children were being paged. */
type Broken = "gone" | "changed";

/** The record with each of its connections as a complete array. */
export async function withAllChildren(reader: Reader, raw: RawNode): Promise<Node | Broken> {
  const node: Record<string, unknown> & { id: string } = { ...raw };
  for (const connection of reader.resource.connections) {
    const children = await allChildren(reader, raw, connection);
    if (typeof children === "string") return children;
    node[connection.field] = children;
  }
  return node;
}

async function allChildren(
  reader: Reader,
  raw: RawNode,
  connection: Connection,
): Promise<readonly RawNode[] | Broken> {
  const { field, inside } = connection;
  const start = connectionIn(reader, raw, field);
  const children = [...start.nodes];
  const document = childPageDocument(reader.resource, connection);
  for await (const node of pagesAfter(reader, document, raw.id, field, start)) {
    if (node === null) return "gone";
    if (isOther(reader, node, raw)) return "changed";
    children.push(...(node[field] as RawConnection).nodes);
  }
  if (!inside) return children;
  const isWhole = children.every((child) => !(child[inside.field] as RawConnection).pageInfo.hasNextPage);
  if (!isWhole) return oneByOne(reader, raw, connection, inside);
  return children.map((child) => ({
    ...child,
    [inside.field]: (child[inside.field] as RawConnection).nodes,
  }));
}

/** Nodes that cannot be asked for by an id, some with more inside than a page shows: each in turn, with all of it. */
async function oneByOne(
  reader: Reader,
  raw: RawNode,
  connection: Connection,
  inside: Connection,
): Promise<readonly RawNode[] | Broken> {
  const document = insidePageDocument(reader.resource, connection);
  const first = pageSizeFor(document, PAGE_SIZE_MAX);
  const children: RawNode[] = [];
  let [at, hasNextPage]: [string | null, boolean] = [null, true];
  while (hasNextPage) {
    let child: RawNode | undefined;
    let held: RawNode[] = [];
    let [after, hasMore]: [string | null, boolean] = [null, true];
    let end: string | null = null;
    while (hasMore) {
      const variables = { id: raw.id, at, first, after };
      const { data } = await ask<{ node: RawNode | null }>(reader, document, variables);
      if (!data.node) return "gone";
      if (isOther(reader, data.node, raw)) return "changed";
      const page = data.node[connection.field] as RawConnection;
      ({ hasNextPage, endCursor: end } = page.pageInfo);
      [child] = page.nodes;
      if (!child) break;
      const inner = child[inside.field] as RawConnection;
      held = [...held, ...inner.nodes];
      ({ hasNextPage: hasMore, endCursor: after } = inner.pageInfo);
    }
    if (child) children.push({ ...child, [inside.field]: held });
    at = end;
  }
  return children;
}

function isOther(reader: Reader, now: RawNode, then: RawNode): boolean {
  return hasUpdatedAt(reader.resource) && now.updatedAt !== then.updatedAt;
}

/** The pages of one connection after its first; null once when the record that holds it is gone. */
export async function* pagesAfter(
  reader: Reader,
  document: string,
  id: string,
  field: string,
  start: RawConnection,
): AsyncGenerator<RawNode | null> {
  let { hasNextPage, endCursor: after } = start.pageInfo;
  if (!hasNextPage) return;
  const first = pageSizeFor(document, PAGE_SIZE_MAX);
  while (hasNextPage) {
    const { data } = await ask<{ node: RawNode | null }>(reader, document, { id, first, after });
    yield data.node;
    if (!data.node) return;
    ({ hasNextPage, endCursor: after } = (data.node[field] as RawConnection).pageInfo);
  }
}
