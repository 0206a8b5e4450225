from django.db import migrations

# Clauses are fixed with the rest of the text; what is written about the years and the end of an agreement stays.
FORWARD = """
CREATE TRIGGER agreements_clause_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreementclause
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_part();

CREATE FUNCTION agreements_guard_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is written down about an agreement stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreements_evaluation_guard BEFORE UPDATE OR DELETE ON agreements_annualevaluation
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_ending();
CREATE TRIGGER agreements_termination_stays BEFORE UPDATE OR DELETE ON agreements_termination
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_ending();

-- A standard clause is replaced by its next version, from a day that is not before its own.
CREATE FUNCTION agreements_guard_standard_clause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a standard clause stays as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM agreements_standardclause other
         WHERE other.programme_id = NEW.programme_id AND other.code = NEW.code
           AND (other.number >= NEW.number OR other.valid_from > NEW.valid_from)
    ) THEN
        RAISE EXCEPTION 'a next version of a clause begins after the last' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_standard_clause_stays BEFORE INSERT OR UPDATE OR DELETE ON agreements_standardclause
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_standard_clause();

-- A party of an agreement that holds gives notice, with the term that the parties agreed to.
CREATE FUNCTION agreements_guard_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version record;
BEGIN
    SELECT v.id, v.state, v.notice_months, v.period_end INTO version
      FROM agreements_agreementversion v
      JOIN agreements_agreementparty party ON party.version_id = v.id
     WHERE party.id = NEW.party_id;
    IF version.id <> NEW.version_id OR version.state <> 'in_force' THEN
        RAISE EXCEPTION 'a party gives notice of an agreement in force' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.ends_on < (NEW.given_at AT TIME ZONE 'Europe/Amsterdam')::date + make_interval(months => version.notice_months)
       OR NEW.ends_on > version.period_end THEN
        RAISE EXCEPTION 'the notice term is too short' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_termination_guard BEFORE INSERT ON agreements_termination
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_notice();
"""
BACKWARD = """
DROP TRIGGER agreements_standard_clause_stays ON agreements_standardclause;
DROP FUNCTION agreements_guard_standard_clause();
DROP TRIGGER agreements_termination_guard ON agreements_termination;
DROP FUNCTION agreements_guard_notice();
DROP TRIGGER agreements_termination_stays ON agreements_termination;
DROP TRIGGER agreements_evaluation_guard ON agreements_annualevaluation;
DROP FUNCTION agreements_guard_ending();
DROP TRIGGER agreements_clause_guard ON agreements_agreementclause;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0006_signing_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
