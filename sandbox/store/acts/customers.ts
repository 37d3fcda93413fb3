// Customers with their addresses.

import type { AddressInput, CustomerInput } from "../inputs.ts";
import { ordersOf } from "../lookups.ts";
import { wasAskedInShop } from "../rarities.ts";
import type { Store } from "../store.ts";
import type { Address, Customer, Frozen, Id } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { gone, record, tagNews } from "./announce.ts";
import { NOWHERE } from "./locations.ts";
import { removeMetafields, writeMetafield } from "./metafields.ts";
import { checkEmail, checkTags, given } from "./validate.ts";

export function createCustomer(store: Store, input: CustomerInput): Frozen<Customer> {
  return store.act(() => {
    const email = freeEmail(store, input.email, null);
    if (!email && !input.phone && !input.firstName && !input.lastName) {
      throw new UserError(null, "A name, phone number, or email address must be present", "INVALID");
    }
    const addresses = (input.addresses ?? []).map((address) => newAddress(store, address));
    const fresh = store.fresh("Customer");
    const customer = store.save("customers", {
      ...fresh,
      firstName: input.firstName ?? null,
      lastName: input.lastName ?? null,
      email,
      phone: input.phone ?? null,
      note: input.note ?? null,
      tags: checkTags(input.tags ?? []),
      locale: input.locale ?? "en",
      state: "DISABLED",
      verifiedEmail: email !== null,
      taxExempt: input.taxExempt ?? false,
      emailMarketing: input.acceptsMarketing
        ? { state: "SUBSCRIBED", updatedAt: fresh.createdAt }
        : { state: "NOT_SUBSCRIBED", updatedAt: null },
      askedLocationId: wasAskedInShop(fresh) ? (store.list("locations")[0]?.id ?? null) : null,
      addresses,
      defaultAddressId: addresses[0]?.id ?? null,
    });
    for (const field of input.metafields ?? []) writeMetafield(store, "CUSTOMER", customer.id, field);
    store.announce("customers/create", record(store, "customer", customer.id));
    return customer;
  });
}

export function updateCustomer(store: Store, id: Id, input: CustomerInput): Frozen<Customer> {
  return store.act(() => {
    const before = store.need("customers", id);
    const { addresses, acceptsMarketing, metafields, ...fields } = input;
    if (fields.email !== undefined) fields.email = freeEmail(store, fields.email, id);
    if (fields.tags !== undefined) fields.tags = checkTags(fields.tags);
    const customer = store.change("customers", id, (draft) => {
      Object.assign(draft, given(fields));
      if (addresses) {
        draft.addresses = addresses.map((address) => newAddress(store, address));
        draft.defaultAddressId = draft.addresses[0]?.id ?? null;
      }
      if (acceptsMarketing !== undefined) {
        draft.emailMarketing = {
          state: acceptsMarketing ? "SUBSCRIBED" : "UNSUBSCRIBED",
          updatedAt: store.time(),
        };
      }
    });
    for (const field of metafields ?? []) writeMetafield(store, "CUSTOMER", id, field);
    store.announce("customers/update", record(store, "customer", id));
    if (customer.emailMarketing.state !== before.emailMarketing.state)
      store.announce("customers_email_marketing_consent/update", record(store, "customer", id));
    announceTags(store, before, customer);
    return customer;
  });
}

function announceTags(store: Store, before: Frozen<Customer>, { id, tags }: Frozen<Customer>): void {
  const occurredAt = store.time();
  const added = tags.filter((tag) => !before.tags.includes(tag));
  const removed = before.tags.filter((tag) => !tags.includes(tag));
  if (added.length > 0) store.announce("customer.tags_added", tagNews({ id, tags: added, occurredAt }));
  if (removed.length > 0) store.announce("customer.tags_removed", tagNews({ id, tags: removed, occurredAt }));
}

/** As in Shopify, a customer with orders cannot be deleted. */
export function deleteCustomer(store: Store, id: Id): Id {
  return store.act(() => {
    const customer = store.need("customers", id);
    if (ordersOf(store, id).length > 0) {
      throw new UserError(["id"], "Customer can't be deleted because they have associated orders", "INVALID");
    }
    removeMetafields(store, "CUSTOMER", id);
    store.remove("customers", id);
    store.announce("customers/delete", gone({ type: "customer", record: customer }));
    return id;
  });
}

export function newAddress(store: Store, input: AddressInput): Address {
  return {
    firstName: null,
    lastName: null,
    company: null,
    ...NOWHERE,
    ...given(input),
    id: store.ids.mint("MailingAddress"),
  };
}

function freeEmail(store: Store, wanted: string | null | undefined, ownId: Id | null): string | null {
  const email = checkEmail(wanted)?.toLowerCase() ?? null;
  if (email && store.where("customers", "email", email).some((other) => other.id !== ownId)) {
    throw new UserError(["email"], "Email has already been taken", "TAKEN");
  }
  return email;
}
