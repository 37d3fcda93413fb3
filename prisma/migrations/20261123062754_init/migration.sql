-- CreateEnum
CREATE TYPE "delivery_state" AS ENUM ('received', 'applied', 'superseded', 'ignored', 'parked');

-- CreateEnum
CREATE TYPE "run_kind" AS ENUM ('backfill', 'targeted', 'catch_up');

-- CreateEnum
CREATE TYPE "run_state" AS ENUM ('queued', 'running', 'paused', 'verified', 'incomplete', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "inventory_items" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "sku" TEXT,
    "tracked" BOOLEAN,
    "requires_shipping" BOOLEAN,
    "unit_cost" DECIMAL(20,6),
    "unit_cost_currency_code" TEXT,
    "country_code_of_origin" TEXT,
    "province_code_of_origin" TEXT,
    "harmonized_system_code" TEXT,
    "weight" DOUBLE PRECISION,
    "weight_unit" TEXT,
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "inventory_items_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "inventory_levels" (
    "shop_id" INTEGER NOT NULL,
    "inventory_item_id" BIGINT NOT NULL,
    "location_id" BIGINT NOT NULL,
    "gid" TEXT,
    "is_active" BOOLEAN,
    "available" INTEGER,
    "on_hand" INTEGER,
    "committed" INTEGER,
    "incoming" INTEGER,
    "reserved" INTEGER,
    "damaged" INTEGER,
    "safety_stock" INTEGER,
    "quality_control" INTEGER,
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "inventory_levels_pkey" PRIMARY KEY ("shop_id","inventory_item_id","location_id")
);

