-- AlterTable
ALTER TABLE "editions" ADD COLUMN "last_sold_at" TIMESTAMPTZ(6);

UPDATE "editions" e SET "last_sold_at" = (
  SELECT max("sold_at") FROM "edition_units" u WHERE u."shop_id" = e."shop_id" AND u."edition_id" = e."id"
);

-- The list of editions is read along one of these, forwards or backwards, whatever it is sorted by.
-- DropIndex
DROP INDEX "editions_shop_id_id_idx";

-- CreateIndex
CREATE INDEX "editions_by_added" ON "editions"("shop_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "editions_by_size" ON "editions"("shop_id", "size", "id");

-- CreateIndex
CREATE INDEX "editions_by_sold" ON "editions"("shop_id", "sold", "id");

-- CreateIndex
CREATE INDEX "editions_by_last_sale" ON "editions"("shop_id", "last_sold_at", "id");

-- Below zero it is oversold.
CREATE INDEX "editions_by_remaining" ON "editions"("shop_id", ("size" - "used"), "id");

-- As edition-list.ts has it: without accents and capitals, each number filled up to ten digits.
CREATE INDEX "editions_by_title" ON "editions"(
    "shop_id",
    ((left(regexp_replace(regexp_replace(
      lower(regexp_replace(normalize("title", NFKD), '[\u0300-\u036f]', '', 'g')),
      '(\d+)', '000000000\1', 'g'), '0+(\d{10})', '\1', 'g'), 200) COLLATE "C")),
    "id"
);
