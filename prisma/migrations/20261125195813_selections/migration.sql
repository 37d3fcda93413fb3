-- CreateTable
CREATE TABLE "sync_selections" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "fields" TEXT[],
    "noted_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sync_selections_pkey" PRIMARY KEY ("shop_id","resource")
);

