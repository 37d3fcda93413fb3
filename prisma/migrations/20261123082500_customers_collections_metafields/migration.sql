-- Customers, collections with their products, and the metafields of both, of products, variants and orders.
-- CreateTable
CREATE TABLE "collections" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "title" TEXT,
    "handle" TEXT,
    "description_html" TEXT,
    "sort_order" TEXT,
    "template_suffix" TEXT,
    "seo_title" TEXT,
    "seo_description" TEXT,
    "image" JSONB,
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "collections_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "collection_products" (
    "shop_id" INTEGER NOT NULL,
    "collection_id" BIGINT NOT NULL,
    "product_id" BIGINT NOT NULL,
    "position" INTEGER,

    CONSTRAINT "collection_products_pkey" PRIMARY KEY ("shop_id","collection_id","product_id")
);

-- CreateTable
CREATE TABLE "customers" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT,
    "display_name" TEXT,
    "email" TEXT,
    "email_marketing_state" TEXT,
    "email_marketing_opt_in_level" TEXT,
    "email_marketing_updated_at" TIMESTAMPTZ(6),
    "phone" TEXT,
    "sms_marketing_state" TEXT,
    "sms_marketing_opt_in_level" TEXT,
    "sms_marketing_collected_from" TEXT,
    "sms_marketing_updated_at" TIMESTAMPTZ(6),
    "note" TEXT,
    "tags" TEXT[],
    "locale" TEXT,
    "state" TEXT,
    "verified_email" BOOLEAN,
    "tax_exempt" BOOLEAN,
    "tax_exemptions" TEXT[],
    "data_sale_opt_out" BOOLEAN,
    "default_address" JSONB,
    "addresses" JSONB,
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "customers_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "metafields" (
    "shop_id" INTEGER NOT NULL,
    "id" BIGINT NOT NULL,
    "gid" TEXT NOT NULL,
    "owner_type" TEXT NOT NULL,
    "owner_id" BIGINT NOT NULL,
    "namespace" TEXT,
    "key" TEXT,
    "type" TEXT,
    "value" TEXT,
    "compare_digest" TEXT,
    "created_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6),
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "origin_kind" TEXT NOT NULL,
    "origin_id" BIGINT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "metafields_pkey" PRIMARY KEY ("shop_id","owner_id","id")
);

-- CreateIndex
CREATE INDEX "collections_shop_id_updated_at_idx" ON "collections"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "collections_shop_id_handle_idx" ON "collections"("shop_id", "handle");

-- CreateIndex
CREATE INDEX "collection_products_shop_id_product_id_idx" ON "collection_products"("shop_id", "product_id");

-- CreateIndex
CREATE INDEX "customers_shop_id_updated_at_idx" ON "customers"("shop_id", "updated_at");

-- CreateIndex
CREATE INDEX "customers_shop_id_email_idx" ON "customers"("shop_id", "email");

-- CreateIndex
CREATE INDEX "metafields_shop_id_namespace_key_idx" ON "metafields"("shop_id", "namespace", "key");

