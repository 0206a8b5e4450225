from django.db import migrations

# What hangs on a figure stands still with it; parts are together never more than the whole; nobody files a figure with
# an error, or with a question that has no answer (monitoring reference 3.3 and 4, 'Entry checks').
FORWARD = """
CREATE FUNCTION monitoring_guard_detail() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    filing record;
BEGIN
    SELECT r.state, r.submitted_at INTO filing FROM monitoring_measurement m
      JOIN monitoring_return r ON r.id = m.of_return_id
     WHERE m.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.measurement_id ELSE NEW.measurement_id END;
    IF filing.state NOT IN ('draft', 'returned') THEN
        RAISE EXCEPTION 'details of a filed figure cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_TABLE_NAME = 'monitoring_evidence'
       AND (TG_OP = 'UPDATE' OR (TG_OP = 'DELETE' AND filing.submitted_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'evidence that was filed stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER monitoring_check_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_check
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_detail();
CREATE TRIGGER monitoring_breakdown_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_breakdown
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_detail();
CREATE TRIGGER monitoring_evidence_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_evidence
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_detail();

CREATE FUNCTION monitoring_require_parts_within_whole(measurement bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM monitoring_breakdown part
          JOIN monitoring_category category ON category.id = part.category_id
          JOIN monitoring_measurement whole ON whole.id = part.measurement_id
         WHERE whole.id = measurement
         GROUP BY whole.id, category.dimension_id
        HAVING coalesce(sum(part.value) > whole.value, bool_or(part.value IS NOT NULL))
            OR coalesce(sum(part.numerator) > whole.numerator, bool_or(part.numerator IS NOT NULL))
            OR coalesce(sum(part.denominator) > whole.denominator, bool_or(part.denominator IS NOT NULL))) THEN
        RAISE EXCEPTION 'the parts are more than the whole' USING ERRCODE = 'check_violation';
    END IF;
END $$;
CREATE FUNCTION monitoring_guard_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM monitoring_require_parts_within_whole(NEW.measurement_id);
    RETURN NULL;
END $$;
CREATE TRIGGER monitoring_parts_guard AFTER INSERT OR UPDATE ON monitoring_breakdown
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_parts();
CREATE FUNCTION monitoring_guard_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM monitoring_require_parts_within_whole(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER monitoring_whole_guard AFTER UPDATE OF value, numerator, denominator ON monitoring_measurement
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_whole();

-- The system may file on the last day what people left open; then it cannot be checked, only given back.
CREATE FUNCTION monitoring_guard_questions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM monitoring_check question
                 JOIN monitoring_measurement m ON m.id = question.measurement_id
                WHERE m.of_return_id = NEW.id AND m.is_current AND question.explanation = '') THEN
        RAISE EXCEPTION 'an error or a question about a figure is open' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_questions_guard BEFORE UPDATE OF state ON monitoring_return
    FOR EACH ROW WHEN (NEW.state <> OLD.state AND
        ((NEW.state = 'submitted' AND NEW.submitted_by_id IS NOT NULL) OR NEW.state = 'checked'))
    EXECUTE FUNCTION monitoring_guard_questions();
"""
BACKWARD = """
DROP TRIGGER monitoring_questions_guard ON monitoring_return;
DROP FUNCTION monitoring_guard_questions();
DROP TRIGGER monitoring_whole_guard ON monitoring_measurement;
DROP FUNCTION monitoring_guard_whole();
DROP TRIGGER monitoring_parts_guard ON monitoring_breakdown;
DROP FUNCTION monitoring_guard_parts();
DROP FUNCTION monitoring_require_parts_within_whole(bigint);
DROP TRIGGER monitoring_evidence_guard ON monitoring_evidence;
DROP TRIGGER monitoring_breakdown_guard ON monitoring_breakdown;
DROP TRIGGER monitoring_check_guard ON monitoring_check;
DROP FUNCTION monitoring_guard_detail();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0006_report_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
