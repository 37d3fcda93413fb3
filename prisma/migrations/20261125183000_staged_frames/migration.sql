-- Most lines lie in frames now; only children far from their parent are rows. A download that is under way finds its lines
-- gone and starts over, as after a crash.
DROP TABLE "sync_staged_lines";

CREATE UNLOGGED TABLE "sync_staged_lines" (
    "shop_id" INTEGER NOT NULL,
    "run_id" BIGINT NOT NULL,
    "line" INTEGER NOT NULL,
    "parent_gid" TEXT NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "sync_staged_lines_pkey" PRIMARY KEY ("shop_id","run_id","line")
);

CREATE INDEX "sync_staged_lines_shop_id_run_id_parent_gid_idx" ON "sync_staged_lines"("shop_id", "run_id", "parent_gid");

CREATE UNLOGGED TABLE "sync_staged_frames" (
    "shop_id" INTEGER NOT NULL,
    "run_id" BIGINT NOT NULL,
    "last_line" INTEGER NOT NULL,
    "lines" INTEGER NOT NULL,
    "gids" TEXT[],
    "others" TEXT[],
    "awaited" TEXT[],
    "body" BYTEA NOT NULL,

    CONSTRAINT "sync_staged_frames_pkey" PRIMARY KEY ("shop_id","run_id","last_line")
);

-- It is compressed already.
ALTER TABLE "sync_staged_frames" ALTER COLUMN "body" SET STORAGE EXTERNAL;
