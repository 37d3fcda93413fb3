// What the mirror must hold of customers, collections and metafields, from the store's truth export.
import { createHash } from "node:crypto";
import type { TruthExport } from "#sandbox/store/export.ts";
import type { Address, Frozen } from "#sandbox/store/truth.ts";
import type { Expected } from "./oracle.ts";

export function expectedCustomers({ customers }: TruthExport): Expected[] {
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
    phone: customer.phone,
    // The store knows no consent by SMS.
    sms_marketing_state: customer.phone === null ? null : "NEVER_SUBSCRIBED",
    sms_marketing_opt_in_level: customer.phone === null ? null : "SINGLE_OPT_IN",
    sms_marketing_collected_from: null,
    sms_marketing_updated_at: null,
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
