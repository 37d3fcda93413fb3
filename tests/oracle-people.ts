// What the mirror must hold of customers, collections and metafields, from the store's truth export.
import { createHash } from "node:crypto";
import type { ExportedCustomer, TruthExport } from "#sandbox/store/export.ts";
import type { Consent } from "#sandbox/store/rarities.ts";
import type { Address, Frozen } from "#sandbox/store/truth.ts";
import type { Expected } from "./oracle.ts";

export function expectedCustomers({ customers, locations }: TruthExport): Expected[] {
  const places = new Set(locations.map(({ id }) => id));
  return customers.map((customer) => ({
    id: customer.id,
    gid: customer.gid,
    first_name: customer.firstName,
    last_name: customer.lastName,
    display_name: namesOf(customer) || (customer.email ?? customer.phone ?? ""),
    email: customer.email,
    email_marketing_state: customer.email === null ? null : customer.emailMarketing.state,
    email_marketing_opt_in_level: customer.email === null ? null : "SINGLE_OPT_IN",
    email_marketing_updated_at: customer.email === null ? null : customer.emailMarketing.updatedAt,
    email_marketing_location_id:
      customer.email !== null && customer.emailMarketing.updatedAt !== null
        ? placeOf(customer, places)
        : null,
    email_open_tracking: customer.email === null ? null : customer.rarities.emailOpenTracking,
    phone: customer.phone,
    ...consent("sms", customer, customer.rarities.sms, places),
    ...consent("whatsapp", customer, customer.rarities.whatsApp, places),
    note: customer.note,
    tags: [...customer.tags].sort(),
    locale: customer.locale,
    state: customer.state,
    verified_email: customer.verifiedEmail,
    tax_exempt: customer.taxExempt,
    tax_exemptions: customer.rarities.taxExemptions,
    tax_id: customer.rarities.taxId,
    multipass_identifier: customer.rarities.multipassIdentifier,
    data_sale_opt_out: customer.rarities.dataSaleOptOut,
    default_address: addressOf(customer.addresses.find(({ id }) => id === customer.defaultAddressId)),
    addresses: customer.addresses.map(addressOf),
    created_at: customer.createdAt,
    updated_at: customer.updatedAt,
  }));
}

const placeOf = ({ askedLocationId: id }: ExportedCustomer, places: ReadonlySet<string>) =>
  id !== null && places.has(id) ? id : null;

function consent(
  name: string,
  customer: ExportedCustomer,
  { state, optInLevel, collectedFrom, updatedAt }: Consent,
  places: ReadonlySet<string>,
): Expected {
  const has = customer.phone !== null;
  return {
    [`${name}_marketing_state`]: has ? state : null,
    [`${name}_marketing_opt_in_level`]: has ? optInLevel : null,
    [`${name}_marketing_collected_from`]: has ? collectedFrom : null,
    [`${name}_marketing_updated_at`]: has ? updatedAt : null,
    [`${name}_marketing_location_id`]: has && updatedAt !== null ? placeOf(customer, places) : null,
  };
}

function namesOf({ firstName, lastName }: { firstName: string | null; lastName: string | null }): string {
  return [firstName, lastName].filter((part) => part !== null && part !== "").join(" ");
}

function addressOf(address: Frozen<Address> | undefined): Expected | null {
  if (!address) return null;
  const { id: _, countryCode, ...same } = address;
  return { ...same, name: namesOf(address) || null, countryCodeV2: countryCode };
}

export function expectedCollections({ collections }: TruthExport): Expected[] {
  return collections.map((collection) => ({
    id: collection.id,
    gid: collection.gid,
    title: collection.title,
    handle: collection.handle,
    description_html: collection.descriptionHtml,
    sort_order: collection.sortOrder,
    template_suffix: collection.templateSuffix,
    seo_title: collection.rarities.seo.title,
    seo_description: collection.rarities.seo.description,
    image: collection.rarities.image,
    sources: [
      {
        id: `gid://shopify/CollectionConditionsSource/${collection.id}`,
        kind: "conditions",
        title: collection.title,
        target: "PRODUCTS",
        inclusion: {
          match: collection.conditions.length === 0 ? null : collection.matchType,
          conditions: collection.conditions.map(({ on, values }) => ({
            on,
            metafield: null,
            relation: on === "productTag" ? "TAGGED_WITH" : "EQUALS",
            match: "ANY",
            values,
          })),
        },
        exclusion: null,
        collections: null,
      },
    ],
    updated_at: collection.updatedAt,
  }));
}

export function expectedMembers({ collections, products }: TruthExport): Expected[] {
  const alive = new Set(products.map(({ id }) => id));
  return collections.flatMap(({ id, sortOrder, productIds }) =>
    productIds
      .filter((productId) => alive.has(productId))
      .map((productId, index) => ({
        collection_id: id,
        product_id: productId,
        position: sortOrder === "MANUAL" ? index + 1 : null,
      })),
  );
}

const MIRRORED_OWNERS = ["PRODUCT", "PRODUCTVARIANT", "ORDER", "CUSTOMER", "COLLECTION"];

export function expectedMetafields({ metafields }: TruthExport): Expected[] {
  return metafields
    .filter(({ ownerType }) => MIRRORED_OWNERS.includes(ownerType))
    .map((field) => ({
      id: field.id,
      gid: field.gid,
      owner_type: field.ownerType,
      owner_id: field.ownerId,
      namespace: field.namespace,
      key: field.key,
      type: field.type,
      value: field.value,
      compare_digest: createHash("sha256").update(`${field.type}\n${field.value}`).digest("hex"),
      created_at: field.createdAt,
      updated_at: field.updatedAt,
    }));
}
