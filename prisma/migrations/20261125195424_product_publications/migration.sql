-- CreateTable
CREATE TABLE "product_publications" (
    "shop_id" INTEGER NOT NULL,
    "product_id" BIGINT NOT NULL,
    "publication_id" BIGINT NOT NULL,
    "name" TEXT,
    "is_published" BOOLEAN,
    "published_at" TIMESTAMPTZ(6),

    CONSTRAINT "product_publications_pkey" PRIMARY KEY ("shop_id","product_id","publication_id")
);

-- CreateIndex
CREATE INDEX "product_publications_shop_id_publication_id_idx" ON "product_publications"("shop_id", "publication_id");

