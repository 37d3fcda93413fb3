// Manual collections: a title, a description, and the products in them.
import { html, type Html } from "#sandbox/pages/html.ts";
import { cut, matches, searchbar, sought } from "#sandbox/pages/listing.ts";
import { card, columns, count, facts, moment, table, words } from "#sandbox/pages/parts/blocks.ts";
import {
  button,
  checkbox,
  confirmAct,
  input,
  linkButton,
  select,
  textarea,
} from "#sandbox/pages/parts/controls.ts";
import { metafieldCard, metafieldRoom } from "#sandbox/pages/parts/metafields.ts";
import { picked, productSuggestions, suggestions } from "#sandbox/pages/parts/picker.ts";
import type { Done, Rooms, View, Visit } from "#sandbox/pages/visit.ts";
import { createCollection, deleteCollection, updateCollection } from "#sandbox/store/acts.ts";
import type { CollectionInput } from "#sandbox/store/inputs.ts";
import type { Collection, Frozen } from "#sandbox/store/truth.ts";

const ORDERS: readonly Collection["sortOrder"][] = ["MANUAL", "BEST_SELLING", "ALPHA_ASC", "CREATED_DESC"];

function listCollections(visit: Visit): View {
  const { store, base, path, query } = visit;
  const asked = sought(query);
  const listing = cut(
    store
      .list("collections")
      .filter((collection) => matches(asked, [collection.title, collection.handle]))
      .toReversed(),
    path,
    query,
  );
  return {
    title: "Collections",
    active: "collections",
    actions: linkButton("Create collection", `${base}/collections/new`, "primary"),
    body: card(
      null,
      html`${searchbar("Search collections", path, query)}
      ${table(
        "Collections",
        [
          { label: "Collection", kind: "wide" },
          { label: "Products", kind: "number" },
          { label: "Sorted" },
          { label: "Updated" },
        ],
        listing.rows.map((collection) => [
          html`<a href="${base}/collections/${collection.id}">${collection.title}</a>`,
          count(collection.productIds.length),
          words(collection.sortOrder),
          moment(collection.updatedAt),
        ]),
        "No collection matches.",
      )}
      ${listing.pager}`,
      { flush: true },
    ),
  };
}

function newCollection(visit: Visit): View {
  const { base } = visit;
  return {
    title: "Create collection",
    active: "collections",
    back: { href: `${base}/collections`, label: "Collections" },
    body: html`<form method="post" action="${base}/collections">
      ${fields(visit, null)}
      <div class="form-foot">${button("Save collection", { kind: "primary" })}</div>
    </form>`,
  };
}

function showCollection(visit: Visit): View | null {
  const { store, base, params } = visit;
  const collection = store.get("collections", params.id ?? "");
  if (!collection) return null;
  const path = `${base}/collections/${collection.id}`;
  return {
    title: collection.title,
    active: "collections",
    back: { href: `${base}/collections`, label: "Collections" },
    actions: confirmAct({
      id: "delete-collection",
      label: "Delete collection",
      title: `Delete ${collection.title}?`,
      text: "Its products stay in the store. This cannot be undone.",
      action: `${path}/deletion`,
      confirm: "Delete collection",
    }),
    body: columns(
      html`<form method="post" action="${path}" class="gap-below">
          ${fields(visit, collection)}
          <div class="form-foot">${button("Save collection", { kind: "primary" })}</div>
        </form>
        ${metafieldCard(visit, "COLLECTION", collection.id, path)}`,
      card(
        "About",
        facts([
          ["Id", collection.id],
          ["Handle", collection.handle],
          ["Created", moment(collection.createdAt)],
          ["Updated", moment(collection.updatedAt)],
        ]),
      ),
    ),
  };
}

function addCollection(visit: Visit): Done {
  const input = readCollection(visit, []);
  visit.form.check();
  const collection = createCollection(visit.store, input);
  return { to: `${visit.base}/collections/${collection.id}`, said: `${collection.title} created` };
}

function saveCollection(visit: Visit): Done {
  const { store, base, params } = visit;
  const input = readCollection(visit, store.need("collections", params.id ?? "").productIds);
  visit.form.check();
  const collection = updateCollection(store, params.id ?? "", input);
  return { to: `${base}/collections/${collection.id}`, said: "Collection saved" };
}

function removeCollection(visit: Visit): Done {
  const { title } = visit.store.need("collections", visit.params.id ?? "");
  deleteCollection(visit.store, visit.params.id ?? "");
  return { to: `${visit.base}/collections`, said: `${title} deleted` };
}

function readCollection(visit: Visit, members: readonly string[]): CollectionInput & { title: string } {
  const { form, store } = visit;
  const added = picked(form, "add", productSuggestions(store), "product");
  const removed = new Set(form.all("remove"));
  const kept = members.filter((id) => !removed.has(id));
  return {
    title: form.required("title", "Title"),
    descriptionHtml: form.text("descriptionHtml"),
    sortOrder: form.choice("sortOrder", ORDERS, "MANUAL"),
    productIds: added === null || kept.includes(added) ? kept : [...kept, added],
  };
}

function fields(visit: Visit, collection: Frozen<Collection> | null): Html {
  const { form, store, base } = visit;
  const { problems } = form;
  const members = (collection?.productIds ?? [])
    .map((id) => store.get("products", id))
    .filter((product) => !!product);
  return html`${card(
    "Collection",
    html`${input({ name: "title", label: "Title", value: form.or("title", collection?.title), problems })}
    ${textarea({
      name: "descriptionHtml",
      label: "Description (HTML)",
      value: form.or("descriptionHtml", collection?.descriptionHtml),
      problems,
    })}
    ${select({
      name: "sortOrder",
      label: "Sort products by",
      value: form.or("sortOrder", collection?.sortOrder ?? "MANUAL"),
      problems,
      choices: ORDERS.map((order) => ({ value: order, label: words(order) })),
    })}`,
  )}
  ${card(
    "Products",
    html`${input({
      name: "add",
      label: "Add a product",
      value: form.or("add", ""),
      problems,
      list: "products",
      placeholder: "Type to search",
    })}
    ${members.map(
      (product) =>
        html`<div class="row between">
          <a href="${base}/products/${product.id}">${product.title}</a>
          ${checkbox({ name: "remove", value: product.id, label: `Remove`, says: `Remove ${product.title}` })}
        </div>`,
    )}
    ${suggestions("products", productSuggestions(store))}`,
  )}`;
}

export const COLLECTION_ROOMS: Rooms = {
  collections: { show: listCollections, act: addCollection, again: newCollection },
  "collections/new": { show: newCollection },
  "collections/:id": { show: showCollection, act: saveCollection },
  "collections/:id/deletion": { act: removeCollection, again: showCollection },
  "collections/:id/metafields": metafieldRoom(
    "COLLECTION",
    (visit) => `${visit.base}/collections/${visit.params.id}`,
    showCollection,
  ),
};
