-- UNLOGGED halves what a bulk file costs to write. Nothing is lost for good with it: the file is still at Shopify, and
-- a run that finds its lines gone starts its download over.
CREATE UNLOGGED TABLE "sync_staged_lines" (
    "shop_id" INTEGER NOT NULL,
    "run_id" BIGINT NOT NULL,
    "line" INTEGER NOT NULL,
    "is_record" BOOLEAN NOT NULL,
    "gid" TEXT,
    "parent_gid" TEXT,
    "body" TEXT NOT NULL,

    CONSTRAINT "sync_staged_lines_pkey" PRIMARY KEY ("shop_id","run_id","line")
);

CREATE INDEX "sync_staged_lines_shop_id_run_id_parent_gid_idx" ON "sync_staged_lines"("shop_id", "run_id", "parent_gid");