-- CreateTable
CREATE TABLE "locations" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "name" TEXT,
    "is_active" BOOLEAN,
    "is_fulfillment_service" BOOLEAN,
    "fulfills_online_orders" BOOLEAN,
    "ships_inventory" BOOLEAN,
    "has_active_inventory" BOOLEAN,
    "address1" TEXT,
    "address2" TEXT,
    "city" TEXT,
    "zip" TEXT,
    "province" TEXT,
    "province_code" TEXT,
    "country" TEXT,
    "country_code" TEXT,
    "phone" TEXT,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "created_at" TIMESTAMPTZ(6),
    "deactivated_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "locations_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "orders" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "name" TEXT,
    "number" INTEGER,
    "confirmation_number" TEXT,
    "po_number" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "note" TEXT,
    "tags" TEXT[],
    "test" BOOLEAN,
    "confirmed" BOOLEAN,
    "closed" BOOLEAN,
    "edited" BOOLEAN,
    "created_at" TIMESTAMPTZ(6),
    "processed_at" TIMESTAMPTZ(6),
    "closed_at" TIMESTAMPTZ(6),
    "cancelled_at" TIMESTAMPTZ(6),
    "cancel_reason" TEXT,
    "source_name" TEXT,
    "source_identifier" TEXT,
    "app_id" BIGINT,
    "client_ip" TEXT,
    "customer_locale" TEXT,
    "financial_status" TEXT,
    "fulfillment_status" TEXT,
    "return_status" TEXT,
    "fully_paid" BOOLEAN,
    "unpaid" BOOLEAN,
    "requires_shipping" BOOLEAN,
    "taxes_included" BOOLEAN,
    "tax_exempt" BOOLEAN,
    "estimated_taxes" BOOLEAN,
    "duties_included" BOOLEAN,
    "total_weight" BIGINT,
    "items_quantity" INTEGER,
    "current_items_quantity" INTEGER,
    "customer_id" BIGINT,
    "shipping_address" JSONB,
    "billing_address" JSONB,
    "custom_attributes" JSONB,
    "discount_codes" TEXT[],
    "payment_gateway_names" TEXT[],
    "tax_lines" JSONB,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "subtotal" DECIMAL(20,6),
    "subtotal_presentment" DECIMAL(20,6),
    "total_discounts" DECIMAL(20,6),
    "total_discounts_presentment" DECIMAL(20,6),
    "total_shipping" DECIMAL(20,6),
    "total_shipping_presentment" DECIMAL(20,6),
    "total_tax" DECIMAL(20,6),
    "total_tax_presentment" DECIMAL(20,6),
    "total_price" DECIMAL(20,6),
    "total_price_presentment" DECIMAL(20,6),
    "total_tip" DECIMAL(20,6),
    "total_tip_presentment" DECIMAL(20,6),
    "total_duties" DECIMAL(20,6),
    "total_duties_presentment" DECIMAL(20,6),
    "current_subtotal" DECIMAL(20,6),
    "current_subtotal_presentment" DECIMAL(20,6),
    "current_discounts" DECIMAL(20,6),
    "current_discounts_presentment" DECIMAL(20,6),
    "current_shipping" DECIMAL(20,6),
    "current_shipping_presentment" DECIMAL(20,6),
    "current_tax" DECIMAL(20,6),
    "current_tax_presentment" DECIMAL(20,6),
    "current_duties" DECIMAL(20,6),
    "current_duties_presentment" DECIMAL(20,6),
    "current_total" DECIMAL(20,6),
    "current_total_presentment" DECIMAL(20,6),
    "total_received" DECIMAL(20,6),
    "total_received_presentment" DECIMAL(20,6),
    "total_refunded" DECIMAL(20,6),
    "total_refunded_presentment" DECIMAL(20,6),
    "total_outstanding" DECIMAL(20,6),
    "total_outstanding_presentment" DECIMAL(20,6),
    "total_capturable" DECIMAL(20,6),
    "total_capturable_presentment" DECIMAL(20,6),
    "net_payment" DECIMAL(20,6),
    "net_payment_presentment" DECIMAL(20,6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "orders_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_line_items" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "title" TEXT,
    "variant_title" TEXT,
    "name" TEXT,
    "sku" TEXT,
    "vendor" TEXT,
    "product_id" BIGINT,
    "variant_id" BIGINT,
    "quantity" INTEGER,
    "current_quantity" INTEGER,
    "refundable_quantity" INTEGER,
    "unfulfilled_quantity" INTEGER,
    "requires_shipping" BOOLEAN,
    "taxable" BOOLEAN,
    "is_gift_card" BOOLEAN,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "original_unit_price" DECIMAL(20,6),
    "original_unit_price_presentment" DECIMAL(20,6),
    "discounted_unit_price" DECIMAL(20,6),
    "discounted_unit_price_presentment" DECIMAL(20,6),
    "final_unit_price" DECIMAL(20,6),
    "final_unit_price_presentment" DECIMAL(20,6),
    "total_discount" DECIMAL(20,6),
    "total_discount_presentment" DECIMAL(20,6),
    "custom_attributes" JSONB,
    "discount_allocations" JSONB,
    "tax_lines" JSONB,

    CONSTRAINT "order_line_items_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_shipping_lines" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "title" TEXT,
    "code" TEXT,
    "source" TEXT,
    "carrier_identifier" TEXT,
    "delivery_category" TEXT,
    "phone" TEXT,
    "custom" BOOLEAN,
    "is_removed" BOOLEAN,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "original_price" DECIMAL(20,6),
    "original_price_presentment" DECIMAL(20,6),
    "discounted_price" DECIMAL(20,6),
    "discounted_price_presentment" DECIMAL(20,6),
    "current_price" DECIMAL(20,6),
    "current_price_presentment" DECIMAL(20,6),
    "discount_allocations" JSONB,
    "tax_lines" JSONB,

    CONSTRAINT "order_shipping_lines_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "products" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "title" TEXT,
    "handle" TEXT,
    "status" TEXT,
    "vendor" TEXT,
    "product_type" TEXT,
    "tags" TEXT[],
    "description_html" TEXT,
    "seo_title" TEXT,
    "seo_description" TEXT,
    "options" JSONB,
    "template_suffix" TEXT,
    "is_gift_card" BOOLEAN,
    "category_id" TEXT,
    "category_name" TEXT,
    "total_inventory" INTEGER,
    "tracks_inventory" BOOLEAN,
    "variants_count" INTEGER,
    "currency_code" TEXT,
    "min_variant_price" DECIMAL(20,6),
    "max_variant_price" DECIMAL(20,6),
    "requires_selling_plan" BOOLEAN,
    "has_bundle_variants" BOOLEAN,
    "published_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "products_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "product_variants" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "product_id" BIGINT NOT NULL,
    "inventory_item_id" BIGINT,
    "title" TEXT,
    "display_name" TEXT,
    "sku" TEXT,
    "barcode" TEXT,
    "position" INTEGER,
    "price" DECIMAL(20,6),
    "compare_at_price" DECIMAL(20,6),
    "taxable" BOOLEAN,
    "inventory_policy" TEXT,
    "inventory_quantity" INTEGER,
    "sellable_online_quantity" INTEGER,
    "available_for_sale" BOOLEAN,
    "requires_components" BOOLEAN,
    "show_unit_price" BOOLEAN,
    "unit_price_measurement" JSONB,
    "selected_options" JSONB,
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),

    CONSTRAINT "product_variants_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "shops" (
    "id" SERIAL NOT NULL,
    "domain" TEXT NOT NULL,
    "name" TEXT,
    "currency_code" TEXT,
    "time_zone" TEXT,
    "scopes" TEXT[],
    "installed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "uninstalled_at" TIMESTAMPTZ(6),
    "settings" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "shops_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "is_online" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMP(3),
    "access_token" TEXT NOT NULL,
    "user_id" BIGINT,
    "first_name" TEXT,
    "last_name" TEXT,
    "email" TEXT,
    "account_owner" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT,
    "collaborator" BOOLEAN DEFAULT false,
    "email_verified" BOOLEAN DEFAULT false,
    "refresh_token" TEXT,
    "refresh_token_expires" TIMESTAMP(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_deliveries" (
    "id" BIGSERIAL NOT NULL,
    "shop_domain" TEXT NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "event_id" TEXT,
    "topic" TEXT NOT NULL,
    "api_version" TEXT,
    "triggered_at" TIMESTAMPTZ(6),
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "body" BYTEA NOT NULL,
    "state" "delivery_state" NOT NULL DEFAULT 'received',
    "reason" TEXT,
    "detail" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "repeats" INTEGER NOT NULL DEFAULT 0,
    "settled_at" TIMESTAMPTZ(6),
    "resource" TEXT,
    "record_key" TEXT,

    CONSTRAINT "sync_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_runs" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "kind" "run_kind" NOT NULL,
    "state" "run_state" NOT NULL DEFAULT 'queued',
    "started_by" TEXT NOT NULL,
    "request" JSONB NOT NULL DEFAULT '{}',
    "progress" JSONB NOT NULL DEFAULT '{}',
    "total" INTEGER,
    "done" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "cost" INTEGER NOT NULL DEFAULT 0,
    "error_code" TEXT,
    "error_detail" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "stepped_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "sync_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_confirmations" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "record_key" TEXT NOT NULL,
    "urgent" BOOLEAN NOT NULL DEFAULT false,
    "queued_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sync_confirmations_pkey" PRIMARY KEY ("shop_id","resource","record_key")
);

