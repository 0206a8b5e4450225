from django.db import migrations

# What came in stays as it came in, a delay and a report stay as they were written, and nobody leads the hearing about a
# decision that was partly the own (Awb 7:5).
FORWARD = """
CREATE FUNCTION subsidies_guard_objection() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['decision_id', 'reference', 'party', 'name', 'channel', 'received_at', 'postmark_on', 'grounds',
                          'signed', 'excuse', 'registered_at', 'registered_by_id', 'document_id'];
    name text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        FOREACH name IN ARRAY fixed LOOP
            IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name THEN
                RAISE EXCEPTION 'objection_stays: an objection stays as it came in'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_stays';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'objection_stays: an objection stays as it came in'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_stays';
END $$;
CREATE TRIGGER subsidies_objection_guard BEFORE UPDATE OR DELETE ON subsidies_objection
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_objection();

CREATE FUNCTION subsidies_guard_objection_delay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'objection_delay_stays: a delay is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_delay_stays';
END $$;
CREATE TRIGGER subsidies_objection_delay_guard BEFORE UPDATE OR DELETE ON subsidies_objectiondelay
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_objection_delay();

CREATE FUNCTION subsidies_guard_objection_hearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.held_at IS NOT NULL THEN
        RAISE EXCEPTION 'objection_report_stays: the report of a hearing is never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_report_stays';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_objection objection JOIN subsidies_decision decision ON decision.id = objection.decision_id
                WHERE objection.id = NEW.objection_id
                  AND NEW.led_by_id IN (decision.drafted_by_id, decision.checked_by_id, decision.taken_by_id)) THEN
        RAISE EXCEPTION 'objection_leader_not_involved: the leader had a part in the contested decision'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'objection_leader_not_involved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_objection_hearing_guard BEFORE INSERT OR UPDATE ON subsidies_objectionhearing
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_objection_hearing();
"""
BACKWARD = """
DROP TRIGGER subsidies_objection_hearing_guard ON subsidies_objectionhearing;
DROP FUNCTION subsidies_guard_objection_hearing();
DROP TRIGGER subsidies_objection_delay_guard ON subsidies_objectiondelay;
DROP FUNCTION subsidies_guard_objection_delay();
DROP TRIGGER subsidies_objection_guard ON subsidies_objection;
DROP FUNCTION subsidies_guard_objection();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0069_objections")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
