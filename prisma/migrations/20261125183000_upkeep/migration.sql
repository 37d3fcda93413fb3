-- CreateTable
CREATE TABLE "sync_upkeep" (
    "shop_id" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "work" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(6) NOT NULL,
    "cursor" TEXT,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "done_at" TIMESTAMPTZ(6),

    CONSTRAINT "sync_upkeep_pkey" PRIMARY KEY ("shop_id","resource","work")
);
