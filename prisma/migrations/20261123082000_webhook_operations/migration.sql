-- AlterTable
ALTER TABLE "sync_deliveries" ADD COLUMN     "history" JSONB,
ADD COLUMN     "replays" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "sync_topic_hours" (
    "shop_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "topic" TEXT NOT NULL,
    "minutes" INTEGER[],
    "retried" INTEGER NOT NULL DEFAULT 0,
    "parked" INTEGER NOT NULL DEFAULT 0,
    "delays" INTEGER[],

    CONSTRAINT "sync_topic_hours_pkey" PRIMARY KEY ("shop_id","hour","topic")
);

-- CreateTable
CREATE TABLE "sync_topics" (
    "shop_id" INTEGER NOT NULL,
    "topic" TEXT NOT NULL,
    "first_arrived_at" TIMESTAMPTZ(6) NOT NULL,
    "last_arrived_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sync_topics_pkey" PRIMARY KEY ("shop_id","topic")
);

-- CreateTable
CREATE TABLE "sync_watches" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "watched_to" TIMESTAMPTZ(6) NOT NULL,
    "silent_from" TIMESTAMPTZ(6),
    "silent_to" TIMESTAMPTZ(6),
    "missed" INTEGER NOT NULL DEFAULT 0,
    "run_id" BIGINT,

    CONSTRAINT "sync_watches_pkey" PRIMARY KEY ("shop_id","resource")
);

-- CreateTable
CREATE TABLE "sync_acts" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "sync_acts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "sync_acts_shop_id_id_idx" ON "sync_acts"("shop_id", "id" DESC);

-- Both are rewritten with every batch of their hour; room on the page keeps that within it.
ALTER TABLE "sync_topic_hours" SET (fillfactor = 50);
ALTER TABLE "sync_topics" SET (fillfactor = 50);

-- The log's rare rows, by each way of looking for them. What is applied at once, which is nearly everything, is in
-- neither: it is found along (shop_domain, received_at, id), and costs these indexes nothing.
CREATE INDEX "sync_deliveries_unapplied_idx" ON "sync_deliveries"("shop_domain", "state", "received_at" DESC, "id" DESC)
  WHERE "state" IN ('superseded', 'ignored', 'parked');
CREATE INDEX "sync_deliveries_reason_idx" ON "sync_deliveries"("shop_domain", "reason", "received_at" DESC, "id" DESC)
  WHERE "reason" IS NOT NULL;

-- What was counted on pages so far is carried over: the last days' deliveries of shops that are there.
INSERT INTO "sync_topics" ("shop_id", "topic", "first_arrived_at", "last_arrived_at")
SELECT s."id", d."topic", min(d."received_at"), max(d."received_at")
FROM "sync_deliveries" d JOIN "shops" s ON s."domain" = d."shop_domain"
GROUP BY s."id", d."topic";
