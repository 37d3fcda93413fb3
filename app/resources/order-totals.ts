// The sums of an order, as it was placed and as it is now, in the shop's currency and in the buyer's.
import type { OrderTotalsFragment } from "#app/shopify/generated.ts";
import { money, moneyIn, type Columns } from "./columns.ts";

/** Goes with the order's own fragment, which has the money bag. */
export const ORDER_TOTALS = /* GraphQL */ `
  fragment OrderTotals on Order {
    subtotalPriceSet {
      ...Money
    }
    totalDiscountsSet {
      ...Money
    }
    totalShippingPriceSet {
      ...Money
    }
    totalTaxSet {
      ...Money
    }
    totalPriceSet {
      ...Money
    }
    totalTipReceivedSet {
      ...Money
    }
    originalTotalDutiesSet {
      ...Money
    }
    originalTotalAdditionalFeesSet {
      ...Money
    }
    originalTotalPriceSet {
      ...Money
    }
    cartDiscountAmountSet {
      ...Money
    }
    currentSubtotalPriceSet {
      ...Money
    }
    currentTotalDiscountsSet {
      ...Money
    }
    currentShippingPriceSet {
      ...Money
    }
    currentTotalTaxSet {
      ...Money
    }
    currentTotalDutiesSet {
      ...Money
    }
    currentTotalAdditionalFeesSet {
      ...Money
    }
    currentCartDiscountAmountSet {
      ...Money
    }
    currentTotalPriceSet {
      ...Money
    }
    totalReceivedSet {
      ...Money
    }
    totalRefundedSet {
      ...Money
    }
    totalRefundedShippingSet {
      ...Money
    }
    refundDiscrepancySet {
      ...Money
    }
    totalOutstandingSet {
      ...Money
    }
    totalCapturableSet {
      ...Money
    }
    netPaymentSet {
      ...Money
    }
    totalCashRoundingAdjustment {
      paymentSet {
        ...Money
      }
      refundSet {
        ...Money
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
