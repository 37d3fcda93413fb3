-- DropIndex
DROP INDEX "order_refund_lines_shop_id_order_id_idx";

-- DropIndex
DROP INDEX "order_shipping_lines_shop_id_order_id_idx";

-- AlterTable
ALTER TABLE "order_refund_lines" DROP CONSTRAINT "order_refund_lines_pkey",
ADD CONSTRAINT "order_refund_lines_pkey" PRIMARY KEY ("shop_id", "order_id", "id");

-- AlterTable
ALTER TABLE "order_shipping_lines" DROP CONSTRAINT "order_shipping_lines_pkey",
ADD CONSTRAINT "order_shipping_lines_pkey" PRIMARY KEY ("shop_id", "order_id", "id");

