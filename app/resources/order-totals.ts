// The sums of an order, as it was placed and as it is now, in the shop's currency and in the buyer's.
import type { OrderTotalsFragment } from "#app/shopify/generated.ts";
import { money, moneyIn, type Columns } from "./columns.ts";

/** Goes with the order's own fragment, which has the two bags. */
export const ORDER_TOTALS = /* GraphQL */ `
  fragment OrderTotals on Order {
    subtotalPriceSet {
      ...Amounts
    }
    totalDiscountsSet {
      ...Amounts
    }
    totalShippingPriceSet {
      ...Amounts
    }
    totalTaxSet {
      ...Amounts
    }
    totalPriceSet {
      ...Amounts
    }
    totalTipReceivedSet {
      ...Amounts
    }
    originalTotalDutiesSet {
      ...Amounts
    }
    originalTotalAdditionalFeesSet {
      ...Amounts
    }
    originalTotalPriceSet {
      ...Amounts
    }
    cartDiscountAmountSet {
      ...Amounts
    }
    currentSubtotalPriceSet {
      ...Amounts
    }
    currentTotalDiscountsSet {
      ...Amounts
    }
    currentShippingPriceSet {
      ...Amounts
    }
    currentTotalTaxSet {
      ...Amounts
    }
    currentTotalDutiesSet {
      ...Amounts
    }
    currentTotalAdditionalFeesSet {
      ...Amounts
    }
    currentCartDiscountAmountSet {
      ...Amounts
    }
    currentTotalPriceSet {
      ...Amounts
    }
    totalReceivedSet {
      ...Amounts
    }
    totalRefundedSet {
      ...Amounts
    }
    totalRefundedShippingSet {
      ...Amounts
    }
    refundDiscrepancySet {
      ...Amounts
    }
    totalOutstandingSet {
      ...Amounts
    }
    totalCapturableSet {
      ...Amounts
    }
    netPaymentSet {
      ...Amounts
    }
    totalCashRoundingAdjustment {
      paymentSet {
        ...Amounts
      }
      refundSet {
        ...Amounts
      }
    }
  }
`;

export const TOTALS_COLUMNS: Columns<OrderTotalsFragment> = {
  ...money("subtotal", "subtotalPriceSet", "nullable"),
  ...money("totalDiscounts", "totalDiscountsSet", "nullable"),
  ...money("totalShipping", "totalShippingPriceSet"),
  ...money("totalTax", "totalTaxSet", "nullable"),
  ...money("totalPrice", "totalPriceSet"),
  ...money("totalTip", "totalTipReceivedSet"),
  ...money("totalDuties", "originalTotalDutiesSet", "nullable"),
  ...money("totalFees", "originalTotalAdditionalFeesSet", "nullable"),
  ...money("originalTotal", "originalTotalPriceSet"),
  ...money("cartDiscount", "cartDiscountAmountSet", "nullable"),
  ...money("currentSubtotal", "currentSubtotalPriceSet"),
  ...money("currentDiscounts", "currentTotalDiscountsSet"),
  ...money("currentShipping", "currentShippingPriceSet"),
  ...money("currentTax", "currentTotalTaxSet"),
  ...money("currentDuties", "currentTotalDutiesSet", "nullable"),
  ...money("currentFees", "currentTotalAdditionalFeesSet", "nullable"),
  ...money("currentCartDiscount", "currentCartDiscountAmountSet"),
  ...money("currentTotal", "currentTotalPriceSet"),
  ...money("totalReceived", "totalReceivedSet"),
  ...money("totalRefunded", "totalRefundedSet"),
  ...money("totalRefundedShipping", "totalRefundedShippingSet"),
  ...money("refundDiscrepancy", "refundDiscrepancySet"),
  ...money("totalOutstanding", "totalOutstandingSet"),
  ...money("totalCapturable", "totalCapturableSet"),
  ...money("netPayment", "netPaymentSet"),
  ...moneyIn("cashRoundingPayment", "totalCashRoundingAdjustment", "paymentSet"),
  ...moneyIn("cashRoundingRefund", "totalCashRoundingAdjustment", "refundSet"),
};
