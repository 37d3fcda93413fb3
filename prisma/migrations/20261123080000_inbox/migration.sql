-- The inbox's working set, however long the history of settled deliveries is: what waits, by shop and age (drain claims
-- along it), and what was set aside for a person. Prisma does not model partial indexes, and leaves them alone.
CREATE INDEX IF NOT EXISTS "sync_deliveries_waiting_idx" ON "sync_deliveries"("shop_domain", "id")
  WHERE "state" = 'received';
CREATE INDEX IF NOT EXISTS "sync_deliveries_parked_idx" ON "sync_deliveries"("shop_domain", "topic", "id" DESC)
  WHERE "state" = 'parked';

-- AlterTable
ALTER TABLE "shops" ADD COLUMN IF NOT EXISTS "authorized_at" TIMESTAMPTZ(6);
