/**
 * Customers.
 */
import { customerCounts, ordersOf } from "../../store/lookups.ts";
import { decimalOf, minorOf } from "../../store/money.ts";
import { customerRarities, type Consent } from "../../store/rarities.ts";
import { totals } from "../../store/totals.ts";
import { gid, type Customer, type Frozen } from "../../store/truth.ts";
import type { ApiContext } from "../context.ts";
import { connection, page, source, typeFields, type TypeFields } from "./fields.ts";
import { metafieldFields } from "./metafield.ts";
import { addressOf } from "./order-values.ts";
import { ORDER_SEARCH, ORDER_SORTS } from "./searches.ts";
import { money, time, unsigned } from "./values.ts";

/** Of a consent that was asked for; a location that is gone since is shown no more. */
const askedAt = ({ askedLocationId }: Frozen<Customer>, { store }: ApiContext) => {
  const location = askedLocationId === null ? undefined : store.get("locations", askedLocationId);
  return location ? source("Location", location) : null;
};

const consent = (type: string, given: Consent, customer: Frozen<Customer>, context: ApiContext) => ({
  __typename: type,
  ...given,
  updatedAt: time(given.updatedAt),
  sourceLocation: given.updatedAt === null ? null : askedAt(customer, context),
});

const marketing = (customer: Frozen<Customer>) => ({
  marketingState: customer.emailMarketing.state,
  marketingOptInLevel: "SINGLE_OPT_IN",
  consentUpdatedAt: time(customer.emailMarketing.updatedAt),
});

export const customerTypes: Record<string, TypeFields> = {
  Customer: typeFields<Frozen<Customer>>({
    id: (customer) => gid("Customer", customer.id),
    legacyResourceId: (customer) => customer.id,
    firstName: (customer) => customer.firstName,
    lastName: (customer) => customer.lastName,
    displayName: (customer) =>
      [customer.firstName, customer.lastName].filter((part) => part).join(" ") ||
      (customer.email ?? customer.phone ?? ""),
    email: (customer) => customer.email,
    phone: (customer) => customer.phone,
    note: (customer) => customer.note,
    tags: (customer) => customer.tags,
    locale: (customer) => customer.locale,
    state: (customer) => customer.state,
    verifiedEmail: (customer) => customer.verifiedEmail,
    taxExempt: (customer) => customer.taxExempt,
    taxExemptions: (customer) => customerRarities(customer).taxExemptions,
    taxSettings: (customer) => ({ __typename: "TaxSettings", taxId: customerRarities(customer).taxId }),
    multipassIdentifier: (customer) => customerRarities(customer).multipassIdentifier,
    dataSaleOptOut: (customer) => customerRarities(customer).dataSaleOptOut,
    canDelete: (customer, _args, { store }) => ordersOf(store, customer.id).length === 0,
    createdAt: (customer) => time(customer.createdAt),
    updatedAt: (customer) => time(customer.updatedAt),
    numberOfOrders: (customer, _args, { store }) => unsigned(customerCounts(store, customer).numberOfOrders),
    lastOrder: (customer, _args, { store }) => {
      const { lastOrderId } = customerCounts(store, customer);
      return lastOrderId === null ? null : source("Order", store.need("orders", lastOrderId));
    },
    amountSpent: (customer, _args, { store }) => {
      const { currency } = store.shop;
      const spent = ordersOf(store, customer.id).reduce(
        (sum, order) => sum + minorOf(totals(order).netPayment.shop, currency),
        0n,
      );
      return money(decimalOf(spent, currency), currency);
    },
    defaultAddress: (customer) =>
      addressOf(customer.addresses.find((each) => each.id === customer.defaultAddressId) ?? null),
    addressesV2: connection([], (customer) =>
      page(customer.addresses, {
        idOf: (address) => address.id,
        toNode: addressOf,
      }),
    ),
    defaultEmailAddress: (customer, _args, context) =>
      customer.email === null
        ? null
        : {
            __typename: "CustomerEmailAddress",
            emailAddress: customer.email,
            marketingState: customer.emailMarketing.state,
            marketingOptInLevel: "SINGLE_OPT_IN",
            marketingUpdatedAt: time(customer.emailMarketing.updatedAt),
            validFormat: true,
            openTrackingLevel: customerRarities(customer).emailOpenTracking,
            sourceLocation: customer.emailMarketing.updatedAt === null ? null : askedAt(customer, context),
          },
    defaultPhoneNumber: (customer, _args, context) => {
      if (customer.phone === null) return null;
      const { sms, whatsApp } = customerRarities(customer);
      const smsConsent = consent("CustomerSmsMarketingConsent", sms, customer, context);
      return {
        __typename: "CustomerPhoneNumber",
        phoneNumber: customer.phone,
        marketingState: sms.state === "NEVER_SUBSCRIBED" ? "NOT_SUBSCRIBED" : sms.state,
        marketingOptInLevel: sms.optInLevel,
        marketingCollectedFrom: sms.collectedFrom,
        marketingUpdatedAt: smsConsent.updatedAt,
        sourceLocation: smsConsent.sourceLocation,
        smsMarketingConsent: smsConsent,
        whatsAppMarketingConsent: consent("CustomerWhatsAppMarketingConsent", whatsApp, customer, context),
      };
    },
    emailMarketingConsent: (customer) =>
      customer.email === null
        ? null
        : { __typename: "CustomerEmailMarketingConsentState", ...marketing(customer) },
    orders: connection([], (customer, _args, { store }) =>
      page(ordersOf(store, customer.id), {
        idOf: (order) => order.id,
        toNode: (order) => source("Order", order),
        sorts: ORDER_SORTS,
        search: ORDER_SEARCH,
      }),
    ),
    ...metafieldFields("CUSTOMER"),
  }),
};
