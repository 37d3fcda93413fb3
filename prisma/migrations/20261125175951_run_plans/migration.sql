-- AlterTable
ALTER TABLE "sync_runs" ADD COLUMN     "phases" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "plan" JSONB,
ADD COLUMN     "stepping_at" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "sync_run_notes" (
    "shop_id" INTEGER NOT NULL,
    "run_id" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "last_at" TIMESTAMPTZ(6) NOT NULL,
    "code" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "sync_run_notes_pkey" PRIMARY KEY ("shop_id","run_id","seq")
);


-- Runs by who asked for them, "user:7" as "user". Prisma's schema cannot state an index over an expression.
CREATE INDEX "sync_runs_shop_id_who_idx" ON "sync_runs" ("shop_id", split_part("started_by", ':', 1), "created_at" DESC, "id" DESC);
