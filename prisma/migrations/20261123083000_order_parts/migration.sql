-- Orders whole: payments, refunds, fulfillments and returns, and what was missing on the order itself.
-- AlterTable
ALTER TABLE "order_line_items" ADD COLUMN     "discounted_total" DECIMAL(20,6),
ADD COLUMN     "discounted_total_presentment" DECIMAL(20,6),
ADD COLUMN     "duties" JSONB,
ADD COLUMN     "line_group" JSONB,
ADD COLUMN     "non_fulfillable_quantity" INTEGER,
ADD COLUMN     "selling_plan_id" BIGINT,
ADD COLUMN     "selling_plan_name" TEXT;

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "accepts_marketing" BOOLEAN,
ADD COLUMN     "additional_fees" JSONB,
ADD COLUMN     "cancel_note" TEXT,
ADD COLUMN     "cart_discount" DECIMAL(20,6),
ADD COLUMN     "cart_discount_presentment" DECIMAL(20,6),
ADD COLUMN     "cart_token" TEXT,
ADD COLUMN     "cash_rounding_payment" DECIMAL(20,6),
ADD COLUMN     "cash_rounding_payment_presentment" DECIMAL(20,6),
ADD COLUMN     "cash_rounding_refund" DECIMAL(20,6),
ADD COLUMN     "cash_rounding_refund_presentment" DECIMAL(20,6),
ADD COLUMN     "channel_handle" TEXT,
ADD COLUMN     "checkout_token" TEXT,
ADD COLUMN     "company_contact_id" BIGINT,
ADD COLUMN     "company_id" BIGINT,
ADD COLUMN     "company_location_id" BIGINT,
ADD COLUMN     "current_cart_discount" DECIMAL(20,6),
ADD COLUMN     "current_cart_discount_presentment" DECIMAL(20,6),
ADD COLUMN     "current_fees" DECIMAL(20,6),
ADD COLUMN     "current_fees_presentment" DECIMAL(20,6),
ADD COLUMN     "current_tax_lines" JSONB,
ADD COLUMN     "current_weight" BIGINT,
ADD COLUMN     "discount_applications" JSONB,
ADD COLUMN     "original_total" DECIMAL(20,6),
ADD COLUMN     "original_total_presentment" DECIMAL(20,6),
ADD COLUMN     "refund_discrepancy" DECIMAL(20,6),
ADD COLUMN     "refund_discrepancy_presentment" DECIMAL(20,6),
ADD COLUMN     "retail_location_id" BIGINT,
ADD COLUMN     "risk_recommendation" TEXT,
ADD COLUMN     "total_fees" DECIMAL(20,6),
ADD COLUMN     "total_fees_presentment" DECIMAL(20,6),
ADD COLUMN     "total_refunded_shipping" DECIMAL(20,6),
ADD COLUMN     "total_refunded_shipping_presentment" DECIMAL(20,6);

-- CreateTable
CREATE TABLE "order_transactions" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "parent_id" BIGINT,
    "kind" TEXT,
    "status" TEXT,
    "test" BOOLEAN,
    "gateway" TEXT,
    "is_manual" BOOLEAN,
    "created_at" TIMESTAMPTZ(6),
    "processed_at" TIMESTAMPTZ(6),
    "authorization_expires_at" TIMESTAMPTZ(6),
    "error_code" TEXT,
    "payment_id" TEXT,
    "payment_details" JSONB,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "amount" DECIMAL(20,6),
    "amount_presentment" DECIMAL(20,6),
    "amount_rounding" DECIMAL(20,6),
    "amount_rounding_presentment" DECIMAL(20,6),
    "unsettled" DECIMAL(20,6),
    "unsettled_presentment" DECIMAL(20,6),
    "settlement_currency" TEXT,
    "settlement_rate" TEXT,
    "fees" JSONB,

    CONSTRAINT "order_transactions_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_refunds" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(6),
    "processed_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "return_id" BIGINT,
    "transaction_ids" BIGINT[],
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "total_refunded" DECIMAL(20,6),
    "total_refunded_presentment" DECIMAL(20,6),
    "shipping_lines" JSONB,
    "adjustments" JSONB,
    "duties" JSONB,

    CONSTRAINT "order_refunds_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_refund_lines" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "refund_id" BIGINT,
    "line_item_id" BIGINT,
    "quantity" INTEGER,
    "restock_type" TEXT,
    "restocked" BOOLEAN,
    "location_id" BIGINT,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "price" DECIMAL(20,6),
    "price_presentment" DECIMAL(20,6),
    "subtotal" DECIMAL(20,6),
    "subtotal_presentment" DECIMAL(20,6),
    "total_tax" DECIMAL(20,6),
    "total_tax_presentment" DECIMAL(20,6),

    CONSTRAINT "order_refund_lines_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_fulfillments" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "name" TEXT,
    "status" TEXT,
    "display_status" TEXT,
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "in_transit_at" TIMESTAMPTZ(6),
    "delivered_at" TIMESTAMPTZ(6),
    "estimated_delivery_at" TIMESTAMPTZ(6),
    "requires_shipping" BOOLEAN,
    "total_quantity" INTEGER,
    "location_id" BIGINT,
    "service_handle" TEXT,
    "tracking" JSONB,

    CONSTRAINT "order_fulfillments_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_fulfillment_lines" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "fulfillment_id" BIGINT,
    "line_item_id" BIGINT,
    "quantity" INTEGER,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "original_total" DECIMAL(20,6),
    "original_total_presentment" DECIMAL(20,6),
    "discounted_total" DECIMAL(20,6),
    "discounted_total_presentment" DECIMAL(20,6),

    CONSTRAINT "order_fulfillment_lines_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_returns" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "name" TEXT,
    "status" TEXT,
    "created_at" TIMESTAMPTZ(6),
    "closed_at" TIMESTAMPTZ(6),
    "total_quantity" INTEGER,

    CONSTRAINT "order_returns_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE INDEX "order_transactions_shop_id_order_id_idx" ON "order_transactions"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_transactions_shop_id_processed_at_idx" ON "order_transactions"("shop_id", "processed_at");

-- CreateIndex
CREATE INDEX "order_refunds_shop_id_order_id_idx" ON "order_refunds"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_refund_lines_shop_id_order_id_idx" ON "order_refund_lines"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_refund_lines_shop_id_line_item_id_idx" ON "order_refund_lines"("shop_id", "line_item_id");

-- CreateIndex
CREATE INDEX "order_fulfillments_shop_id_order_id_idx" ON "order_fulfillments"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_fulfillment_lines_shop_id_order_id_idx" ON "order_fulfillment_lines"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_fulfillment_lines_shop_id_line_item_id_idx" ON "order_fulfillment_lines"("shop_id", "line_item_id");

-- CreateIndex
CREATE INDEX "order_returns_shop_id_order_id_idx" ON "order_returns"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "orders_shop_id_company_id_idx" ON "orders"("shop_id", "company_id");

