-- Deleting a product empties the links of the lines that name it.
CREATE INDEX "order_line_items_shop_id_product_id_idx" ON "order_line_items"("shop_id", "product_id");
