from django.db import migrations

# No grant goes over the ceiling (Awb 4:25), whoever writes it: the decisions that stand in a round, and the amounts
# kept at its applications, are together at most the ceiling. Only what a won objection adds comes on top (Awb 4:25(3)).
# The check locks the round, so that two decisions that would fit alone wait for one another. It runs per statement and
# not per row: a round of ten thousand decisions is added up once per batch.
# A decision that was taken is fixed in every column but the ones that tell how it went on. A record of a draw stays.
FORWARD = """
CREATE OR REPLACE FUNCTION subsidies_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state'];
BEGIN
    IF OLD.state IN ('taken', 'sent', 'final', 'contested', 'upheld', 'replaced') THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a decision that was taken cannot be deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.announced_at IS NULL THEN
            free := free || ARRAY['announced_at', 'objection_until'];
        END IF;
        IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
            RAISE EXCEPTION 'a decision that was taken cannot be changed' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION subsidies_decision_counts(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('taken', 'sent', 'final', 'contested', 'upheld')
$$;

CREATE FUNCTION subsidies_check_ceiling(rounds bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
    decided numeric;
    by_objection numeric;
    kept numeric;
BEGIN
    FOR wanted IN SELECT id, ceiling FROM subsidies_subsidyround WHERE id = ANY (rounds)
                  ORDER BY id FOR NO KEY UPDATE LOOP
        SELECT COALESCE(SUM(decision.amount), 0),
               COALESCE(SUM(GREATEST(decision.amount - COALESCE(earlier.amount, 0), 0))
                        FILTER (WHERE decision.objection_reference <> ''), 0)
          INTO decided, by_objection
          FROM subsidies_decision decision
          JOIN subsidies_application application ON application.id = decision.application_id
          LEFT JOIN subsidies_decision earlier ON earlier.id = decision.replaces_id
         WHERE application.round_id = wanted.id AND subsidies_decision_counts(decision.state);
        SELECT COALESCE(SUM(granted_amount), 0) INTO kept
          FROM subsidies_application WHERE round_id = wanted.id AND granted_amount > 0;
        IF GREATEST(decided, kept) > wanted.ceiling + by_objection THEN
            RAISE EXCEPTION 'the grants of a round are more than its ceiling'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'round_grants_within_ceiling';
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION subsidies_ceiling_of_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rounds bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT application.round_id) INTO rounds
          FROM new_rows JOIN subsidies_application application ON application.id = new_rows.application_id
         WHERE subsidies_decision_counts(new_rows.state) AND new_rows.amount > 0;
    ELSE
        SELECT array_agg(DISTINCT application.round_id) INTO rounds
          FROM new_rows
          JOIN old_rows ON old_rows.id = new_rows.id
          JOIN subsidies_application application ON application.id = new_rows.application_id
         WHERE subsidies_decision_counts(new_rows.state) AND new_rows.amount > 0
           AND NOT (subsidies_decision_counts(old_rows.state) AND old_rows.amount >= new_rows.amount
                    AND old_rows.objection_reference = new_rows.objection_reference);
    END IF;
    IF rounds IS NOT NULL THEN
        PERFORM subsidies_check_ceiling(rounds);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_decision_ceiling_insert AFTER INSERT ON subsidies_decision
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_decisions();
CREATE TRIGGER subsidies_decision_ceiling_update AFTER UPDATE ON subsidies_decision
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_decisions();

CREATE FUNCTION subsidies_ceiling_of_applications() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rounds bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT round_id) INTO rounds FROM new_rows WHERE granted_amount > 0;
    ELSE
        SELECT array_agg(DISTINCT new_rows.round_id) INTO rounds
          FROM new_rows JOIN old_rows ON old_rows.id = new_rows.id
         WHERE new_rows.granted_amount > COALESCE(old_rows.granted_amount, 0);
    END IF;
    IF rounds IS NOT NULL THEN
        PERFORM subsidies_check_ceiling(rounds);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_application_ceiling_insert AFTER INSERT ON subsidies_application
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_applications();
CREATE TRIGGER subsidies_application_ceiling_update AFTER UPDATE ON subsidies_application
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_applications();

CREATE TRIGGER subsidies_lotteryrecord_append_only BEFORE UPDATE OR DELETE ON subsidies_lotteryrecord
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
"""
BACKWARD = """
DROP TRIGGER subsidies_lotteryrecord_append_only ON subsidies_lotteryrecord;
DROP TRIGGER subsidies_application_ceiling_update ON subsidies_application;
DROP TRIGGER subsidies_application_ceiling_insert ON subsidies_application;
DROP FUNCTION subsidies_ceiling_of_applications();
DROP TRIGGER subsidies_decision_ceiling_update ON subsidies_decision;
DROP TRIGGER subsidies_decision_ceiling_insert ON subsidies_decision;
DROP FUNCTION subsidies_ceiling_of_decisions();
DROP FUNCTION subsidies_check_ceiling(bigint[]);
DROP FUNCTION subsidies_decision_counts(text);
CREATE OR REPLACE FUNCTION subsidies_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state'];
BEGIN
    IF OLD.state IN ('taken', 'sent', 'final', 'contested', 'upheld', 'replaced') THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a decision that was taken cannot be deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.announced_at IS NULL THEN
            free := free || ARRAY['announced_at', 'objection_until'];
        END IF;
        IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
            RAISE EXCEPTION 'a decision that was taken cannot be changed' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0012_allocation"), ("core", "0004_auditevent_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
