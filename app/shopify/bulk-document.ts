// What is special about the text of a bulk query: fragments are written out in place, and Shopify's limits on it are
// checked before it is sent, with the rule that is broken named.
import { Kind, visit } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from "graphql";

const CONNECTIONS_MAX = 5;
/** The root connection has depth 0. */
const NESTING_DEPTH_MAX = 2;

/** Replaces every fragment spread by the fields of its fragment and drops the definitions. */
export function inlineFragments(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  visit(document, { FragmentDefinition: (fragment) => void fragments.set(fragment.name.value, fragment) });

  const inlined = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: withoutRepeats(
      set.selections.flatMap((selection): readonly SelectionNode[] => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = fragments.get(selection.name.value);
          if (!fragment) throw new RangeError(`no fragment ${selection.name.value}`);
          return inlined(fragment.selectionSet).selections;
        }
        return [
          selection.selectionSet
            ? { ...selection, selectionSet: inlined(selection.selectionSet) }
            : selection,
        ];
      }),
    ),
  });
  return {
    kind: Kind.DOCUMENT,
    definitions: document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? [{ ...definition, selectionSet: inlined(definition.selectionSet) }]
        : [],
    ),
  };
}

/** `id` and `__typename` are asked for by the transport and by most fragments. */
function withoutRepeats(selections: readonly SelectionNode[]): SelectionNode[] {
  const seen = new Set<string>();
  return selections.filter((selection) => {
    if (selection.kind !== Kind.FIELD || selection.selectionSet || selection.arguments?.length) return true;
    const key = `${selection.alias?.value ?? ""}:${selection.name.value}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** @throws RangeError naming the rule that the query breaks. */
export function assertBulkLimits(document: DocumentNode): void {
  let connections = 0;
  const look = (set: SelectionSetNode, depth: number): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        throw new RangeError("a bulk query writes its fragments out");
      if (!selection.selectionSet) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        look(selection.selectionSet, depth);
        continue;
      }
      if (has(selection, "nodes")) {
        throw new RangeError(
          `bulk query: ${selection.name.value} selects by 'nodes' instead of 'edges { node }'`,
        );
      }
      const isConnection = has(selection, "edges");
      if (isConnection) {
        connections += 1;
        if (depth > NESTING_DEPTH_MAX)
          throw new RangeError(`bulk query: ${selection.name.value} is nested too deep`);
      }
      look(selection.selectionSet, isConnection ? depth + 1 : depth);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) look(definition.selectionSet, 0);
  }
  if (connections === 0) throw new RangeError("a bulk query needs a connection");
  if (connections > CONNECTIONS_MAX)
    throw new RangeError(`a bulk query has at most ${CONNECTIONS_MAX} connections`);
}

function has(field: FieldNode, name: string): boolean {
  return (field.selectionSet?.selections ?? []).some(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === name,
  );
}
