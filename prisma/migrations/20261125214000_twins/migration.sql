-- Looked up for equality only, and never in order: a hash index is the smallest and takes the least to keep.
-- CreateIndex
CREATE INDEX "sync_deliveries_event_id_idx" ON "sync_deliveries" USING HASH ("event_id");
