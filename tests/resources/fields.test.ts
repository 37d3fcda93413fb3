// docs/fields.md says of every field of Shopify's that is not mirrored why not: a field that a new version of the API
// brings must be mirrored or told of there.
import { readFileSync } from "node:fs";
import path from "node:path";
import { buildSchema, getNamedType, isInterfaceType, isObjectType, parse, TypeInfo, visit } from "graphql";
import { visitWithTypeInfo } from "graphql";
import { expect, it } from "vitest";
import { resources } from "#app/resources/index.ts";
import { entryListing, nodesDocument, parentsDocument } from "#app/shopify/documents.ts";
import { apartListing, holdersIn } from "#app/shopify/entries.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const schema = buildSchema(readFileSync(path.join(ROOT, "sandbox/schema/admin-2026-10.graphql"), "utf8"), {
  assumeValidSDL: true,
});
const page = readFileSync(path.join(ROOT, "docs/fields.md"), "utf8");

const TYPES = [
  ...[
    "Order",
    "LineItem",
    "ShippingLine",
    "OrderTransaction",
    "Refund",
    "RefundLineItem",
    "RefundShippingLine",
  ],
  ...[
    "OrderAdjustment",
    "Fulfillment",
    "FulfillmentLineItem",
    "Return",
    "ReturnLineItem",
    "ExchangeLineItem",
  ],
  ...["UnverifiedReturnLineItem", "PaymentTerms", "PaymentSchedule", "FulfillmentOrder"],
  ...["FulfillmentOrderLineItem", "Customer", "Product", "ProductVariant", "MediaImage", "Collection"],
  ...["CustomerEmailAddress", "CustomerPhoneNumber", "CustomerSmsMarketingConsent"],
  ...["CustomerWhatsAppMarketingConsent"],
  ...["ResourcePublicationV2", "InventoryItem", "InventoryLevel", "Location", "Metafield"],
];

/** "Type.field" of all that descriptors ask for. */
const asked = new Set<string>();
for (const resource of resources) {
  const listings = [
    ...holdersIn(resource).map((holder) => entryListing(holder)),
    ...(resource.apart ?? []).map((connection) => apartListing(resource, connection)),
  ];
  const documents = [nodesDocument(resource), ...listings.map(nodesDocument)];
  if (resource.list.within) documents.push(parentsDocument(resource));
  for (const document of documents) {
    const types = new TypeInfo(schema);
    const look = {
      Field: ({ name }: { name: { value: string } }) => {
        const parent = types.getParentType();
        if (!parent) return;
        const alike = isInterfaceType(parent) ? schema.getPossibleTypes(parent) : [parent];
        for (const type of alike) asked.add(`${type.name}.${name.value}`);
      },
    };
    visit(parse(document), visitWithTypeInfo(types, look));
  }
}

it.each(TYPES)("%s: what is not mirrored has a reason", (name) => {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`the schema has no ${name}`);
  const left = Object.values(type.getFields()).filter(
    (field) => field.deprecationReason === undefined && !asked.has(`${name}.${field.name}`),
  );
  const untold = left.filter((field) => !page.includes(`\`${field.name}\``));
  expect(untold.map((field) => `${field.name}: ${getNamedType(field.type).name}`)).toEqual([]);
});
