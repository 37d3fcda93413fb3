-- AlterTable
ALTER TABLE "order_line_items" ADD COLUMN     "net_total" DECIMAL(20,6),
ADD COLUMN     "net_total_presentment" DECIMAL(20,6),
ADD COLUMN     "original_total" DECIMAL(20,6),
ADD COLUMN     "original_total_presentment" DECIMAL(20,6);

-- AlterTable
ALTER TABLE "order_returns" ADD COLUMN     "approved_at" TIMESTAMPTZ(6),
ADD COLUMN     "decline_note" TEXT,
ADD COLUMN     "decline_reason" TEXT,
ADD COLUMN     "exchange_lines" JSONB,
ADD COLUMN     "shipping_fees" JSONB;

-- AlterTable
ALTER TABLE "order_shipping_lines" ADD COLUMN     "rate_handle" TEXT;

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "business_entity_id" TEXT,
ADD COLUMN     "disputes" JSONB,
ADD COLUMN     "localized_fields" JSONB,
ADD COLUMN     "publication_id" BIGINT,
ADD COLUMN     "risk_assessments" JSONB,
ADD COLUMN     "source_url" TEXT;

-- AlterTable
ALTER TABLE "product_variants" ADD COLUMN     "unit_price" DECIMAL(20,6);

-- AlterTable
ALTER TABLE "products" ADD COLUMN     "combined_listing_role" TEXT,
ADD COLUMN     "gift_card_template_suffix" TEXT,
ADD COLUMN     "has_only_default_variant" BOOLEAN,
ADD COLUMN     "online_store_url" TEXT;

-- CreateTable
CREATE TABLE "fulfillment_orders" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "order_id" BIGINT,
    "status" TEXT,
    "request_status" TEXT,
    "location_id" BIGINT,
    "location_name" TEXT,
    "delivery_method" TEXT,
    "delivery_name" TEXT,
    "delivery_service" TEXT,
    "deliver_from" TIMESTAMPTZ(6),
    "deliver_until" TIMESTAMPTZ(6),
    "destination" JSONB,
    "holds" JSONB,
    "fulfill_at" TIMESTAMPTZ(6),
    "fulfill_by" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "fulfillment_orders_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "fulfillment_order_lines" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "fulfillment_order_id" BIGINT NOT NULL,
    "line_item_id" BIGINT,
    "sku" TEXT,
    "requires_shipping" BOOLEAN,
    "total_quantity" INTEGER,
    "remaining_quantity" INTEGER,

    CONSTRAINT "fulfillment_order_lines_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_return_lines" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "return_id" BIGINT,
    "is_verified" BOOLEAN,
    "line_item_id" BIGINT,
    "fulfillment_line_id" BIGINT,
    "quantity" INTEGER,
    "processed_quantity" INTEGER,
    "refundable_quantity" INTEGER,
    "refunded_quantity" INTEGER,
    "reason" TEXT,
    "reason_name" TEXT,
    "reason_note" TEXT,
    "customer_note" TEXT,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "total" DECIMAL(20,6),
    "total_presentment" DECIMAL(20,6),
    "restocking_fee_percentage" DOUBLE PRECISION,
    "restocking_fee" DECIMAL(20,6),
    "restocking_fee_presentment" DECIMAL(20,6),

    CONSTRAINT "order_return_lines_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_payment_terms" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "name" TEXT,
    "type" TEXT,
    "due_in_days" INTEGER,

    CONSTRAINT "order_payment_terms_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_payment_schedules" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "payment_terms_id" BIGINT,
    "issued_at" TIMESTAMPTZ(6),
    "due_at" TIMESTAMPTZ(6),
    "completed_at" TIMESTAMPTZ(6),
    "currency_code" TEXT,
    "balance_due" DECIMAL(20,6),
    "total_balance" DECIMAL(20,6),

    CONSTRAINT "order_payment_schedules_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "product_media" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "product_id" BIGINT NOT NULL,
    "position" INTEGER,
    "type" TEXT,
    "status" TEXT,
    "alt" TEXT,
    "url" TEXT,
    "width" INTEGER,
    "height" INTEGER,
    "preview_url" TEXT,
    "mime_type" TEXT,
    "filename" TEXT,
    "duration_ms" INTEGER,
    "sources" JSONB,
    "host" TEXT,
    "origin_url" TEXT,
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),

    CONSTRAINT "product_media_pkey" PRIMARY KEY ("shop_id","product_id","id")
);

-- CreateIndex
CREATE INDEX "fulfillment_orders_shop_id_updated_at_idx" ON "fulfillment_orders"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "fulfillment_orders_shop_id_order_id_idx" ON "fulfillment_orders"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "fulfillment_orders_shop_id_location_id_idx" ON "fulfillment_orders"("shop_id", "location_id");

-- CreateIndex
CREATE INDEX "fulfillment_order_lines_shop_id_fulfillment_order_id_idx" ON "fulfillment_order_lines"("shop_id", "fulfillment_order_id");

-- CreateIndex
CREATE INDEX "fulfillment_order_lines_shop_id_line_item_id_idx" ON "fulfillment_order_lines"("shop_id", "line_item_id");

-- CreateIndex
CREATE INDEX "order_return_lines_shop_id_order_id_idx" ON "order_return_lines"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_return_lines_shop_id_line_item_id_idx" ON "order_return_lines"("shop_id", "line_item_id");

-- CreateIndex
CREATE INDEX "order_payment_terms_shop_id_order_id_idx" ON "order_payment_terms"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_payment_schedules_shop_id_order_id_idx" ON "order_payment_schedules"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_payment_schedules_shop_id_due_at_idx" ON "order_payment_schedules"("shop_id", "due_at");

