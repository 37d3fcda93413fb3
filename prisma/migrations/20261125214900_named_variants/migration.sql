-- DropIndex
DROP INDEX "order_line_items_shop_id_product_id_idx";

-- CreateIndex
CREATE INDEX "order_line_items_shop_id_product_id_variant_id_idx" ON "order_line_items"("shop_id", "product_id", "variant_id");
