// Choosing a variant, product or customer by typing: a field with suggestions, and the way back from what was typed to
// the record. An id or a SKU typed by hand is understood as well, so nothing depends on the browser's suggestions.
import type { Form } from "#sandbox/pages/form.ts";
import { html, type Html } from "#sandbox/pages/html.ts";
import { nameOfCustomer } from "#sandbox/pages/orders/words.ts";
import type { Store } from "#sandbox/store/store.ts";
import type { Frozen, Id, Variant } from "#sandbox/store/truth.ts";

/** A longer list would weigh more than the page; ids and SKUs of all records are understood anyway. */
const SUGGESTIONS_MAX = 2000;

export type Suggestion = { id: Id; label: string; keys: readonly (string | null)[] };

/** The suggestions as a datalist, to be named in an input's `list`. */
export function suggestions(id: string, items: readonly Suggestion[]): Html {
  return html`<datalist id="${id}">
    ${items.slice(0, SUGGESTIONS_MAX).map((item) => html`<option value="${item.label}"></option>`)}
  </datalist>`;
}

/** The record that was typed into the field; null when it is empty, a problem beside the field when there is none. */
export function picked(form: Form, name: string, items: readonly Suggestion[], noun: string): Id | null {
  const typed = form.text(name);
  if (typed === "") return null;
  const found = items.find((item) => item.label === typed || item.id === typed || item.keys.includes(typed));
  if (!found) form.problems.add(name, `There is no ${noun} called “${typed}”.`);
  return found?.id ?? null;
}

export function variantSuggestions(store: Store): Suggestion[] {
  return store.list("variants").map((variant) => ({
    id: variant.id,
    label: `${variantName(store, variant)} · ${variant.sku ?? variant.id}`,
    keys: [variant.sku],
  }));
}

export function productSuggestions(store: Store): Suggestion[] {
  return store.list("products").map((product) => ({
    id: product.id,
    label: `${product.title} · ${product.handle}`,
    keys: [product.handle, product.title],
  }));
}

export function customerSuggestions(store: Store): Suggestion[] {
  return store.list("customers").map((customer) => ({
    id: customer.id,
    label: `${nameOfCustomer(customer)} · ${customer.email ?? customer.id}`,
    keys: [customer.email],
  }));
}

/** "Celadon bowl – Large"; just the product's title when it has only the one variant. */
export function variantName(store: Store, variant: Frozen<Variant>): string {
  const title = store.get("products", variant.productId)?.title ?? "Product";
  return variant.title === "Default Title" ? title : `${title} – ${variant.title}`;
}
