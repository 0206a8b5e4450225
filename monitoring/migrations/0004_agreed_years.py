from django.db import migrations

# What is adopted about a year is judged by what was agreed for it (monitoring reference 3.4, invariants 4 and 5):
# a change begins after the last adopted year and not before the version that it follows; targets of adopted years
# stay as they were. A correction, which says why, may do both.
FORWARD = """
CREATE FUNCTION monitoring_guard_effective_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_index integer;
BEGIN
    IF NEW.supersedes_id IS NULL OR NEW.kind = 'correction' THEN
        RETURN NEW;
    END IF;
    SELECT index INTO this_index FROM agreements_programmeyear WHERE id = NEW.effective_year_id;
    IF EXISTS (
        SELECT FROM agreements_agreementversion former
        JOIN agreements_programmeyear year ON year.id = former.effective_year_id
        WHERE former.agreement_id = NEW.agreement_id AND former.id <> NEW.id AND former.number < NEW.number
          AND former.state IN ('in_force', 'replaced') AND year.index > this_index) THEN
        RAISE EXCEPTION 'a change does not begin before the version that it follows'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM monitoring_monitoringcycle cycle
        JOIN agreements_programmeyear year ON year.id = cycle.year_id
        JOIN agreements_programmeyear this ON this.id = NEW.effective_year_id
         AND this.programme_id = year.programme_id
        WHERE cycle.state IN ('adopted', 'closed') AND year.index >= this_index) THEN
        RAISE EXCEPTION 'a change begins after the last adopted year' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_effective_year_guard
    BEFORE INSERT OR UPDATE OF effective_year_id, kind, supersedes_id ON agreements_agreementversion
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_effective_year();

-- When a text is fixed, its targets of adopted years are those of the version in force before it.
CREATE FUNCTION monitoring_guard_adopted_targets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM agreements_agreedindicator ours
        JOIN agreements_yeartarget target ON target.indicator_id = ours.id
        JOIN monitoring_monitoringcycle cycle ON cycle.year_id = target.year_id
         AND cycle.state IN ('adopted', 'closed')
        JOIN agreements_agreementversion former ON former.agreement_id = NEW.agreement_id
         AND former.state = 'in_force'
        JOIN agreements_agreedindicator theirs ON theirs.version_id = former.id
         AND theirs.series_key = ours.series_key
        JOIN agreements_yeartarget before ON before.indicator_id = theirs.id AND before.year_id = target.year_id
        WHERE ours.version_id = NEW.id
          AND to_jsonb(target) - ARRAY['id', 'indicator_id', 'explanation']
              IS DISTINCT FROM to_jsonb(before) - ARRAY['id', 'indicator_id', 'explanation']) THEN
        RAISE EXCEPTION 'targets of an adopted year stay as they were' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_adopted_targets_guard BEFORE UPDATE OF state ON agreements_agreementversion
    FOR EACH ROW WHEN (NEW.state = 'agreed' AND NEW.kind <> 'correction' AND NEW.supersedes_id IS NOT NULL)
    EXECUTE FUNCTION monitoring_guard_adopted_targets();
"""
BACKWARD = """
DROP TRIGGER monitoring_adopted_targets_guard ON agreements_agreementversion;
DROP FUNCTION monitoring_guard_adopted_targets();
DROP TRIGGER monitoring_effective_year_guard ON agreements_agreementversion;
DROP FUNCTION monitoring_guard_effective_year();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_guard_type_of_measurement"), ("agreements", "0007_ending_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
