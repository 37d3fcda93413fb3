-- What the pages of activity, errors and records read along.

-- CreateEnum
CREATE TYPE "error_word" AS ENUM ('acknowledged', 'resolved', 'ignored');

-- AlterTable
ALTER TABLE "sync_errors" ADD COLUMN "first_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE "sync_errors" SET "first_at" = "occurred_at";

-- CreateTable
CREATE TABLE "sync_error_marks" (
    "shop_id" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "mark" "error_word" NOT NULL,
    "marked_by" TEXT NOT NULL,
    "marked_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sync_error_marks_pkey" PRIMARY KEY ("shop_id","source","subject","code")
);

-- CreateIndex
CREATE INDEX "sync_errors_shop_id_resource_code_id_idx" ON "sync_errors"("shop_id", "resource", "code", "id" DESC);

-- CreateIndex
CREATE INDEX "sync_errors_shop_id_resource_record_key_idx" ON "sync_errors"("shop_id", "resource", "record_key");

-- CreateIndex
CREATE INDEX "sync_errors_shop_id_run_id_idx" ON "sync_errors"("shop_id", "run_id");

-- CreateIndex
CREATE INDEX "sync_runs_shop_id_created_at_id_idx" ON "sync_runs"("shop_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "sync_runs_shop_id_resource_created_at_id_idx" ON "sync_runs"("shop_id", "resource", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "sync_runs_shop_id_state_created_at_id_idx" ON "sync_runs"("shop_id", "state", "created_at" DESC, "id" DESC);

-- Products are looked for by the beginning of their title, in any case. Prisma does not model indexes on expressions,
-- and leaves them alone.
CREATE INDEX "products_title_idx" ON "products"("shop_id", lower("title") text_pattern_ops);
