// Customers with their consents and addresses. How often and for how much they bought is not among the columns: orders
// move these figures without any news of the customer, and the mirrored orders tell them exactly (`orders.customer_id`).
import { BadBody } from "#app/shopify/errors.ts";
import type { CustomerFieldsFragment } from "#app/shopify/generated.ts";
import type { Row } from "#app/sync/change.ts";
import { address, always, inside, maybe, statedRow, tags, wholeRow } from "./columns.ts";
import type { Columns, Stated } from "./columns.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import { ADDRESS } from "./fragments.ts";
import * as rest from "./rest.ts";
import { at, flag, idOf, linkTo, listOf, nullable, text, time, type Reader } from "./values.ts";

const CUSTOMER_FIELDS = /* GraphQL */ `
  fragment CustomerFields on Customer {
    id
    firstName
    lastName
    displayName
    defaultEmailAddress {
      emailAddress
      marketingState
      marketingOptInLevel
      marketingUpdatedAt
      openTrackingLevel
      sourceLocation {
        id
      }
    }
    defaultPhoneNumber {
      phoneNumber
      smsMarketingConsent {
        ...Consent
      }
      whatsAppMarketingConsent {
        ...Consent
      }
    }
    note
    tags
    locale
    state
    verifiedEmail
    taxExempt
    taxExemptions
    taxSettings {
      taxId
    }
    multipassIdentifier
    dataSaleOptOut
    defaultAddress {
      ...Address
    }
    createdAt
    updatedAt
  }
  fragment Consent on CustomerMarketingConsent {
    state
    optInLevel
    collectedFrom
    updatedAt
    sourceLocation {
      id
    }
  }
  ${ADDRESS}
`;

const ADDRESS_FIELDS = /* GraphQL */ `
  fragment CustomerAddressFields on MailingAddress {
    ...Address
  }
  ${ADDRESS}
`;

const ofEmail = (field: string, read: Reader = text) =>
  inside<CustomerFieldsFragment>("defaultEmailAddress", [field], read);

/** The columns of one of the consents that belong to a phone number. */
function consent(name: string, field: string): Columns<CustomerFieldsFragment> {
  const of = (part: string, read: Reader = text) =>
    inside<CustomerFieldsFragment>("defaultPhoneNumber", [field, part], read);
  return {
    [`${name}State`]: of("state"),
    [`${name}OptInLevel`]: of("optInLevel"),
    [`${name}CollectedFrom`]: of("collectedFrom"),
    [`${name}UpdatedAt`]: of("updatedAt", time),
    [`${name}LocationId`]: of("sourceLocation", linkTo("Location")),
  };
}

const CONSENT_COLUMNS: Columns<CustomerFieldsFragment> = {
  emailMarketingState: ofEmail("marketingState"),
  emailMarketingOptInLevel: ofEmail("marketingOptInLevel"),
  emailMarketingUpdatedAt: ofEmail("marketingUpdatedAt", time),
  emailMarketingLocationId: ofEmail("sourceLocation", linkTo("Location")),
  emailOpenTracking: ofEmail("openTrackingLevel"),
  ...consent("smsMarketing", "smsMarketingConsent"),
  ...consent("whatsAppMarketing", "whatsAppMarketingConsent"),
  dataSaleOptOut: always("dataSaleOptOut", flag),
};
/** They name nobody, so a shop that keeps no personal data has them; a person's redaction erases them. */
export const CONSENTS: readonly string[] = Object.keys(CONSENT_COLUMNS);
const CONSENT_PLACES = CONSENTS.filter((name) => name.endsWith("LocationId"));

const COLUMNS: Columns<CustomerFieldsFragment> = {
  id: always("id", idOf("Customer")),
  gid: always("id", text),
  firstName: maybe("firstName", text),
  lastName: maybe("lastName", text),
  displayName: maybe("displayName", text),
  email: ofEmail("emailAddress"),
  phone: inside("defaultPhoneNumber", ["phoneNumber"]),
  ...CONSENT_COLUMNS,
  note: maybe("note", text),
  tags: always("tags", tags),
  locale: always("locale", text),
  state: always("state", text),
  verifiedEmail: always("verifiedEmail", flag),
  taxExempt: always("taxExempt", flag),
  taxExemptions: always("taxExemptions", listOf(text)),
  taxId: always("taxSettings", at(["taxId"], nullable(text))),
  multipassIdentifier: maybe("multipassIdentifier", text),
  defaultAddress: maybe("defaultAddress", address),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
};

