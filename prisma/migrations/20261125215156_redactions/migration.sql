-- AlterTable
ALTER TABLE "shops" ADD COLUMN     "redacted_at" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "sync_redactions" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "record_key" TEXT NOT NULL,
    "redacted_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sync_redactions_pkey" PRIMARY KEY ("shop_id","resource","record_key")
);

