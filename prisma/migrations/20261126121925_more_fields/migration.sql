-- AlterTable
ALTER TABLE "collections" ADD COLUMN     "sources" JSONB;

-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "multipass_identifier" TEXT,
ADD COLUMN     "tax_id" TEXT;

-- AlterTable
ALTER TABLE "fulfillment_orders" ADD COLUMN     "incoterm" TEXT;

-- AlterTable
ALTER TABLE "inventory_items" ADD COLUMN     "country_harmonized_system_codes" JSONB;

-- AlterTable
ALTER TABLE "order_transactions" ADD COLUMN     "exchange_adjustment" JSONB,
ADD COLUMN     "gateway_name" TEXT,
ADD COLUMN     "receipt" TEXT;

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "merchant_of_record_app_id" BIGINT;

-- AlterTable
ALTER TABLE "product_variants" ADD COLUMN     "media_id" BIGINT;

