from django.db import migrations

# A decision that gives less than was asked after three years or more of subsidy in a row is not taken before somebody
# judged on Awb 4:51, and that judgement stays as it was signed. What the Act then asks to grant for the rest of a
# reasonable term comes on top of the ceiling (Awb 4:51(2): "zo nodig in afwijking van artikel 4:25, tweede lid").
CEILING = """
CREATE OR REPLACE FUNCTION subsidies_check_ceiling(rounds bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
    decided numeric;
    by_objection numeric;
    kept numeric;%(declare)s
BEGIN
    FOR wanted IN SELECT id, ceiling FROM subsidies_subsidyround WHERE id = ANY (rounds)
                  ORDER BY id FOR NO KEY UPDATE LOOP
        SELECT COALESCE(SUM(decision.amount), 0),
               COALESCE(SUM(GREATEST(decision.amount - COALESCE(earlier.amount, 0), 0))
                        FILTER (WHERE decision.objection_reference <> ''), 0)%(select)s
          INTO decided, by_objection%(into)s
          FROM subsidies_decision decision
          JOIN subsidies_application application ON application.id = decision.application_id
          LEFT JOIN subsidies_decision earlier ON earlier.id = decision.replaces_id%(join)s
         WHERE application.round_id = wanted.id AND subsidies_decision_counts(decision.state);
        SELECT COALESCE(SUM(granted_amount), 0) INTO kept
          FROM subsidies_application WHERE round_id = wanted.id AND granted_amount > 0;
        IF GREATEST(decided, kept) > wanted.ceiling + by_objection%(plus)s THEN
            RAISE EXCEPTION 'the grants of a round are more than its ceiling'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'round_grants_within_ceiling';
        END IF;
    END LOOP;
END $$;
"""
FORWARD = CEILING % {
    "declare": "\n    by_continuity numeric;",
    "select": ",\n               COALESCE(SUM(continuity.above_division), 0)",
    "into": ", by_continuity",
    "join": "\n          LEFT JOIN subsidies_continuityassessment continuity ON continuity.decision_id = decision.id",
    "plus": " + by_continuity",
} + """
CREATE FUNCTION subsidies_guard_continuity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision_state text;
BEGIN
    SELECT state INTO decision_state FROM subsidies_decision
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.decision_id ELSE NEW.decision_id END;
    IF decision_state <> 'draft' THEN
        RAISE EXCEPTION 'continuity_fixed_after_draft: the judgement on earlier subsidy goes with the draft'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'continuity_fixed_after_draft';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_continuity_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_continuityassessment
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_continuity();

CREATE FUNCTION subsidies_guard_taking_continuity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_continuityassessment WHERE decision_id = NEW.id AND applies IS NULL) THEN
        RAISE EXCEPTION 'decision_continuity_is_judged: nobody judged on Awb 4:51 yet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_continuity_is_judged';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_decision_continuity_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken') EXECUTE FUNCTION subsidies_guard_taking_continuity();
"""
BACKWARD = """
DROP TRIGGER subsidies_decision_continuity_guard ON subsidies_decision;
DROP FUNCTION subsidies_guard_taking_continuity();
DROP TRIGGER subsidies_continuity_guard ON subsidies_continuityassessment;
DROP FUNCTION subsidies_guard_continuity();
""" + CEILING % dict.fromkeys(("declare", "select", "into", "join", "plus"), "")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0036_continuity")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
