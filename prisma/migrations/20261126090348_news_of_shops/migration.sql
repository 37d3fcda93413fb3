-- AlterTable
ALTER TABLE "shops" ADD COLUMN     "facts_told_at" TIMESTAMPTZ(6),
ADD COLUMN     "scopes_told_at" TIMESTAMPTZ(6);

