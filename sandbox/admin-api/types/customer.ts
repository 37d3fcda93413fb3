/**
 * Customers.
 */
import { customerCounts, ordersOf } from "../../store/lookups.ts";
import { decimalOf, minorOf } from "../../store/money.ts";
import { customerRarities } from "../../store/rarities.ts";
import { totals } from "../../store/totals.ts";
import { gid, type Customer, type Frozen } from "../../store/truth.ts";
import { connection, page, source, typeFields, type TypeFields } from "./fields.ts";
import { metafieldFields } from "./metafield.ts";
import { addressOf } from "./order-values.ts";
import { ORDER_SEARCH, ORDER_SORTS } from "./searches.ts";
import { money, time, unsigned } from "./values.ts";

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
    defaultEmailAddress: (customer) =>
      customer.email === null
        ? null
        : {
            __typename: "CustomerEmailAddress",
            emailAddress: customer.email,
            marketingState: customer.emailMarketing.state,
            marketingOptInLevel: "SINGLE_OPT_IN",
            marketingUpdatedAt: time(customer.emailMarketing.updatedAt),
            validFormat: true,
          },
    defaultPhoneNumber: (customer) =>
      customer.phone === null
        ? null
        : {
            __typename: "CustomerPhoneNumber",
            phoneNumber: customer.phone,
            marketingState: "NOT_SUBSCRIBED",
            marketingOptInLevel: "SINGLE_OPT_IN",
            marketingUpdatedAt: null,
            // The store's customers have no consents but that of e-mail.
            smsMarketingConsent: {
              __typename: "CustomerSmsMarketingConsent",
              state: "NEVER_SUBSCRIBED",
              optInLevel: "SINGLE_OPT_IN",
              collectedFrom: null,
              updatedAt: null,
              sourceLocation: null,
            },
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
