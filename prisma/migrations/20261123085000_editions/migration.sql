-- Limited editions: their sizes over time, each sold unit with its number, and what people corrected by hand.
-- CreateEnum
CREATE TYPE "edition_unit_state" AS ENUM ('sold', 'void', 'freed');

-- CreateTable
CREATE TABLE "editions" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "owner_type" TEXT NOT NULL,
    "owner_id" BIGINT NOT NULL,
    "title" TEXT,
    "text" TEXT,
    "text_type" TEXT,
    "size" INTEGER,
    "proofs" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "ended_at" TIMESTAMPTZ(6),
    "next_number" INTEGER NOT NULL DEFAULT 1,
    "highest_number" INTEGER NOT NULL DEFAULT 0,
    "sold" INTEGER NOT NULL DEFAULT 0,
    "returned" INTEGER NOT NULL DEFAULT 0,
    "used" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "checked_at" TIMESTAMPTZ(6),

    CONSTRAINT "editions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "edition_sizes" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "edition_id" BIGINT NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL,
    "text" TEXT,
    "size" INTEGER,
    "proofs" INTEGER,
    "problem" TEXT,

    CONSTRAINT "edition_sizes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "edition_units" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "edition_id" BIGINT NOT NULL,
    "order_id" BIGINT,
    "order_name" TEXT,
    "line_item_id" BIGINT,
    "unit_index" INTEGER,
    "number" INTEGER,
    "state" "edition_unit_state" NOT NULL,
    "reason" TEXT,
    "out_of_order" TEXT,
    "former_number" INTEGER,
    "sold_at" TIMESTAMPTZ(6),
    "numbered_at" TIMESTAMPTZ(6),
    "changed_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "edition_units_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "edition_corrections" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "edition_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "unit_id" BIGINT,
    "order_name" TEXT,
    "other_number" INTEGER,
    "reason" TEXT NOT NULL,

    CONSTRAINT "edition_corrections_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "editions_shop_id_id_idx" ON "editions"("shop_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "editions_shop_id_owner_type_owner_id_key" ON "editions"("shop_id", "owner_type", "owner_id");

-- CreateIndex
CREATE INDEX "edition_sizes_shop_id_edition_id_id_idx" ON "edition_sizes"("shop_id", "edition_id", "id" DESC);

-- CreateIndex
CREATE INDEX "edition_units_by_sale" ON "edition_units"("shop_id", "edition_id", "sold_at", "order_id", "line_item_id", "unit_index");

-- CreateIndex
CREATE INDEX "edition_units_shop_id_order_id_idx" ON "edition_units"("shop_id", "order_id");

-- CreateIndex
CREATE UNIQUE INDEX "edition_units_shop_id_edition_id_number_key" ON "edition_units"("shop_id", "edition_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "edition_units_shop_id_line_item_id_unit_index_key" ON "edition_units"("shop_id", "line_item_id", "unit_index");

-- CreateIndex
CREATE INDEX "edition_corrections_shop_id_edition_id_id_idx" ON "edition_corrections"("shop_id", "edition_id", "id" DESC);

-- Units are all there, or none of it: a number without a unit is one that a person made void.
ALTER TABLE "edition_units"
    ADD CONSTRAINT "edition_units_number_check" CHECK ("number" >= 1),
    ADD CONSTRAINT "edition_units_unit_check" CHECK (
        num_nonnulls("order_id", "line_item_id", "unit_index", "sold_at") = 4
        OR (num_nonnulls("order_id", "line_item_id", "unit_index", "sold_at") = 0 AND "number" IS NOT NULL AND "state" = 'void')
    ),
    ADD CONSTRAINT "edition_units_freed_check" CHECK ("state" <> 'freed' OR "number" IS NULL);
