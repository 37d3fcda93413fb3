-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "email_marketing_location_id" BIGINT,
ADD COLUMN     "email_open_tracking" TEXT,
ADD COLUMN     "sms_marketing_location_id" BIGINT,
ADD COLUMN     "whatsapp_marketing_collected_from" TEXT,
ADD COLUMN     "whatsapp_marketing_location_id" BIGINT,
ADD COLUMN     "whatsapp_marketing_opt_in_level" TEXT,
ADD COLUMN     "whatsapp_marketing_state" TEXT,
ADD COLUMN     "whatsapp_marketing_updated_at" TIMESTAMPTZ(6);

