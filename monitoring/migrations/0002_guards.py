from django.db import migrations

# A rule set that a cycle uses, the figures of a filed return and a finished report do not change, whatever
# code or SQL tries (monitoring reference 3.3, invariants 11 and 13).
FORWARD = """
CREATE FUNCTION monitoring_guard_ruleset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM monitoring_monitoringcycle WHERE ruleset_id = OLD.id) THEN
        RAISE EXCEPTION 'a rule set in use cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER monitoring_ruleset_guard BEFORE UPDATE OR DELETE ON monitoring_ruleset
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_ruleset();

CREATE FUNCTION monitoring_guard_measurement() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER monitoring_measurement_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_measurement
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_measurement();

CREATE FUNCTION monitoring_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'done' THEN
        RAISE EXCEPTION 'a finished report cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER monitoring_report_guard BEFORE UPDATE OR DELETE ON monitoring_annualreport
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report();
"""
BACKWARD = """
DROP TRIGGER monitoring_report_guard ON monitoring_annualreport;
DROP FUNCTION monitoring_guard_report();
DROP TRIGGER monitoring_measurement_guard ON monitoring_measurement;
DROP FUNCTION monitoring_guard_measurement();
DROP TRIGGER monitoring_ruleset_guard ON monitoring_ruleset;
DROP FUNCTION monitoring_guard_ruleset();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
