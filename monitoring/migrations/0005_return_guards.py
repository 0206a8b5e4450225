from django.db import migrations

# The steps of a return and the datasets of a year are only ever added; a lock opens by a step that says who, why and
# until when; a dataset is there before a year is analysed (monitoring reference 3.4, invariants 8, 10, 11 and 13).
FORWARD = """
CREATE FUNCTION monitoring_guard_added_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER monitoring_transition_guard BEFORE UPDATE OR DELETE ON monitoring_returntransition
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_added_only();
CREATE TRIGGER monitoring_dataset_guard BEFORE UPDATE OR DELETE ON monitoring_cycledataset
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_added_only();

-- A reopening that follows the last lock, by somebody, with a reason and a day (constraints of that row).
CREATE FUNCTION monitoring_guard_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT EXISTS (
        SELECT FROM monitoring_returntransition opened
         WHERE opened.of_return_id = OLD.id AND opened.step = 'reopen' AND opened.target = NEW.state
           AND opened.id > (SELECT coalesce(max(closed.id), 0) FROM monitoring_returntransition closed
                             WHERE closed.of_return_id = OLD.id AND closed.step IN ('lock', 'relock'))) THEN
        RAISE EXCEPTION 'a locked return is reopened by a step that says why and until when'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_lock_guard BEFORE UPDATE OF state ON monitoring_return
    FOR EACH ROW WHEN (OLD.state = 'locked' AND NEW.state <> 'locked') EXECUTE FUNCTION monitoring_guard_lock();
CREATE TRIGGER monitoring_lock_guard_delete BEFORE DELETE ON monitoring_return
    FOR EACH ROW WHEN (OLD.state = 'locked') EXECUTE FUNCTION monitoring_guard_lock();

-- An exception ends once and says nothing else than it said.
CREATE FUNCTION monitoring_guard_lock_exception() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
       OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' THEN
        RAISE EXCEPTION 'an exception to a lock stays as it was given' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_lock_exception_guard BEFORE UPDATE OR DELETE ON monitoring_lockexception
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_lock_exception();

CREATE FUNCTION monitoring_guard_analysis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM monitoring_cycledataset WHERE cycle_id = NEW.id) THEN
        RAISE EXCEPTION 'the figures of a year are frozen before it is analysed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_analysis_guard BEFORE INSERT OR UPDATE OF state ON monitoring_monitoringcycle
    FOR EACH ROW WHEN (NEW.state IN
        ('analysing', 'draft_report', 'fact_check', 'adopted', 'published', 'acting', 'closed'))
    EXECUTE FUNCTION monitoring_guard_analysis();

-- What was filed once is not typed over: a revision follows. Only which of them counts may change, and only while the
-- return is open.
CREATE OR REPLACE FUNCTION monitoring_guard_measurement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    filing record;
BEGIN
    SELECT r.state, r.submitted_at, r.version_id INTO filing FROM monitoring_return r
        WHERE r.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.of_return_id ELSE NEW.of_return_id END;
    IF filing.state NOT IN ('draft', 'returned')
       OR (TG_OP = 'UPDATE' AND (NEW.of_return_id, NEW.series_key) <> (OLD.of_return_id, OLD.series_key)) THEN
        RAISE EXCEPTION 'figures of a filed return cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM agreements_agreedindicator
                        WHERE version_id = filing.version_id AND series_key = NEW.series_key) THEN
            RAISE EXCEPTION 'a figure belongs to an indicator of the agreement' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF filing.submitted_at IS NOT NULL AND (TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['is_current', 'withdrawn_at']
          IS DISTINCT FROM to_jsonb(OLD) - ARRAY['is_current', 'withdrawn_at']) THEN
        RAISE EXCEPTION 'a figure that was filed is followed by a revision' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION monitoring_guard_measurement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    filed boolean;
BEGIN
    SELECT r.state NOT IN ('draft', 'returned') INTO filed FROM monitoring_return r
        WHERE r.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.of_return_id ELSE NEW.of_return_id END;
    IF filed OR (TG_OP = 'UPDATE' AND NEW.of_return_id <> OLD.of_return_id) THEN
        RAISE EXCEPTION 'figures of a filed return cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
DROP TRIGGER monitoring_analysis_guard ON monitoring_monitoringcycle;
DROP FUNCTION monitoring_guard_analysis();
DROP TRIGGER monitoring_lock_exception_guard ON monitoring_lockexception;
DROP FUNCTION monitoring_guard_lock_exception();
DROP TRIGGER monitoring_lock_guard_delete ON monitoring_return;
DROP TRIGGER monitoring_lock_guard ON monitoring_return;
DROP FUNCTION monitoring_guard_lock();
DROP TRIGGER monitoring_dataset_guard ON monitoring_cycledataset;
DROP TRIGGER monitoring_transition_guard ON monitoring_returntransition;
DROP FUNCTION monitoring_guard_added_only();
"""

# A year counts as adopted in each of the four states from then on (invariants 4 and 5).
ADOPTED = "('adopted', 'published', 'acting', 'closed')"
AGREED_YEARS = """
DO $do$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['monitoring_guard_effective_year', 'monitoring_guard_adopted_targets'] LOOP
        EXECUTE replace(pg_get_functiondef(name::regproc), %s, %s);
    END LOOP;
END $do$;
"""
BEFORE = "('adopted', 'closed')"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0004_agreed_years")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(
            AGREED_YEARS % (_literal(BEFORE), _literal(ADOPTED)),
            AGREED_YEARS % (_literal(ADOPTED), _literal(BEFORE)),
        ),
    ]
