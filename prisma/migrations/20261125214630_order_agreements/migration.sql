-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "company_location_name" TEXT,
ADD COLUMN     "company_name" TEXT;

-- CreateTable
CREATE TABLE "order_agreements" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "reason" TEXT,
    "happened_at" TIMESTAMPTZ(6),
    "refund_id" BIGINT,
    "return_id" BIGINT,

    CONSTRAINT "order_agreements_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "order_sales" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "agreement_id" BIGINT,
    "action" TEXT,
    "line_type" TEXT,
    "quantity" INTEGER,
    "line_item_id" BIGINT,
    "shipping_line_id" BIGINT,
    "duty_id" BIGINT,
    "additional_fee_id" BIGINT,
    "fee_id" BIGINT,
    "currency_code" TEXT,
    "presentment_currency_code" TEXT,
    "total" DECIMAL(20,6),
    "total_presentment" DECIMAL(20,6),
    "total_tax" DECIMAL(20,6),
    "total_tax_presentment" DECIMAL(20,6),
    "discount_before_taxes" DECIMAL(20,6),
    "discount_before_taxes_presentment" DECIMAL(20,6),
    "discount_after_taxes" DECIMAL(20,6),
    "discount_after_taxes_presentment" DECIMAL(20,6),
    "taxes" JSONB,

    CONSTRAINT "order_sales_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE INDEX "order_agreements_shop_id_order_id_idx" ON "order_agreements"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_agreements_shop_id_happened_at_idx" ON "order_agreements"("shop_id", "happened_at");

-- CreateIndex
CREATE INDEX "order_sales_shop_id_order_id_idx" ON "order_sales"("shop_id", "order_id");

-- CreateIndex
CREATE INDEX "order_sales_shop_id_line_item_id_idx" ON "order_sales"("shop_id", "line_item_id");

