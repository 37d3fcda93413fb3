// Parts that several records share. A descriptor's fragment document carries those it uses behind its own.

export const MONEY = /* GraphQL */ `
  fragment Money on MoneyBag {
    shopMoney {
      amount
      currencyCode
    }
    presentmentMoney {
      amount
      currencyCode
    }
  }
`;

/**
 * Of a bag whose currencies are those of its order, or of another bag beside it: with them, a bulk file of orders would be
 * a sixth longer.
 */
export const AMOUNTS = /* GraphQL */ `
  fragment Amounts on MoneyBag {
    shopMoney {
      amount
    }
    presentmentMoney {
      amount
    }
  }
`;

export const TAX_LINE = /* GraphQL */ `
  fragment TaxLine on TaxLine {
    title
    rate
    channelLiable
    priceSet {
      ...Money
    }
  }
`;

export const ALLOCATION = /* GraphQL */ `
  fragment Allocation on DiscountAllocation {
    allocatedAmountSet {
      ...Money
    }
    discountApplication {
      __typename
      index
      targetType
      targetSelection
      allocationMethod
      value {
        __typename
        ... on MoneyV2 {
          amount
          currencyCode
        }
        ... on PricingPercentageValue {
          percentage
        }
      }
      ... on AutomaticDiscountApplication {
        title
      }
      ... on DiscountCodeApplication {
        code
      }
      ... on ManualDiscountApplication {
        title
        description
      }
      ... on ScriptDiscountApplication {
        title
      }
    }
  }
`;

export const ADDRESS = /* GraphQL */ `
  fragment Address on MailingAddress {
    firstName
    lastName
    name
    company
    address1
    address2
    city
    province
    provinceCode
    country
    countryCodeV2
    zip
    phone
    latitude
    longitude
  }
`;
