/**
 * Values inside an order: addresses, taxes, discounts, attributes. Plain objects, read by key.
 */
import {
  gid,
  type Address,
  type Attribute,
  type DiscountAllocation,
  type Frozen,
  type Order,
  type TaxLine,
} from "../../store/truth.ts";
import { bag, money } from "./values.ts";

export const attributesOf = (attributes: readonly Frozen<Attribute>[]) =>
  attributes.map(({ key, value }) => ({ __typename: "Attribute", key, value }));

export function addressOf(address: Frozen<Address> | null) {
  if (!address) return null;
  const name = [address.firstName, address.lastName].filter((part) => part !== null && part !== "").join(" ");
  return {
    ...address,
    __typename: "MailingAddress",
    id: gid("MailingAddress", address.id),
    name: name === "" ? null : name,
    countryCodeV2: address.countryCode,
    formattedArea: [address.city, address.provinceCode, address.country]
      .filter((part) => part !== null)
      .join(", "),
  };
}

export const taxLinesOf = (order: Frozen<Order>, lines: readonly Frozen<TaxLine>[]) =>
  lines.map((line) => ({
    __typename: "TaxLine",
    title: line.title,
    rate: line.rate,
    ratePercentage: Number((line.rate * 100).toFixed(4)),
    channelLiable: line.channelLiable,
    source: line.source,
    priceSet: bag(order, line.price),
  }));

const APPLICATION_TYPES = {
  code: "DiscountCodeApplication",
  automatic: "AutomaticDiscountApplication",
  manual: "ManualDiscountApplication",
} as const;

export function applicationOf(order: Frozen<Order>, index: number) {
  const application = order.discountApplications[index];
  if (!application) throw new Error(`Order ${order.id} has no discount application ${index}.`);
  return {
    __typename: APPLICATION_TYPES[application.kind],
    index,
    code: application.code,
    title: application.title ?? "",
    description: application.description,
    allocationMethod: application.allocationMethod,
    targetSelection: application.targetSelection,
    targetType: application.targetType,
    value:
      application.valueType === "percentage"
        ? { __typename: "PricingPercentageValue", percentage: Number(application.value) }
        : money(application.value, order.presentmentCurrency),
  };
}

export const allocationsOf = (order: Frozen<Order>, allocations: readonly Frozen<DiscountAllocation>[]) =>
  allocations.map((allocation) => ({
    __typename: "DiscountAllocation",
    allocatedAmountSet: bag(order, allocation.amount),
    discountApplication: applicationOf(order, allocation.index),
  }));
