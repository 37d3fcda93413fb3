-- Up to when the mirror is proven, what could not be proven, and the API budget that all processes share.

-- CreateTable
CREATE TABLE "sync_cursors" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "until" TIMESTAMPTZ(6) NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "reason" TEXT,
    "checked_at" TIMESTAMPTZ(6),

    CONSTRAINT "sync_cursors_pkey" PRIMARY KEY ("shop_id","resource")
);

-- CreateTable
CREATE TABLE "sync_holes" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(6),
    "to_at" TIMESTAMPTZ(6) NOT NULL,
    "reason" TEXT NOT NULL,
    "run_id" BIGINT NOT NULL,
    "opened_at" TIMESTAMPTZ(6) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),
    "closed_by" BIGINT,

    CONSTRAINT "sync_holes_pkey" PRIMARY KEY ("id")
);

-- CreateTable. UNLOGGED halves what a query's two notes cost; what is lost in a crash is learned from the next answer.
CREATE UNLOGGED TABLE "sync_budgets" (
    "shop_id" INTEGER NOT NULL,
    "maximum" DOUBLE PRECISION NOT NULL,
    "rate" DOUBLE PRECISION NOT NULL,
    "level" DOUBLE PRECISION NOT NULL,
    "level_at" TIMESTAMPTZ(6) NOT NULL,
    "is_learned" BOOLEAN NOT NULL DEFAULT false,
    "minute" BIGINT NOT NULL,
    "in_flight" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "in_flight_before" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "settled" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "wanted_rank" INTEGER,
    "wanted_until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sync_budgets_pkey" PRIMARY KEY ("shop_id")
);

-- CreateIndex
CREATE INDEX "sync_cursors_due_at_idx" ON "sync_cursors"("due_at");

-- CreateIndex
CREATE INDEX "sync_holes_shop_id_resource_closed_at_idx" ON "sync_holes"("shop_id", "resource", "closed_at");

-- CreateIndex
CREATE INDEX "sync_holes_closed_at_next_attempt_at_idx" ON "sync_holes"("closed_at", "next_attempt_at");
