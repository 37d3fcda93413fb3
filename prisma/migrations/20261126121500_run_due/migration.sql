-- When the next step of a run may be taken: until then it waits, whoever rings.
ALTER TABLE "sync_runs" ADD COLUMN     "due_at" TIMESTAMPTZ(6);
