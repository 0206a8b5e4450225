from django.db import migrations

# A measurement has the columns of the type of its indicator, whatever code or SQL tries (monitoring reference 3.3).
FORWARD = """
CREATE FUNCTION monitoring_guard_type_of_measurement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    measured record;
BEGIN
    SELECT definition.type, jsonb_array_length(version.rubric) AS levels INTO measured
      FROM agreements_indicatordefinitionversion version
      JOIN agreements_indicatordefinition definition ON definition.id = version.definition_id
     WHERE version.id = NEW.definition_version_id;
    IF (NEW.level IS NOT NULL AND (measured.type <> 'scale' OR NEW.level NOT BETWEEN 1 AND measured.levels))
       OR (NEW.reached_on IS NOT NULL AND measured.type <> 'milestone')
       OR (NEW.numerator IS NOT NULL AND measured.type <> 'percentage')
       OR (NEW.value IS NOT NULL AND measured.type IN ('scale', 'milestone')) THEN
        RAISE EXCEPTION 'the figure has the columns of another type' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_type_of_measurement_guard BEFORE INSERT OR UPDATE ON monitoring_measurement
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_type_of_measurement();
"""
BACKWARD = """
DROP TRIGGER monitoring_type_of_measurement_guard ON monitoring_measurement;
DROP FUNCTION monitoring_guard_type_of_measurement();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_guards"), ("agreements", "0003_guard_types_and_course")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
