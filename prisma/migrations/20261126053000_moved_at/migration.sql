-- When records last came or went without a webhook of their own, so that an older count of Shopify's is not held against
-- them. It stood in last_applied_at before, which tells how late changes arrive.
ALTER TABLE "sync_resources" ADD COLUMN     "moved_at" TIMESTAMPTZ(6);
