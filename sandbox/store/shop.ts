// The invented shop that a store is, unless told otherwise; and what its records are called in messages.

import type { Saved, Shop, TableName } from "./truth.ts";

export const SHOP_DEFAULTS: Omit<Shop, keyof Saved> = {
  name: "Linden & Kiln",
  domain: "counterfoil-sandbox.myshopify.com",
  email: "hello@lindenandkiln.example.com",
  currency: "USD",
  enabledPresentmentCurrencies: ["USD", "EUR", "JPY", "KWD"],
  timezone: "America/New_York",
  timezoneOffsetMinutes: -300,
  weightUnit: "GRAMS",
  taxesIncluded: false,
  plan: "basic",
  ownerName: "Ida Linden",
  phone: null,
  address: {
    id: "1",
    firstName: "Ida",
    lastName: "Linden",
    company: "Linden & Kiln",
    address1: "18 Kiln Lane",
    address2: null,
    city: "Portland",
    province: "Maine",
    provinceCode: "ME",
    country: "United States",
    countryCode: "US",
    zip: "04101",
    phone: null,
    latitude: 43.6591,
    longitude: -70.2568,
  },
};

export const NOUNS: Record<TableName, string> = {
  shop: "Shop",
  locations: "Location",
  products: "Product",
  variants: "Product variant",
  inventoryItems: "Inventory item",
  inventoryLevels: "Inventory level",
  customers: "Customer",
  collections: "Collection",
  metafields: "Metafield",
  orders: "Order",
  deletions: "Deletion",
};
