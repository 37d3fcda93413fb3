// Takes fields out of a descriptor's fragment document. Pure.
import { Kind, parse, print } from "graphql";
import type { DefinitionNode, FragmentDefinitionNode, SelectionNode, SelectionSetNode } from "graphql";

/**
 * The document without the fields at these paths of its first fragment, and without fragments that nothing spreads any
 * more: Shopify refuses a query with one.
 */
export function pruned(document: string, paths: readonly (readonly string[])[]): string {
  if (paths.length === 0) return document;
  const definitions = parse(document).definitions;
  const [first, ...rest] = definitions.filter(isFragment);
  if (!first) throw new RangeError("a descriptor's fragment document holds no fragment");
  const selectionSet = without(first.selectionSet, paths);
  // `id` is a column of every record, so something is always left.
  if (!selectionSet) throw new RangeError(`nothing is left of ${first.name.value}`);
  const kept = new Set<FragmentDefinitionNode>([{ ...first, selectionSet }]);
  const byName = new Map(rest.map((fragment) => [fragment.name.value, fragment]));
  // A set that grows while it is walked is walked to its end.
  for (const { selectionSet: set } of kept) {
    for (const name of spreadsIn(set)) kept.add(byName.get(name)!);
  }
  return [...kept].map((fragment) => print(fragment)).join("\n");
}

function isFragment(definition: DefinitionNode): definition is FragmentDefinitionNode {
  return definition.kind === Kind.FRAGMENT_DEFINITION;
}

/** Null when nothing is left. */
function without(set: SelectionSetNode, paths: readonly (readonly string[])[]): SelectionSetNode | null {
  const selections = set.selections.flatMap((selection): readonly SelectionNode[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = without(selection.selectionSet, paths);
      return inner ? [{ ...selection, selectionSet: inner }] : [];
    }
    if (selection.kind !== Kind.FIELD) return [selection];
    const name = selection.name.value;
    const inside = paths.filter(([head]) => head === name).map(([, ...rest]) => rest);
    if (inside.some((rest) => rest.length === 0)) return [];
    if (inside.length === 0 || !selection.selectionSet) return [selection];
    const inner = without(selection.selectionSet, inside);
    return inner ? [{ ...selection, selectionSet: inner }] : [];
  });
  return selections.length === 0 ? null : { ...set, selections };
}

function spreadsIn(set: SelectionSetNode): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection.name.value];
    return selection.selectionSet ? spreadsIn(selection.selectionSet) : [];
  });
}