-- CreateTable
CREATE TABLE "sync_tombstones" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "record_key" TEXT NOT NULL,
    "deleted_at" TIMESTAMPTZ(6) NOT NULL,
    "reason" TEXT NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "snapshot" JSONB,

    CONSTRAINT "sync_tombstones_pkey" PRIMARY KEY ("shop_id","resource","record_key")
);

-- CreateTable
CREATE TABLE "sync_errors" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "record_key" TEXT,
    "code" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "run_id" BIGINT,
    "delivery_id" BIGINT,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(6),

    CONSTRAINT "sync_errors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_resources" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "mirrored" BIGINT NOT NULL DEFAULT 0,
    "in_shopify" BIGINT,
    "counted_at" TIMESTAMPTZ(6),
    "verified_at" TIMESTAMPTZ(6),
    "last_change_at" TIMESTAMPTZ(6),
    "last_applied_at" TIMESTAMPTZ(6),
    "blocked_code" TEXT,
    "blocked_detail" TEXT,

    CONSTRAINT "sync_resources_pkey" PRIMARY KEY ("shop_id","resource")
);

-- CreateTable
CREATE TABLE "sync_counters" (
    "name" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(0) NOT NULL,
    "shop_domain" TEXT NOT NULL DEFAULT '',
    "count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "sync_counters_pkey" PRIMARY KEY ("name","shop_domain","minute")
);

