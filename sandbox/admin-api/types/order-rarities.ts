/**
 * What few orders have: see store/rarities.ts.
 */
import { CHANNELS } from "../../store/channels.ts";
import { orderRarities } from "../../store/rarities.ts";
import { gid, type Frozen, type Order } from "../../store/truth.ts";
import { connection, page, source, type FieldResolver } from "./fields.ts";
import { taxLinesOf } from "./order-values.ts";
import { bag } from "./values.ts";

export const rareOrderFields: Record<string, FieldResolver<Frozen<Order>>> = {
  additionalFees: (order) =>
    order.additionalFees.map(({ id, name, price, taxLines }) => ({
      __typename: "AdditionalFee",
      id: gid("AdditionalFee", id),
      name,
      price: bag(order, price),
      taxLines: taxLinesOf(order, taxLines),
    })),
  totalCashRoundingAdjustment: (order) => {
    const { payment, refund } = orderRarities(order).cashRounding;
    return {
      __typename: "CashRoundingAdjustment",
      paymentSet: bag(order, payment),
      refundSet: bag(order, refund),
    };
  },
  disputes: (order) =>
    orderRarities(order).disputes.map((dispute) => ({ __typename: "OrderDisputeSummary", ...dispute })),
  attribution: (order) => {
    const { channelHandle: handle } = orderRarities(order);
    return handle && { __typename: "OrderAttribution", handle, displayName: "Pop-up market", icon: null };
  },
  merchantOfRecordApp: (order) => {
    const { merchantOfRecordAppId: id } = orderRarities(order);
    return id && { __typename: "OrderApp", id: gid("App", id), name: "Cross-border sales" };
  },
  publication: (order) => {
    const channel = CHANNELS.find(({ id }) => id === orderRarities(order).publicationId);
    return channel
      ? { __typename: "Publication", id: gid("Publication", channel.id), name: channel.name }
      : null;
  },
  registeredSourceUrl: (order) => orderRarities(order).sourceUrl,
  estimatedTaxes: (order) => orderRarities(order).estimatedTaxes,
  localizedFields: connection([], (order) =>
    page(orderRarities(order).localizedFields, {
      idOf: () => order.id,
      toNode: (field) => ({ __typename: "LocalizedField", ...field }),
    }),
  ),
  risk: (order) => {
    const { recommendation, assessments } = orderRarities(order).risk;
    return {
      __typename: "OrderRiskSummary",
      recommendation,
      assessments: assessments.map(({ level, appId }) => ({
        __typename: "OrderRiskAssessment",
        riskLevel: level,
        facts: [],
        provider: appId && source("App", { appId }),
      })),
    };
  },
};
