-- What one piece of an order's line weighs, in the unit beside it.
ALTER TABLE "order_line_items" ADD COLUMN     "weight" DOUBLE PRECISION,
ADD COLUMN     "weight_unit" TEXT;
