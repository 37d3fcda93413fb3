-- Open errors are few, resolved ones are kept for long: what the pages list and count is found among the open ones.
-- Prisma does not model partial indexes, and leaves them alone.
CREATE INDEX "sync_errors_open_idx" ON "sync_errors"("shop_id", "occurred_at" DESC, "id" DESC) WHERE "resolved_at" IS NULL;
