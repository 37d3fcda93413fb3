-- CreateTable
CREATE TABLE "sync_alerts" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "detail" JSONB NOT NULL DEFAULT '{}',
    "told_at" TIMESTAMPTZ(6),
    "told_end_at" TIMESTAMPTZ(6),

    CONSTRAINT "sync_alerts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "sync_alerts_shop_id_id_idx" ON "sync_alerts"("shop_id", "id" DESC);

-- One open alert for each code of a shop; and what is still to be told, which is hardly ever anything.
CREATE UNIQUE INDEX "sync_alerts_open_idx" ON "sync_alerts"("shop_id", "code") WHERE "ended_at" IS NULL;
CREATE INDEX "sync_alerts_untold_idx" ON "sync_alerts"("id")
  WHERE "told_at" IS NULL OR ("ended_at" IS NOT NULL AND "told_end_at" IS NULL);
