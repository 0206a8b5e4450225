from django.db import migrations

# Nothing goes out of a report that is not published, and what was sent or confirmed stays so (monitoring reference 3.3).
FORWARD = """
CREATE FUNCTION monitoring_guard_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'who was sent a report stays known' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (NEW.report_id, NEW.name, NEW.email, NEW.capacity, NEW.added_at)
            IS DISTINCT FROM (OLD.report_id, OLD.name, OLD.email, OLD.capacity, OLD.added_at)
        OR NEW.user_id IS DISTINCT FROM OLD.user_id
        OR (OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at)
        OR NEW.times_sent < OLD.times_sent
        OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)
        OR (OLD.withdrawn_at IS NOT NULL AND NEW IS DISTINCT FROM OLD)) THEN
        RAISE EXCEPTION 'a receipt stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.sent_at IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.times_sent > OLD.times_sent) AND NOT EXISTS (
        SELECT FROM monitoring_annualreport WHERE id = NEW.report_id AND stage = 'published') THEN
        RAISE EXCEPTION 'a report that is not published is not sent' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_recipient_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_reportrecipient
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_recipient();
"""
BACKWARD = """
DROP TRIGGER monitoring_recipient_guard ON monitoring_reportrecipient;
DROP FUNCTION monitoring_guard_recipient();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0008_pdca_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
