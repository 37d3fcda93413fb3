/**
 * From the answer of one window of a bulk query to JSONL rows: what hangs below a connection becomes a row of its own
 * with `__parentId`, everything else stays inside its row.
 */
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { fragmentsOf } from "../admin-api/selection.ts";

/** Where a query has connections: response key → what lies below. */
export interface Shape {
  connections: Map<string, Shape>;
  objects: Map<string, Shape>;
}

export interface Row {
  depth: number;
  value: Record<string, unknown>;
}

type Value = Record<string, unknown>;

/** A row as a line of the file, with its slashes as Shopify writes them. */
export function lineOf(value: Value): string {
  return JSON.stringify(value).replaceAll("/", "\\/");
}

/** The shape of the operation; a connection is known by its selection of `edges`. */
export function shapeOf(document: DocumentNode, operation: OperationDefinitionNode): Shape {
  return shapeOfSelection(operation.selectionSet, fragmentsOf(document));
}

function shapeOfSelection(
  set: SelectionSetNode,
  fragments: Map<string, FragmentDefinitionNode>,
  into = emptyShape(),
): Shape {
  for (const selection of set.selections) {
    if (selection.kind !== Kind.FIELD) {
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment) shapeOfSelection(fragment.selectionSet, fragments, into);
      continue;
    }
    if (!selection.selectionSet) continue;
    const key = selection.alias?.value ?? selection.name.value;
    const node = nodeSelection(selection.selectionSet);
    const target = node ? into.connections : into.objects;
    target.set(key, shapeOfSelection(node ?? selection.selectionSet, fragments, target.get(key)));
  }
  return into;
}

const emptyShape = (): Shape => ({ connections: new Map(), objects: new Map() });

function nodeSelection(set: SelectionSetNode): SelectionSetNode | undefined {
  for (const edges of set.selections) {
    if (edges.kind !== Kind.FIELD || edges.name.value !== "edges" || !edges.selectionSet) continue;
    for (const node of edges.selectionSet.selections) {
      if (node.kind === Kind.FIELD && node.name.value === "node") return node.selectionSet;
    }
  }
  return undefined;
}

/**
 * Rows of one window. Grouped: every parent is followed by its children. Ungrouped: all parents of the window first,
 * then their children, then theirs, so that a child follows its parent but not at once.
 */
export function rowsOf(data: Value, shape: Shape, isGrouped: boolean): Row[] {
  const rows: Row[] = [];
  take(data, shape, undefined, 0, rows);
  return isGrouped ? rows : rows.toSorted((a, b) => a.depth - b.depth);
}

/** Moves the connections of `value` into rows, depth first. */
function take(value: Value, shape: Shape, parentId: unknown, depth: number, rows: Row[]): void {
  for (const [key, below] of shape.connections) {
    const connection = value[key] as { edges?: ({ node?: Value | null } | null)[] } | null | undefined;
    delete value[key];
    for (const edge of connection?.edges ?? []) {
      const node = edge?.node;
      if (!node) continue;
      const row: Value = depth === 0 ? node : { ...node, __parentId: parentId };
      rows.push({ depth, value: row });
      take(row, below, node.id, depth + 1, rows);
    }
  }
  for (const [key, below] of shape.objects) {
    const inner = value[key];
    for (const each of Array.isArray(inner) ? inner : [inner]) {
      if (each && typeof each === "object") take(each as Value, below, parentId, depth, rows);
    }
  }
}
