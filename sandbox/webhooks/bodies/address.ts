// Postal addresses: of orders, and of customers (which have ids and a default one).
import type { Address, Frozen, Id } from "../../store/truth.ts";
import { integer, type Body } from "./json.ts";

export function fullName(person: {
  readonly firstName: string | null;
  readonly lastName: string | null;
}): string {
  return [person.firstName, person.lastName].filter((part) => part !== null && part !== "").join(" ");
}

/** Order's billing or shipping address, fulfillment's destination. */
export function orderAddress(address: Frozen<Address> | null): Body | null {
  if (!address) return null;
  return {
    first_name: address.firstName,
    address1: address.address1,
    phone: address.phone,
    city: address.city,
    zip: address.zip,
    province: address.province,
    country: address.country,
    last_name: address.lastName,
    address2: address.address2,
    company: address.company,
    latitude: address.latitude,
    longitude: address.longitude,
    name: fullName(address),
    country_code: address.countryCode,
    province_code: address.provinceCode,
  };
}

export function customerAddress(address: Frozen<Address>, customerId: Id, isDefault: boolean): Body {
  return {
    id: integer(address.id),
    customer_id: integer(customerId),
    first_name: address.firstName,
    last_name: address.lastName,
    company: address.company,
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    province: address.province,
    country: address.country,
    zip: address.zip,
    phone: address.phone,
    name: fullName(address),
    province_code: address.provinceCode,
    country_code: address.countryCode,
    country_name: address.country,
    default: isDefault,
  };
}