-- CreateIndex
CREATE INDEX "inventory_items_shop_id_updated_at_idx" ON "inventory_items"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "inventory_items_shop_id_sku_idx" ON "inventory_items"("shop_id", "sku");

-- CreateIndex
CREATE INDEX "inventory_levels_shop_id_updated_at_idx" ON "inventory_levels"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "inventory_levels_shop_id_location_id_idx" ON "inventory_levels"("shop_id", "location_id");

-- CreateIndex
CREATE INDEX "locations_shop_id_updated_at_idx" ON "locations"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "orders_shop_id_updated_at_idx" ON "orders"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "orders_shop_id_processed_at_idx" ON "orders"("shop_id", "processed_at" DESC);

-- CreateIndex
CREATE INDEX "orders_shop_id_name_idx" ON "orders"("shop_id", "name");

-- CreateIndex
CREATE INDEX "orders_shop_id_customer_id_idx" ON "orders"("shop_id", "customer_id");

-- CreateIndex
CREATE INDEX "order_line_items_shop_id_order_id_idx" ON "order_line_items"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_line_items_shop_id_variant_id_idx" ON "order_line_items"("shop_id", "variant_id");

-- CreateIndex
CREATE INDEX "order_shipping_lines_shop_id_order_id_idx" ON "order_shipping_lines"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "products_shop_id_updated_at_idx" ON "products"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "products_shop_id_handle_idx" ON "products"("shop_id", "handle");

-- CreateIndex
CREATE INDEX "product_variants_shop_id_product_id_idx" ON "product_variants"("shop_id", "product_id");

-- CreateIndex
CREATE INDEX "product_variants_shop_id_sku_idx" ON "product_variants"("shop_id", "sku");

-- CreateIndex
CREATE INDEX "product_variants_shop_id_inventory_item_id_idx" ON "product_variants"("shop_id", "inventory_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "shops_domain_key" ON "shops"("domain");

-- CreateIndex
CREATE INDEX "sessions_shop_idx" ON "sessions"("shop");

-- CreateIndex
CREATE INDEX "sync_deliveries_shop_domain_received_at_id_idx" ON "sync_deliveries"("shop_domain", "received_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "sync_deliveries_shop_domain_topic_received_at_idx" ON "sync_deliveries"("shop_domain", "topic", "received_at" DESC);

-- CreateIndex
CREATE INDEX "sync_deliveries_shop_domain_resource_record_key_idx" ON "sync_deliveries"("shop_domain", "resource", "record_key");

-- CreateIndex
CREATE UNIQUE INDEX "sync_deliveries_shop_domain_webhook_id_key" ON "sync_deliveries"("shop_domain", "webhook_id");

-- CreateIndex
CREATE INDEX "sync_runs_shop_id_id_idx" ON "sync_runs"("shop_id", "id" DESC);

-- CreateIndex
CREATE INDEX "sync_runs_shop_id_resource_id_idx" ON "sync_runs"("shop_id", "resource", "id" DESC);

-- CreateIndex
CREATE INDEX "sync_confirmations_shop_id_urgent_next_attempt_at_idx" ON "sync_confirmations"("shop_id", "urgent" DESC, "next_attempt_at");

-- CreateIndex
CREATE INDEX "sync_errors_shop_id_occurred_at_id_idx" ON "sync_errors"("shop_id", "occurred_at" DESC, "id" DESC);

-- One active run per shop, resource and kind (rule I7). Prisma does not model partial indexes, and leaves them alone.
CREATE UNIQUE INDEX "sync_runs_one_active_key" ON "sync_runs"("shop_id", "resource", "kind")
  WHERE "state" IN ('queued', 'running', 'paused');
