/**
 * By when an order is to be paid.
 */
import { paymentSchedule, termsName } from "../../store/states.ts";
import { gid, type Frozen, type Order, type PaymentTerms } from "../../store/truth.ts";
import { connection, page, source, typeFields, type TypeFields } from "./fields.ts";
import { money, time } from "./values.ts";

type Agreed = { order: Frozen<Order>; terms: Frozen<PaymentTerms> };

const PaymentTermsFields = typeFields<Agreed>({
  id: ({ terms }) => gid("PaymentTerms", terms.id),
  paymentTermsName: ({ terms }) => termsName(terms),
  translatedName: ({ terms }) => termsName(terms),
  paymentTermsType: ({ terms }) => terms.type,
  dueInDays: ({ terms }) => (terms.type === "NET" ? terms.dueInDays : null),
  order: ({ order }) => source("Order", order),
  draftOrder: () => null,
  paymentSchedules: connection([], ({ order }) => {
    const shown = paymentSchedule(order);
    return page(shown ? [shown] : [], {
      idOf: ({ id }) => id,
      toNode: (each) => ({
        __typename: "PaymentSchedule",
        id: gid("PaymentSchedule", each.id),
        issuedAt: time(each.issuedAt),
        dueAt: time(each.dueAt),
        completedAt: time(each.completedAt),
        balanceDue: money(each.balanceDue, order.presentmentCurrency),
        totalBalance: money(each.totalBalance, order.presentmentCurrency),
      }),
    });
  }),
});

export const termsTypes: Record<string, TypeFields> = { PaymentTerms: PaymentTermsFields };
