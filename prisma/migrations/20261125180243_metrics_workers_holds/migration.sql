-- Figures over time, workers that are alive, and queues that were told to wait.

-- CreateTable. Rows of the present minute are written every few seconds; room in the page keeps the index out of it.
CREATE TABLE "sync_metrics" (
    "shop_id" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "label" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,
    "sum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "max" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "classes" INTEGER[],

    CONSTRAINT "sync_metrics_pkey" PRIMARY KEY ("shop_id","step","name","at","label")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "sync_workers" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "beaten_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sync_workers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_holds" (
    "shop_id" INTEGER NOT NULL,
    "queue" TEXT NOT NULL,
    "held_by" TEXT NOT NULL,
    "held_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sync_holds_pkey" PRIMARY KEY ("shop_id","queue")
);

-- CreateIndex
CREATE INDEX "sync_metrics_step_at_idx" ON "sync_metrics"("step", "at");

