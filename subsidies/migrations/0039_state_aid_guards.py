from django.db import migrations

# The Act makes refusal compulsory when a subsidy is incompatible with the internal market (Awb 4:35(3)): no grant is
# taken without an assessment of state aid, nor with one that says so; and the assessment under a grant stays as it was.
FORWARD = """
CREATE FUNCTION subsidies_guard_taking_state_aid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_stateaidassessment
                   WHERE application_id = NEW.application_id AND outcome <> 'incompatible') THEN
        RAISE EXCEPTION 'grant_has_a_state_aid_assessment: nobody found that this subsidy may be given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_has_a_state_aid_assessment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_decision_state_aid_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken' AND NEW.kind IN ('grant', 'partial_grant'))
    EXECUTE FUNCTION subsidies_guard_taking_state_aid();

CREATE FUNCTION subsidies_guard_state_aid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_decision WHERE application_id = OLD.application_id
               AND subsidies_decision_counts(state)) THEN
        RAISE EXCEPTION 'state_aid_fixed_after_decision: the assessment under a decision cannot be changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'state_aid_fixed_after_decision';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_state_aid_guard BEFORE UPDATE OR DELETE ON subsidies_stateaidassessment
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_state_aid();
"""
BACKWARD = """
DROP TRIGGER subsidies_state_aid_guard ON subsidies_stateaidassessment;
DROP FUNCTION subsidies_guard_state_aid();
DROP TRIGGER subsidies_decision_state_aid_guard ON subsidies_decision;
DROP FUNCTION subsidies_guard_taking_state_aid();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0038_state_aid_amounts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
