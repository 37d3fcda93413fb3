// What the mirror must hold of products, variants, stock and locations, from the store's truth export.
import type { TruthExport } from "#sandbox/store/export.ts";
import type { Expected } from "./oracle.ts";

export function expectedProducts(truth: TruthExport): Expected[] {
  const items = new Map(truth.inventoryItems.map((item) => [item.id, item]));
  return truth.products.map((product) => {
    const variants = truth.variants.filter((variant) => variant.productId === product.id);
    const prices = variants.map((variant) => variant.price).sort((a, b) => Number(a) - Number(b));
    return {
      id: product.id,
      gid: product.gid,
      title: product.title,
      handle: product.handle,
      status: product.status,
      vendor: product.vendor,
      product_type: product.productType,
      tags: [...product.tags].sort(),
      description_html: product.descriptionHtml,
      seo_title: product.seo.title,
      seo_description: product.seo.description,
      options: product.options.map(({ id, name, position, values }) => ({
        id: `gid://shopify/ProductOption/${id}`,
        name,
        position,
        values: values.map((value) => value.name),
      })),
      template_suffix: product.templateSuffix,
      is_gift_card: product.isGiftCard,
      gift_card_template_suffix: product.giftCardTemplateSuffix,
      online_store_url:
        product.publishedAt !== null && product.status === "ACTIVE"
          ? `https://${truth.shop.domain}/products/${product.handle}`
          : null,
      combined_listing_role: product.rarities.combinedListingRole,
      has_only_default_variant: variants.length === 1 && variants[0]?.title === "Default Title",
      category_id: product.category?.id ?? null,
      category_name: product.category?.fullName ?? null,
      total_inventory: product.totalInventory,
      tracks_inventory: variants.some((variant) => items.get(variant.inventoryItemId)?.tracked),
      variants_count: variants.length,
      currency_code: truth.shop.currency,
      min_variant_price: prices[0] ?? null,
      max_variant_price: prices.at(-1) ?? null,
      requires_selling_plan: product.requiresSellingPlan,
      has_bundle_variants: variants.some((variant) => variant.requiresComponents),
      published_at: product.publishedAt,
      created_at: product.createdAt,
      updated_at: product.updatedAt,
    };
  });
}

export function expectedMedia({ products }: TruthExport): Expected[] {
  return products.flatMap((product) =>
    product.media
      .toSorted((a, b) => a.position - b.position)
      .map((medium, index) => ({
        id: medium.id,
        gid: `gid://shopify/MediaImage/${medium.id}`,
        product_id: product.id,
        position: index + 1,
        type: "IMAGE",
        status: "READY",
        alt: medium.alt,
        url: medium.url,
        width: medium.width,
        height: medium.height,
        preview_url: medium.url,
        mime_type: medium.mimeType,
        filename: null,
        duration_ms: null,
        sources: null,
        host: null,
        origin_url: null,
        created_at: medium.createdAt,
        updated_at: medium.updatedAt,
      })),
  );
}

export function expectedPublications({ products, at }: TruthExport): Expected[] {
  return products.flatMap((product) =>
    product.publications.map(({ channel, publishedAt }) => ({
      product_id: product.id,
      publication_id: channel.id,
      name: channel.name,
      is_published: publishedAt <= at,
      published_at: publishedAt,
    })),
  );
}

export function expectedVariants(truth: TruthExport): Expected[] {
  const products = new Map(truth.products.map((product) => [product.id, product]));
  return truth.variants.map((variant) => ({
    id: variant.id,
    product_id: variant.productId,
    inventory_item_id: variant.inventoryItemId,
    media_id:
      products.get(variant.productId)?.media.find(({ variantIds }) => variantIds.includes(variant.id))?.id ??
      null,
    title: variant.title,
    display_name: `${products.get(variant.productId)?.title} - ${variant.title}`,
    sku: variant.sku,
    barcode: variant.barcode,
    position: variant.position,
    price: variant.price,
    compare_at_price: variant.compareAtPrice,
    taxable: variant.taxable,
    inventory_policy: variant.inventoryPolicy,
    inventory_quantity: variant.inventoryQuantity,
    unit_price: variant.rarities.unitPrice,
    sellable_online_quantity: variant.inventoryQuantity,
    available_for_sale: variant.isForSale,
    requires_components: variant.requiresComponents,
    show_unit_price: variant.rarities.showUnitPrice,
    unit_price_measurement: variant.rarities.unitPriceMeasurement,
    selected_options: variant.selectedOptions,
    created_at: variant.createdAt,
    updated_at: variant.updatedAt,
  }));
}

export function expectedItems(truth: TruthExport): Expected[] {
  return truth.inventoryItems.map((item) => ({
    id: item.id,
    gid: item.gid,
    sku: item.sku,
    tracked: item.tracked,
    requires_shipping: item.requiresShipping,
    unit_cost: item.cost,
    unit_cost_currency_code: item.cost === null ? null : truth.shop.currency,
    country_code_of_origin: item.countryCodeOfOrigin,
    province_code_of_origin: item.provinceCodeOfOrigin,
    harmonized_system_code: item.harmonizedSystemCode,
    country_harmonized_system_codes: item.countryHarmonizedSystemCodes,
    weight: item.weight.value,
    weight_unit: item.weight.unit,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
  }));
}

export function expectedLevels(truth: TruthExport): Expected[] {
  // A level that was disconnected is inactive at Shopify and still listed with `includeInactive`.
  return truth.inventoryLevels.map((level) => ({
    inventory_item_id: level.inventoryItemId,
    location_id: level.locationId,
    gid: level.gid,
    is_active: level.isActive,
    available: level.quantities.available,
    on_hand: level.quantities.on_hand,
    committed: level.quantities.committed,
    incoming: level.quantities.incoming,
    reserved: level.quantities.reserved,
    damaged: level.quantities.damaged,
    safety_stock: level.quantities.safety_stock,
    quality_control: level.quantities.quality_control,
    created_at: level.createdAt,
    updated_at: level.updatedAt,
  }));
}

export function expectedLocations(truth: TruthExport): Expected[] {
  return truth.locations.map((location) => ({
    id: location.id,
    gid: location.gid,
    name: location.name,
    is_active: location.isActive,
    is_fulfillment_service: location.isFulfillmentService,
    fulfills_online_orders: location.fulfillsOnlineOrders,
    ships_inventory: location.shipsInventory,
    has_active_inventory: location.hasActiveInventory,
    address1: location.address.address1,
    address2: location.address.address2,
    city: location.address.city,
    zip: location.address.zip,
    province: location.address.province,
    province_code: location.address.provinceCode,
    country: location.address.country,
    country_code: location.address.countryCode,
    phone: location.address.phone,
    latitude: location.address.latitude,
    longitude: location.address.longitude,
    created_at: location.createdAt,
    deactivated_at: location.deactivatedAt,
    updated_at: location.updatedAt,
  }));
}
