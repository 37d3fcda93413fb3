// Customers: their own topics, and the shorter form inside orders.
import type { TagNews } from "../../store/events.ts";
import { customerRarities } from "../../store/rarities.ts";
import type { Customer, Frozen } from "../../store/truth.ts";
import { customerAddress } from "./address.ts";
import { gid, integer, time, type Body, type Context } from "./json.ts";

/** customers/create, customers/update, customers/enable, customers/disable */
export function customerBody(context: Context, customer: Frozen<Customer>): Body {
  const addresses = customer.addresses.map((address) =>
    customerAddress(address, customer.id, address.id === customer.defaultAddressId),
  );
  return { ...commonFields(context, customer, { addresses }), ...defaultAddress(customer) };
}

/** `order.customer` */
export function orderCustomer(context: Context, customer: Frozen<Customer>): Body {
  return { ...commonFields(context, customer, {}), ...defaultAddress(customer) };
}

export function deletedCustomer(customer: Frozen<Customer>): Body {
  return { id: integer(customer.id), tax_exemptions: [], admin_graphql_api_id: gid("Customer", customer.id) };
}

/** customers_email_marketing_consent/update */
export function emailConsentBody(context: Context, customer: Frozen<Customer>): Body {
  const { state, updatedAt } = customer.emailMarketing;
  return {
    customer_id: integer(customer.id),
    email_address: customer.email,
    email_marketing_consent: {
      state: state.toLowerCase(),
      opt_in_level: state === "SUBSCRIBED" ? "single_opt_in" : null,
      consent_updated_at: updatedAt && time(context, updatedAt),
    },
  };
}

/** customer.tags_added, customer.tags_removed: of the few topics in the API's own spelling. */
export function tagsBody({ id, tags, occurredAt }: Frozen<TagNews>): Body {
  return { customerId: gid("Customer", id), tags: [...tags], occurredAt };
}

function commonFields(context: Context, customer: Frozen<Customer>, middle: Body): Body {
  return {
    id: integer(customer.id),
    created_at: time(context, customer.createdAt),
    updated_at: time(context, customer.updatedAt),
    first_name: customer.firstName,
    last_name: customer.lastName,
    state: customer.state.toLowerCase(),
    note: customer.note,
    verified_email: customer.verifiedEmail,
    multipass_identifier: customerRarities(customer).multipassIdentifier,
    tax_exempt: customer.taxExempt,
    email: customer.email,
    phone: customer.phone,
    currency: context.shop.currency,
    ...middle,
    tax_exemptions: customerRarities(customer).taxExemptions,
    admin_graphql_api_id: gid("Customer", customer.id),
  };
}

/** A customer without an address has no such key at all. */
function defaultAddress(customer: Frozen<Customer>): Body {
  const address = customer.addresses.find((one) => one.id === customer.defaultAddressId);
  return address ? { default_address: customerAddress(address, customer.id, true) } : {};
}
