// What is read of an order's payment terms, and into which columns it goes. Whether one is due or overdue is not mirrored:
// that follows from the clock, without any news.
import type { PaymentScheduleFieldsFragment, PaymentTermsFieldsFragment } from "#app/shopify/generated.ts";
import { always, maybe, type Columns } from "./columns.ts";
import type { List } from "./define.ts";
import { at, currency, decimal, idOf, int, text, time } from "./values.ts";

const PAYMENT_TERMS_FIELDS = /* GraphQL */ `
  fragment PaymentTermsFields on PaymentTerms {
    id
    paymentTermsName
    paymentTermsType
    dueInDays
  }
`;

const PAYMENT_SCHEDULE_FIELDS = /* GraphQL */ `
  fragment PaymentScheduleFields on PaymentSchedule {
    id
    issuedAt
    dueAt
    completedAt
    balanceDue {
      amount
    }
    totalBalance {
      amount
      currencyCode
    }
  }
`;

export const PAYMENT_TERMS: List = {
  field: "paymentTerms",
  type: "PaymentTerms",
  fragment: PAYMENT_TERMS_FIELDS,
  model: "OrderPaymentTerms",
  state: ["paymentTermsName", "dueInDays"],
  connections: [
    {
      field: "paymentSchedules",
      type: "PaymentSchedule",
      fragment: PAYMENT_SCHEDULE_FIELDS,
      pageSize: 4,
      model: "OrderPaymentSchedule",
    },
  ],
};

export const PAYMENT_TERMS_COLUMNS: Columns<PaymentTermsFieldsFragment> = {
  id: always("id", idOf("PaymentTerms")),
  name: always("paymentTermsName", text),
  type: always("paymentTermsType", text),
  dueInDays: maybe("dueInDays", int),
};

export const PAYMENT_SCHEDULE_COLUMNS: Columns<PaymentScheduleFieldsFragment> = {
  id: always("id", idOf("PaymentSchedule")),
  issuedAt: maybe("issuedAt", time),
  dueAt: maybe("dueAt", time),
  completedAt: maybe("completedAt", time),
  currencyCode: always("totalBalance", at(["currencyCode"], currency)),
  balanceDue: always("balanceDue", at(["amount"], decimal)),
  totalBalance: always("totalBalance", at(["amount"], decimal)),
};
