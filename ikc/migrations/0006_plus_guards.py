from django.db import migrations

# The law of the status Plus, whatever code or SQL tries: its workflow, four years at most, granted on conditions that
# suffice, and what it was granted on never changes. A status from the register (no nominated_at) brings no conditions.
FORWARD = """
ALTER TABLE ikc_plusstatus ADD CONSTRAINT plus_status_four_years_at_most
    CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_until < valid_from + INTERVAL '4 years');

CREATE FUNCTION ikc_guard_plus_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'candidate' THEN
            RAISE EXCEPTION 'plus_status_stays: a status Plus cannot be deleted'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_status_stays';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.ikc_id <> OLD.ikc_id OR (
        OLD.state IN ('granted', 'under_recalibration', 'continued', 'adjusted', 'ended', 'expired')
        AND (
            NEW.valid_from <> OLD.valid_from
            OR NEW.valid_until > OLD.valid_until
            OR (NEW.valid_until < OLD.valid_until
                AND (NEW.state = OLD.state OR NEW.state NOT IN ('adjusted', 'ended')))
        )
    ) THEN
        RAISE EXCEPTION 'plus_status_period_stays: the period of a given status Plus cannot be changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_status_period_stays';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('candidate', 'conditions_check'),
        ('conditions_check', 'proposed'),
        ('conditions_check', 'refused'),
        ('proposed', 'conditions_check'),
        ('proposed', 'granted'),
        ('granted', 'under_recalibration'),
        ('continued', 'under_recalibration'),
        ('adjusted', 'under_recalibration'),
        ('under_recalibration', 'continued'),
        ('under_recalibration', 'adjusted'),
        ('under_recalibration', 'ended'),
        ('granted', 'expired'),
        ('under_recalibration', 'expired'),
        ('continued', 'expired'),
        ('adjusted', 'expired')
    ) THEN
        RAISE EXCEPTION 'plus_status_workflow: % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_status_workflow';
    END IF;
    IF NEW.state = 'granted' AND OLD.state <> 'granted' AND NEW.nominated_at IS NOT NULL AND (
        12 > (
            SELECT count(*) FROM ikc_pluscondition c
            WHERE c.status_id = NEW.id
              AND (c.outcome = 'met' OR (c.outcome = 'partly' AND c.exception_on IS NOT NULL))
        )
        OR EXISTS (SELECT 1 FROM ikc_pluslapse l WHERE l.status_id = NEW.id AND l.settled_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'plus_status_conditions: not all conditions are met'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_status_conditions';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_plusstatus_guard BEFORE UPDATE OR DELETE ON ikc_plusstatus
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_plus_status();

-- The agreement (P04) may come into force or end before the check begins; the college may make its exception as long as
-- it has not decided. FOR SHARE: who grants waits for who assesses, and the other way round.
CREATE FUNCTION ikc_guard_plus_condition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_ ikc_pluscondition := COALESCE(NEW, OLD);
    state_ varchar;
BEGIN
    SELECT state INTO state_ FROM ikc_plusstatus WHERE id = row_.status_id FOR SHARE;
    IF state_ = 'conditions_check' AND TG_OP <> 'DELETE'
       OR state_ = 'candidate' AND (TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.code = 'P04')
       OR state_ = 'proposed' AND TG_OP = 'UPDATE'
          AND (NEW.status_id, NEW.code, NEW.outcome, NEW.note, NEW.assessed_by_id, NEW.assessed_at)
              IS NOT DISTINCT FROM
              (OLD.status_id, OLD.code, OLD.outcome, OLD.note, OLD.assessed_by_id, OLD.assessed_at) THEN
        RETURN row_;
    END IF;
    RAISE EXCEPTION 'plus_condition_frozen: the conditions are not being checked'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_condition_frozen';
END $$;
CREATE TRIGGER ikc_pluscondition_guard BEFORE INSERT OR UPDATE OR DELETE ON ikc_pluscondition
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_plus_condition();

CREATE FUNCTION ikc_guard_plus_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state_ varchar;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT s.state INTO state_ FROM ikc_plusstatus s
        JOIN ikc_pluscondition c ON c.status_id = s.id WHERE c.id = NEW.condition_id FOR SHARE OF s;
        IF state_ IN ('candidate', 'conditions_check') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'plus_evidence_stays: evidence is added during the check, and never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_evidence_stays';
END $$;
CREATE TRIGGER ikc_plusevidence_guard BEFORE INSERT OR UPDATE OR DELETE ON ikc_plusevidence
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_plus_evidence();

CREATE FUNCTION ikc_guard_plus_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
       OR (NEW.status_id, NEW.reason, NEW.opened_at) IS DISTINCT FROM (OLD.status_id, OLD.reason, OLD.opened_at) THEN
        RAISE EXCEPTION 'plus_review_stays: a closed review cannot be changed, and none can be deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_review_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_plusreview_guard BEFORE UPDATE OR DELETE ON ikc_plusreview
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_plus_review();

CREATE FUNCTION ikc_guard_plus_lapse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
       OR (NEW.status_id, NEW.code, NEW.note, NEW.at) IS DISTINCT FROM (OLD.status_id, OLD.code, OLD.note, OLD.at) THEN
        RAISE EXCEPTION 'plus_lapse_stays: what was noted about a condition cannot be changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_lapse_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_pluslapse_guard BEFORE UPDATE OR DELETE ON ikc_pluslapse
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_plus_lapse();
"""
BACKWARD = """
DROP TRIGGER ikc_pluslapse_guard ON ikc_pluslapse;
DROP FUNCTION ikc_guard_plus_lapse();
DROP TRIGGER ikc_plusreview_guard ON ikc_plusreview;
DROP FUNCTION ikc_guard_plus_review();
DROP TRIGGER ikc_plusevidence_guard ON ikc_plusevidence;
DROP FUNCTION ikc_guard_plus_evidence();
DROP TRIGGER ikc_pluscondition_guard ON ikc_pluscondition;
DROP FUNCTION ikc_guard_plus_condition();
DROP TRIGGER ikc_plusstatus_guard ON ikc_plusstatus;
DROP FUNCTION ikc_guard_plus_status();
ALTER TABLE ikc_plusstatus DROP CONSTRAINT plus_status_four_years_at_most;
"""


class Migration(migrations.Migration):
    dependencies = [("ikc", "0005_governance_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
