from django.db import migrations

# What an indicator is decides what a target may be, and what is agreed goes the agreed way (monitoring
# reference 3.2 and 4). The course is looked at when a transaction ends: baseline and eight targets are rows.
FORWARD = """
CREATE FUNCTION agreements_guard_rubric() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_scale boolean;
BEGIN
    SELECT type = 'scale' INTO is_scale FROM agreements_indicatordefinition WHERE id = NEW.definition_id;
    IF jsonb_typeof(NEW.rubric) <> 'array' OR is_scale <> (jsonb_array_length(NEW.rubric) >= 2)
       OR (NOT is_scale AND NEW.rubric <> '[]'::jsonb)
       OR EXISTS (SELECT FROM jsonb_array_elements(NEW.rubric) level
                  WHERE jsonb_typeof(level) <> 'string' OR btrim(level #>> '{}') = '') THEN
        RAISE EXCEPTION 'a scale has a text for each of its levels, and nothing else has levels'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_rubric_guard BEFORE INSERT OR UPDATE ON agreements_indicatordefinitionversion
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_rubric();

CREATE FUNCTION agreements_guard_type_of_indicator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    measured record;
BEGIN
    SELECT definition.type, jsonb_array_length(version.rubric) AS levels INTO measured
      FROM agreements_indicatordefinitionversion version
      JOIN agreements_indicatordefinition definition ON definition.id = version.definition_id
     WHERE version.id = NEW.definition_version_id;
    IF (measured.type = 'milestone') <> (NEW.baseline_status = 'none')
       OR (NEW.leeway_days > 0 AND measured.type <> 'milestone')
       OR (NEW.baseline_level IS NOT NULL AND measured.type <> 'scale')
       OR (NEW.baseline_value IS NOT NULL AND measured.type IN ('scale', 'milestone'))
       OR (NEW.baseline_denominator IS NOT NULL AND measured.type <> 'percentage')
       OR (NEW.tolerance > 0 AND measured.type IN ('scale', 'milestone')) THEN
        RAISE EXCEPTION 'the baseline has the columns of another type' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.baseline_level IS NOT NULL AND NEW.baseline_level NOT BETWEEN 1 AND measured.levels THEN
        RAISE EXCEPTION 'the level is not in the rubric' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_type_of_indicator_guard BEFORE INSERT OR UPDATE ON agreements_agreedindicator
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_type_of_indicator();

CREATE FUNCTION agreements_guard_type_of_target() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    measured record;
BEGIN
    SELECT definition.type, definition.direction, jsonb_array_length(version.rubric) AS levels,
           year.start AS first_day, year.end AS last_day,
           year.programme_id = agreement.programme_id AS of_programme
      INTO measured
      FROM agreements_agreedindicator indicator
      JOIN agreements_indicatordefinitionversion version ON version.id = indicator.definition_version_id
      JOIN agreements_indicatordefinition definition ON definition.id = version.definition_id
      JOIN agreements_agreementversion whole ON whole.id = indicator.version_id
      JOIN agreements_resultagreement agreement ON agreement.id = whole.agreement_id
      JOIN agreements_programmeyear year ON year.id = NEW.year_id
     WHERE indicator.id = NEW.indicator_id;
    IF NOT measured.of_programme THEN
        RAISE EXCEPTION 'the year belongs to another programme' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.level IS NOT NULL AND measured.type <> 'scale')
       OR (NEW.due_on IS NOT NULL AND measured.type <> 'milestone')
       OR (NEW.value IS NOT NULL AND (measured.type IN ('scale', 'milestone') OR measured.direction = 'range'))
       OR (NEW.low IS NOT NULL AND (measured.type IN ('scale', 'milestone') OR measured.direction <> 'range')) THEN
        RAISE EXCEPTION 'the target has the columns of another type' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.level IS NOT NULL AND NEW.level NOT BETWEEN 1 AND measured.levels THEN
        RAISE EXCEPTION 'the level is not in the rubric' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.due_on IS NOT NULL AND NEW.due_on NOT BETWEEN measured.first_day AND measured.last_day THEN
        RAISE EXCEPTION 'the day of a milestone lies outside its year' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_type_of_target_guard BEFORE INSERT OR UPDATE ON agreements_yeartarget
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_type_of_target();

-- Eight rows; with aim 'improve' no target is worse than the one before it, nor better by less than one child.
CREATE FUNCTION agreements_check_course(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    agreed record;
    previous numeric;
    figure numeric;
    least numeric := 0;
    step numeric;
BEGIN
    SELECT indicator.aim, coalesce(indicator.baseline_value, indicator.baseline_level) AS baseline,
           indicator.baseline_denominator AS denominator, definition.type, definition.direction,
           definition.decimals, first_year.index AS first_index, first_year.programme_id
      INTO agreed
      FROM agreements_agreedindicator indicator
      JOIN agreements_indicatordefinitionversion version ON version.id = indicator.definition_version_id
      JOIN agreements_indicatordefinition definition ON definition.id = version.definition_id
      JOIN agreements_agreementversion whole ON whole.id = indicator.version_id
      JOIN agreements_programmeyear first_year ON first_year.id = whole.effective_year_id
     WHERE indicator.id = which;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF (SELECT count(*) FROM agreements_yeartarget WHERE indicator_id = which)
       <> (SELECT count(*) FROM agreements_programmeyear WHERE programme_id = agreed.programme_id) THEN
        RAISE EXCEPTION 'an indicator has a target for each year of the programme' USING ERRCODE = 'check_violation';
    END IF;
    IF agreed.aim <> 'improve' OR agreed.direction = 'range' OR agreed.type = 'milestone' THEN
        RETURN;
    END IF;
    IF agreed.type = 'percentage' AND agreed.denominator > 0 THEN
        least := trunc(100.0 / agreed.denominator, agreed.decimals);
    END IF;
    previous := agreed.baseline;
    FOR figure IN
        SELECT coalesce(target.value, target.level)
          FROM agreements_yeartarget target
          JOIN agreements_programmeyear year ON year.id = target.year_id
         WHERE target.indicator_id = which AND year.index >= agreed.first_index
           AND coalesce(target.value, target.level) IS NOT NULL
         ORDER BY year.index
    LOOP
        step := (figure - previous) * CASE agreed.direction WHEN 'lower' THEN -1 ELSE 1 END;
        IF step < 0 THEN
            RAISE EXCEPTION 'a target goes against its direction' USING ERRCODE = 'check_violation';
        END IF;
        IF step > 0 AND step < least THEN
            RAISE EXCEPTION 'a step is smaller than one child' USING ERRCODE = 'check_violation';
        END IF;
        previous := figure;
    END LOOP;
END $$;

CREATE FUNCTION agreements_course_of_indicator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM agreements_check_course(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreements_course_of_indicator AFTER INSERT OR UPDATE ON agreements_agreedindicator
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION agreements_course_of_indicator();

CREATE FUNCTION agreements_course_of_target() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM agreements_check_course(OLD.indicator_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreements_course_of_target AFTER UPDATE OR DELETE ON agreements_yeartarget
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION agreements_course_of_target();

CREATE FUNCTION agreements_course_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM agreements_check_course(id) FROM agreements_agreedindicator WHERE version_id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreements_course_of_version AFTER UPDATE OF effective_year_id ON agreements_agreementversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION agreements_course_of_version();
"""
BACKWARD = """
DROP TRIGGER agreements_course_of_version ON agreements_agreementversion;
DROP FUNCTION agreements_course_of_version();
DROP TRIGGER agreements_course_of_target ON agreements_yeartarget;
DROP FUNCTION agreements_course_of_target();
DROP TRIGGER agreements_course_of_indicator ON agreements_agreedindicator;
DROP FUNCTION agreements_course_of_indicator();
DROP FUNCTION agreements_check_course(bigint);
DROP TRIGGER agreements_type_of_target_guard ON agreements_yeartarget;
DROP FUNCTION agreements_guard_type_of_target();
DROP TRIGGER agreements_type_of_indicator_guard ON agreements_agreedindicator;
DROP FUNCTION agreements_guard_type_of_indicator();
DROP TRIGGER agreements_rubric_guard ON agreements_indicatordefinitionversion;
DROP FUNCTION agreements_guard_rubric();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
