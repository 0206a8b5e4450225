from django.db import migrations

# Legal acts do not change once they are out (domain reference 0.3-1, rule G1). Model code may be walked
# around by a bulk update or by SQL; these triggers may not.
FORWARD = """
CREATE FUNCTION subsidies_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('taken', 'sent', 'final', 'contested', 'upheld', 'replaced') THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a decision that was taken cannot be deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        IF (NEW.application_id, NEW.kind, NEW.reference, NEW.amount, NEW.grounds, NEW.motivation,
            NEW.ceiling_snapshot, NEW.drafted_by_id, NEW.checked_by_id, NEW.taken_by_id, NEW.taken_at,
            NEW.signing_mandate_id)
           IS DISTINCT FROM
           (OLD.application_id, OLD.kind, OLD.reference, OLD.amount, OLD.grounds, OLD.motivation,
            OLD.ceiling_snapshot, OLD.drafted_by_id, OLD.checked_by_id, OLD.taken_by_id, OLD.taken_at,
            OLD.signing_mandate_id)
           OR (OLD.announced_at IS NOT NULL AND (NEW.announced_at, NEW.objection_until)
               IS DISTINCT FROM (OLD.announced_at, OLD.objection_until)) THEN
            RAISE EXCEPTION 'a decision that was taken cannot be changed' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_decision_guard BEFORE UPDATE OR DELETE ON subsidies_decision
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_decision();

CREATE FUNCTION subsidies_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'locked' THEN
        RAISE EXCEPTION 'a locked allocation run cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_run_guard BEFORE UPDATE OR DELETE ON subsidies_allocationrun
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_run();

CREATE FUNCTION subsidies_guard_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.rendered_at IS NOT NULL AND
       (NEW.context, NEW.stored_id, NEW.rendered_at)
       IS DISTINCT FROM (OLD.context, OLD.stored_id, OLD.rendered_at)) THEN
        RAISE EXCEPTION 'a letter that was made cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_letter_guard BEFORE UPDATE OR DELETE ON subsidies_letter
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_letter();

CREATE TRIGGER subsidies_messageevent_append_only BEFORE UPDATE OR DELETE ON subsidies_messageevent
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
"""
BACKWARD = """
DROP TRIGGER subsidies_messageevent_append_only ON subsidies_messageevent;
DROP TRIGGER subsidies_letter_guard ON subsidies_letter;
DROP FUNCTION subsidies_guard_letter();
DROP TRIGGER subsidies_run_guard ON subsidies_allocationrun;
DROP FUNCTION subsidies_guard_run();
DROP TRIGGER subsidies_decision_guard ON subsidies_decision;
DROP FUNCTION subsidies_guard_decision();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial"), ("core", "0004_auditevent_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
