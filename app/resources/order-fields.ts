// What is read of an order itself, and into which columns it goes.
import type { OrderFieldsFragment } from "#app/shopify/generated.ts";
import { additionalFees, address, always, attributes, inside, maybe } from "./columns.ts";
import { tags, taxLines, type Columns } from "./columns.ts";
import { ADDRESS, AMOUNTS, MONEY, TAX_LINE } from "./fragments.ts";
import { ORDER_TOTALS, TOTALS_COLUMNS } from "./order-totals.ts";
import {
  at,
  currency,
  fields,
  flag,
  idOf,
  int,
  int8,
  linkTo,
  listOf,
  nullable,
  shape,
  text,
  time,
} from "./values.ts";

export const ORDER_FIELDS = /* GraphQL */ `
  fragment OrderFields on Order {
    id
    name
    number
    confirmationNumber
    poNumber
    email
    phone
    note
    tags
    test
    confirmed
    closed
    edited
    createdAt
    updatedAt
    processedAt
    closedAt
    cancelledAt
    cancelReason
    cancellation {
      staffNote
    }
    sourceName
    sourceIdentifier
    cartToken
    checkoutToken
    clientIp
    customerLocale
    displayFinancialStatus
    displayFulfillmentStatus
    returnStatus
    fullyPaid
    unpaid
    requiresShipping
    taxesIncluded
    taxExempt
    estimatedTaxes
    dutiesIncluded
    totalWeight
    currentTotalWeight
    customerAcceptsMarketing
    subtotalLineItemsQuantity
    currentSubtotalLineItemsQuantity
    discountCodes
    paymentGatewayNames
    currencyCode
    presentmentCurrencyCode
    app {
      id
    }
    merchantOfRecordApp {
      id
    }
    attribution {
      handle
    }
    publication {
      id
    }
    merchantBusinessEntity {
      id
    }
    registeredSourceUrl
    disputes {
      id
      initiatedAs
      status
    }
    retailLocation {
      id
    }
    customer {
      id
    }
    purchasingEntity {
      __typename
      ... on PurchasingCompany {
        company {
          id
          name
        }
        location {
          id
          name
        }
        contact {
          id
        }
      }
    }
    risk {
      recommendation
      assessments {
        riskLevel
        provider {
          id
        }
      }
    }
    shippingAddress {
      ...Address
    }
    billingAddress {
      ...Address
    }
    customAttributes {
      key
      value
    }
    taxLines {
      ...TaxLine
    }
    currentTaxLines {
      ...TaxLine
    }
    additionalFees {
      id
      name
      price {
        ...Money
      }
      taxLines {
        ...TaxLine
      }
    }
    ...OrderTotals
  }
  ${MONEY}
  ${AMOUNTS}
  ${TAX_LINE}
  ${ADDRESS}
  ${ORDER_TOTALS}
`;

/** Numbers that the law of some country wants on papers, such as the buyer's tax id. */
export const LOCALIZED_FIELDS = /* GraphQL */ `
  fragment LocalizedFields on LocalizedField {
    key
    value
    title
    purpose
    countryCode
  }
`;

const readLocalizedFields = listOf(
  shape({ key: text, value: text, title: text, purpose: text, countryCode: text }),
);

/** [{ key, value, title, purpose, countryCode }] */
export function localizedFieldsIn(value: unknown) {
  return readLocalizedFields(value, "localizedFields");
}

/** { level, appId }; without an app it is Shopify's own. */
function assessment(value: unknown, path: string) {
  const { riskLevel, provider } = fields(value, path);
  return {
    level: text(riskLevel, `${path}.riskLevel`),
    appId: nullable(linkTo("App"))(provider ?? null, `${path}.provider`),
  };
}

export const ORDER_COLUMNS: Columns<OrderFieldsFragment> = {
  id: always("id", idOf("Order")),
  gid: always("id", text),
  name: always("name", text),
  number: always("number", int),
  confirmationNumber: maybe("confirmationNumber", text),
  poNumber: maybe("poNumber", text),
  email: maybe("email", text),
  phone: maybe("phone", text),
  note: maybe("note", text),
  tags: always("tags", tags),
  test: always("test", flag),
  confirmed: always("confirmed", flag),
  closed: always("closed", flag),
  edited: always("edited", flag),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
  processedAt: always("processedAt", time),
  closedAt: maybe("closedAt", time),
  cancelledAt: maybe("cancelledAt", time),
  cancelReason: maybe("cancelReason", text),
  cancelNote: maybe("cancellation", at(["staffNote"], nullable(text))),
  sourceName: maybe("sourceName", text),
  sourceIdentifier: maybe("sourceIdentifier", text),
  appId: maybe("app", linkTo("App")),
  merchantOfRecordAppId: maybe("merchantOfRecordApp", linkTo("App")),
  channelHandle: maybe("attribution", at(["handle"], text)),
  publicationId: maybe("publication", linkTo("Publication")),
  // Not a number in all shops.
  businessEntityId: always("merchantBusinessEntity", at(["id"], text)),
  sourceUrl: maybe("registeredSourceUrl", text),
  retailLocationId: maybe("retailLocation", linkTo("Location")),
  cartToken: maybe("cartToken", text),
  checkoutToken: maybe("checkoutToken", text),
  clientIp: maybe("clientIp", text),
  customerLocale: maybe("customerLocale", text),
  financialStatus: maybe("displayFinancialStatus", text),
  fulfillmentStatus: always("displayFulfillmentStatus", text),
  returnStatus: always("returnStatus", text),
  fullyPaid: always("fullyPaid", flag),
  unpaid: always("unpaid", flag),
  riskRecommendation: always("risk", at(["recommendation"], text)),
  riskAssessments: always("risk", at(["assessments"], listOf(assessment))),
  disputes: always("disputes", listOf(shape({ id: text, initiatedAs: text, status: text }))),
  requiresShipping: always("requiresShipping", flag),
  taxesIncluded: always("taxesIncluded", flag),
  taxExempt: always("taxExempt", flag),
  estimatedTaxes: always("estimatedTaxes", flag),
  dutiesIncluded: always("dutiesIncluded", flag),
  totalWeight: maybe("totalWeight", int8),
  currentWeight: always("currentTotalWeight", int8),
  itemsQuantity: always("subtotalLineItemsQuantity", int),
  currentItemsQuantity: always("currentSubtotalLineItemsQuantity", int),
  customerId: maybe("customer", linkTo("Customer")),
  acceptsMarketing: always("customerAcceptsMarketing", flag),
  // A buyer who is no company has none of these fields.
  companyId: maybe("purchasingEntity", at(["company"], nullable(linkTo("Company")))),
  companyName: inside("purchasingEntity", ["company", "name"]),
  companyLocationName: inside("purchasingEntity", ["location", "name"]),
  companyLocationId: maybe("purchasingEntity", at(["location"], nullable(linkTo("CompanyLocation")))),
  companyContactId: maybe("purchasingEntity", at(["contact"], nullable(linkTo("CompanyContact")))),
  shippingAddress: maybe("shippingAddress", address),
  billingAddress: maybe("billingAddress", address),
  customAttributes: always("customAttributes", attributes),
  discountCodes: always("discountCodes", listOf(text)),
  paymentGatewayNames: always("paymentGatewayNames", listOf(text)),
  taxLines: always("taxLines", taxLines),
  currentTaxLines: always("currentTaxLines", taxLines),
  additionalFees: always("additionalFees", additionalFees),
  currencyCode: always("currencyCode", currency),
  presentmentCurrencyCode: always("presentmentCurrencyCode", currency),
  ...TOTALS_COLUMNS,
};
