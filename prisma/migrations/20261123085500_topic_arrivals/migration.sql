-- The sum of `minutes`, so that a day or a week of weeks is added up without taking the arrays apart.
ALTER TABLE "sync_topic_hours" ADD COLUMN "arrived" INTEGER NOT NULL DEFAULT 0;
UPDATE "sync_topic_hours" SET "arrived" = coalesce((SELECT sum(n) FROM unnest("minutes") AS n), 0);
