// Which fields a descriptor asks Shopify for, as paths. Pure: what is done about a difference is sync/selections.ts's.
import { Kind, parse } from "graphql";
import { entryListing, nodesDocument } from "#app/shopify/documents.ts";
import { apartListing, holdersIn } from "#app/shopify/entries.ts";
import type { Listing } from "#app/shopify/documents.ts";
import type { FragmentDefinitionNode, SelectionSetNode } from "graphql";

const known = new WeakMap<Listing, readonly string[]>();

/** "title", "variants.sku", "returns.returnLineItems.quantity", sorted. */
export function selectedFields(resource: Listing): readonly string[] {
  const found = known.get(resource) ?? [...new Set(pathsOf(resource))].sort();
  known.set(resource, found);
  return found;
}

/** What entries hold is read by the entries' ids, in documents of its own. */
function pathsOf(resource: Listing): string[] {
  const inEntries = holdersIn(resource)
    .filter(({ connections }) => connections.length > 0)
    .flatMap((holder) => pathsOf(entryListing(holder)).map((path) => `${holder.field}.${path}`));
  const apart = (resource.apart ?? []).flatMap((connection) => pathsOf(apartListing(resource, connection)));
  return [...pathsIn(nodesDocument(resource)), ...inEntries, ...apart];
}

function pathsIn(document: string): string[] {
  const { definitions } = parse(document);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const walk = ({ selections }: SelectionSetNode, place: readonly string[]): string[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) return walk(selection.selectionSet, place);
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return walk(fragments.get(selection.name.value)!.selectionSet, place);
      const { name, selectionSet } = selection;
      if (PAGING.has(name.value)) return [];
      // The nodes of a connection are its own place.
      const inside = name.value === "nodes" ? place : [...place, name.value];
      return selectionSet ? walk(selectionSet, inside) : [inside.join(".")];
    });
  return definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? walk(definition.selectionSet, []) : [],
  );
}

const PAGING: ReadonlySet<string> = new Set(["__typename", "pageInfo"]);
