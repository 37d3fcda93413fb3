/**
 * The shop itself, the app's installation, webhook subscriptions and bulk operations as the API shows them.
 */
import type { BulkOperation } from "../../bulk/operations.ts";
import type { Install } from "../../oauth/installs.ts";
import type { Plan, Shop, Frozen } from "../../store/truth.ts";
import { gid } from "../../store/truth.ts";
import type { Subscription } from "../subscriptions.ts";
import { source, typeFields, type TypeFields } from "./fields.ts";
import { metafieldFields } from "./metafield.ts";
import { time, unsigned } from "./values.ts";

const PLAN_NAMES: Record<Plan, string> = {
  basic: "Basic",
  grow: "Grow",
  advanced: "Advanced",
  plus: "Shopify Plus",
};

const zoneText = (minutes: number): string => {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
};

const ShopFields = typeFields<Frozen<Shop>>({
  id: (shop) => gid("Shop", shop.id),
  name: (shop) => shop.name,
  myshopifyDomain: (shop) => shop.domain,
  url: (shop) => `https://${shop.domain}`,
  primaryDomain: (shop) => ({
    __typename: "Domain",
    id: gid("Domain", shop.id),
    host: shop.domain,
    url: `https://${shop.domain}`,
    sslEnabled: true,
  }),
  email: (shop) => shop.email,
  contactEmail: (shop) => shop.email,
  currencyCode: (shop) => shop.currency,
  enabledPresentmentCurrencies: (shop) => shop.enabledPresentmentCurrencies,
  ianaTimezone: (shop) => shop.timezone,
  timezoneOffsetMinutes: (shop) => shop.timezoneOffsetMinutes,
  timezoneOffset: (shop) => zoneText(shop.timezoneOffsetMinutes),
  weightUnit: (shop) => shop.weightUnit,
  unitSystem: (shop) =>
    shop.weightUnit === "GRAMS" || shop.weightUnit === "KILOGRAMS" ? "METRIC_SYSTEM" : "IMPERIAL_SYSTEM",
  taxesIncluded: (shop) => shop.taxesIncluded,
  shopOwnerName: (shop) => shop.ownerName,
  setupRequired: () => false,
  checkoutApiSupported: () => true,
  createdAt: (shop) => time(shop.createdAt),
  updatedAt: (shop) => time(shop.updatedAt),
  orderNumberFormatPrefix: () => "#",
  orderNumberFormatSuffix: () => "",
  plan: (shop) => ({
    __typename: "ShopPlan",
    publicDisplayName: PLAN_NAMES[shop.plan],
    displayName: PLAN_NAMES[shop.plan],
    shopifyPlus: shop.plan === "plus",
    partnerDevelopment: false,
  }),
  features: () => ({ __typename: "ShopFeatures", unifiedMarkets: true }),
  shopAddress: (shop) => ({
    ...shop.address,
    __typename: "ShopAddress",
    id: gid("ShopAddress", shop.address.id),
    countryCodeV2: shop.address.countryCode,
    formatted: [shop.address.address1, shop.address.city, shop.address.zip, shop.address.country].filter(
      (part) => part !== null,
    ),
  }),
  ...metafieldFields("SHOP"),
});

const scopes = (handles: Iterable<string>) =>
  [...handles].map((handle) => ({
    __typename: "AccessScope",
    handle,
    description: handle.replaceAll("_", " "),
  }));

export const shopTypes: Record<string, TypeFields> = {
  Shop: ShopFields,
  AppInstallation: typeFields<Install>({
    id: (install) => gid("AppInstallation", install.id),
    accessScopes: (install) => scopes(install.scopes),
    launchUrl: (install) => install.app.applicationUrl,
    uninstallUrl: () => null,
    app: (install) => source("App", install),
    activeSubscriptions: () => [],
  }),
  App: typeFields<Install>({
    id: (install) => gid("App", install.appId),
    apiKey: (install) => install.app.apiKey,
    handle: (install) => install.app.handle,
    title: (install) => install.app.name,
    embedded: (install) => install.app.embedded,
    previouslyInstalled: (install) => install.timesInstalled > 1,
    requestedAccessScopes: (install) => scopes(install.app.scopes),
    webhookApiVersion: (install) => install.app.webhookApiVersion,
  }),
  WebhookSubscription: typeFields<Subscription>({
    id: (subscription) => gid("WebhookSubscription", subscription.id),
    legacyResourceId: (subscription) => subscription.id,
    topic: (subscription) => subscription.topicEnum,
    uri: (subscription) => subscription.uri,
    callbackUrl: (subscription) => subscription.uri,
    endpoint: (subscription) => ({ __typename: "WebhookHttpEndpoint", callbackUrl: subscription.uri }),
    format: (subscription) => subscription.format,
    filter: (subscription) => subscription.filter,
    includeFields: (subscription) => subscription.includeFields,
    metafieldNamespaces: (subscription) => subscription.metafieldNamespaces,
    metafields: (subscription) =>
      subscription.metafields.map((each) => ({
        __typename: "WebhookSubscriptionMetafieldIdentifier",
        ...each,
      })),
    name: (subscription) => subscription.name,
    createdAt: (subscription) => time(subscription.createdAt),
    updatedAt: (subscription) => time(subscription.updatedAt),
    apiVersion: (_subscription, _args, { install }) => ({
      __typename: "ApiVersion",
      handle: install.app.webhookApiVersion,
      displayName: install.app.webhookApiVersion,
      supported: true,
    }),
  }),
  BulkOperation: typeFields<BulkOperation>({
    id: (operation) => gid("BulkOperation", operation.id),
    type: () => "QUERY",
    status: (operation) => operation.status,
    errorCode: (operation) => operation.errorCode,
    createdAt: (operation) => time(operation.createdAt),
    completedAt: (operation) => time(operation.completedAt),
    objectCount: (operation) => unsigned(operation.objectCount),
    rootObjectCount: (operation) => unsigned(operation.rootObjectCount),
    fileSize: (operation) => (operation.fileSize === null ? null : unsigned(operation.fileSize)),
    url: (operation) => operation.url,
    partialDataUrl: (operation) => operation.partialDataUrl,
    query: (operation) => operation.query,
  }),
};
