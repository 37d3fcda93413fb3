// The shop (shop/update, app/uninstalled) and the topics about the app rather than the store.
import type { Frozen, Id, Shop, Time } from "../../store/truth.ts";
import { gid, integer, time, type Body, type Context } from "./json.ts";

const REST_WEIGHT_UNITS = { GRAMS: "g", KILOGRAMS: "kg", OUNCES: "oz", POUNDS: "lb" } as const;
const PLANS = {
  basic: { name: "basic", display: "Basic" },
  grow: { name: "professional", display: "Grow" },
  advanced: { name: "unlimited", display: "Advanced" },
  plus: { name: "shopify_plus", display: "Shopify Plus" },
} as const;

/** shop/update, app/uninstalled */
export function shopBody(context: Context): Body {
  const { shop, store } = context;
  const [primary] = store.list("locations").filter((location) => location.isActive);
  return {
    ...addressFields(shop),
    address2: shop.address.address2,
    created_at: time(context, shop.createdAt),
    updated_at: time(context, shop.updatedAt),
    country_code: shop.address.countryCode,
    country_name: shop.address.country,
    currency: shop.currency,
    customer_email: shop.email,
    timezone: `(GMT${zone(shop.timezoneOffsetMinutes)}) ${shop.timezone}`,
    iana_timezone: shop.timezone,
    shop_owner: shop.ownerName,
    ...moneyFormats(shop),
    weight_unit: REST_WEIGHT_UNITS[shop.weightUnit],
    province_code: shop.address.provinceCode,
    taxes_included: shop.taxesIncluded,
    auto_configure_tax_inclusivity: null,
    tax_shipping: null,
    county_taxes: true,
    plan_display_name: PLANS[shop.plan].display,
    plan_name: PLANS[shop.plan].name,
    has_discounts: true,
    has_gift_cards: true,
    myshopify_domain: shop.domain,
    google_apps_domain: null,
    google_apps_login_enabled: null,
    money_in_emails_format: "${{amount}}",
    money_with_currency_in_emails_format: `\${{amount}} ${shop.currency}`,
    eligible_for_payments: true,
    requires_extra_payments_agreement: false,
    password_enabled: false,
    has_storefront: true,
    finances: true,
    ...(primary ? { primary_location_id: integer(primary.id) } : {}),
    checkout_api_supported: true,
    multi_location_enabled: true,
    setup_required: false,
    pre_launch_enabled: false,
    enabled_presentment_currencies: shop.enabledPresentmentCurrencies,
    marketing_sms_consent_enabled_at_checkout: false,
    transactional_sms_disabled: false,
  };
}

function addressFields(shop: Frozen<Shop>): Body {
  return {
    id: integer(shop.id),
    name: shop.name,
    email: shop.email,
    domain: shop.domain,
    province: shop.address.province,
    country: shop.address.countryCode,
    address1: shop.address.address1,
    zip: shop.address.zip,
    city: shop.address.city,
    source: null,
    phone: shop.phone ?? "",
    latitude: shop.address.latitude,
    longitude: shop.address.longitude,
    primary_locale: "en",
  };
}

function moneyFormats(shop: Frozen<Shop>): Body {
  return { money_format: "${{amount}}", money_with_currency_format: `\${{amount}} ${shop.currency}` };
}

function zone(minutes: number): string {
  const away = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}

export interface ScopesChange {
  readonly appId: Id;
  readonly previous: readonly string[];
  readonly current: readonly string[];
  readonly updatedAt: Time;
}

/** app/scopes_update */
export function scopesBody({ shop }: Context, change: ScopesChange): Body {
  return {
    id: integer(change.appId),
    shop_id: gid("Shop", shop.id),
    previous: change.previous,
    current: change.current,
    updated_at: change.updatedAt,
  };
}

export interface BulkEnd {
  /** "gid://shopify/BulkOperation/1" */
  readonly gid: string;
  readonly createdAt: Time;
  readonly completedAt: Time | null;
  /** "COMPLETED", "FAILED", "CANCELED" in any case. */
  readonly status: string;
  readonly errorCode: string | null;
  readonly type: "query" | "mutation";
}

/** bulk_operations/finish */
export function bulkBody(context: Context, end: BulkEnd): Body {
  return {
    admin_graphql_api_id: end.gid,
    completed_at: time(context, end.completedAt),
    created_at: time(context, end.createdAt),
    error_code: end.errorCode?.toLowerCase() ?? null,
    status: end.status.toLowerCase(),
    type: end.type,
  };
}

export interface Person {
  readonly id: Id;
  readonly email: string | null;
  readonly phone: string | null;
}

/** customers/data_request */
export function dataRequestBody(
  { shop }: Context,
  customer: Person,
  orderIds: readonly Id[],
  requestId: Id,
): Body {
  return {
    ...shopReference(shop),
    orders_requested: orderIds.map((id) => integer(id)),
    customer: person(customer),
    data_request: { id: integer(requestId) },
  };
}

/** customers/redact */
export function customerRedactBody({ shop }: Context, customer: Person, orderIds: readonly Id[]): Body {
  return {
    ...shopReference(shop),
    customer: person(customer),
    orders_to_redact: orderIds.map((id) => integer(id)),
  };
}

/** shop/redact */
export function shopRedactBody({ shop }: Context): Body {
  return shopReference(shop);
}

function shopReference(shop: Frozen<Shop>): Body {
  return { shop_id: integer(shop.id), shop_domain: shop.domain };
}

function person(customer: Person): Body {
  return { id: integer(customer.id), email: customer.email, phone: customer.phone };
}