/** News of a part of a customer: who it is, by the field that says it. */
const NAMED: Readonly<Record<string, (body: Body) => string>> = {
  "customers_email_marketing_consent/update": (body) => rest.keyIn(body, "customer_id"),
  // Of the consent to SMS.
  "customers_marketing_consent/update": (body) => rest.keyIn(body),
  "customer.tags_added": (body) => rest.keyOfGidIn(body, "customerId"),
  "customer.tags_removed": (body) => rest.keyOfGidIn(body, "customerId"),
};

export const customers: Resource = {
  name: "customers",
  type: "Customer",
  model: "Customer",
  childModels: [],
  scopes: ["read_customers"],
  after: [],
  topics: {
    changed: ["customers/create", "customers/update", "customers/enable", "customers/disable"],
    // Neither consents nor tags are in the bodies of the topics above.
    partial: ["customers/merge", ...Object.keys(NAMED)],
    deleted: ["customers/delete"],
  },
  topicScopes: { "customers/merge": "read_customer_merge" },
  fragment: CUSTOMER_FIELDS,
  connections: [
    {
      field: "addressesV2",
      type: "MailingAddress",
      fragment: ADDRESS_FIELDS,
      pageSize: 10,
      fills: ["addresses"],
    },
  ],
  list: { root: "customers" },
  count: "customersCount",
  cursor: { filter: "updated_at" },
  isDated: true,
  // The list does not know created_at, the count nothing else.
  created: { list: "customer_date", count: "created_at" },
  // Tags, consents and sums have topics of their own since 2025-01.
  isPartlyTold: true,
  gid: (key) => rest.gidOf("Customer", key),
  fromNode,
  fromWebhook,
  columns: { Customer: COLUMNS },
  groups: [
    { name: "customer_addresses", columns: { Customer: ["defaultAddress", "addresses"] } },
    { name: "consents", columns: { Customer: CONSENTS } },
    // A location is an object of a scope of its own, even for an id alone.
    { name: "consent_places", columns: { Customer: CONSENT_PLACES }, scope: "read_locations" },
    { name: "customer_notes", columns: { Customer: ["note"] } },
    { name: "taxes", columns: { Customer: ["taxExempt", "taxExemptions", "taxId"] } },
  ],
  personal: {
    Customer: [
      "firstName",
      "lastName",
      "displayName",
      "email",
      "phone",
      "note",
      "tags",
      "taxId",
      "multipassIdentifier",
      "defaultAddress",
      "addresses",
    ],
  },
};

function fromNode(node: Node): Reading {
  const row: Row = {
    ...wholeRow<CustomerFieldsFragment>(COLUMNS, node),
    addresses: listOf(address)(node.addressesV2, "addressesV2"),
  };
  return { key: String(row.id), updatedAt: row.updatedAt as string, row, children: {} };
}

function fromWebhook(body: Body, topic: string): Notice {
  if (topic === "customers/merge") return merged(body);
  const named = NAMED[topic];
  if (named) return { says: "look", key: named(body) };
  const key = rest.keyIn(body);
  if (topic === "customers/delete") return { says: "deleted", key };
  return {
    says: "changed",
    complete: true,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row: { ...statedRow(COLUMNS, customerIn(body, key)), ...contactIn(body) },
      children: {},
    },
  };
}

/** One of two is gone when the merge is done; before that, and when it failed, the other one is all there is to see. */
function merged(body: Body): Notice {
  const read = idOf("Customer");
  const { admin_graphql_api_customer_kept_id: kept, admin_graphql_api_customer_deleted_id: gone } = body;
  if (typeof kept !== "string" || typeof gone !== "string") throw new BadBody("no two customers in the body");
  return body.status === "completed"
    ? { says: "deleted", key: read(gone, "admin_graphql_api_customer_deleted_id") }
    : { says: "look", key: read(kept, "admin_graphql_api_customer_kept_id") };
}

/** Consents are not in bodies, and their addresses lack the coordinates: both are left to the confirming read. */
function customerIn(body: Body, key: string): Stated<CustomerFieldsFragment> {
  return {
    id: rest.gidOf("Customer", key),
    firstName: body.first_name,
    lastName: body.last_name,
    note: body.note,
    tags: rest.tagList(body.tags),
    state: rest.capitals(body.state),
    verifiedEmail: body.verified_email,
    taxExempt: body.tax_exempt,
    multipassIdentifier: body.multipass_identifier,
    createdAt: body.created_at ?? undefined,
    updatedAt: body.updated_at ?? undefined,
  };
}

function contactIn({ email, phone }: Body): Row {
  return {
    ...(email === undefined ? {} : { email: nullable(text)(email, "email") }),
    ...(phone === undefined ? {} : { phone: nullable(text)(phone, "phone") }),
  };
}
