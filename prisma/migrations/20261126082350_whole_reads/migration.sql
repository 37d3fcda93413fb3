-- When a whole read last came to its end, even if some of its records were refused: limited editions wait for that, and one
-- record that cannot be read must not keep them waiting for ever.
ALTER TABLE "sync_resources" ADD COLUMN     "read_at" TIMESTAMPTZ(6);

UPDATE "sync_resources" SET "read_at" = "verified_at" WHERE "verified_at" IS NOT NULL;

UPDATE "sync_resources" AS s SET "read_at" = r."ended_at"
FROM (SELECT DISTINCT ON ("shop_id", "resource") "shop_id", "resource", "state", "error_code", "ended_at"
      FROM "sync_runs" WHERE "kind" = 'backfill' AND "ended_at" IS NOT NULL AND "state" IN ('verified', 'incomplete')
      ORDER BY "shop_id", "resource", "ended_at" DESC) AS r
WHERE s."shop_id" = r."shop_id" AND s."resource" = r."resource" AND s."read_at" IS NULL
  AND r."state" = 'incomplete' AND r."error_code" = 'RECORDS_REJECTED';
