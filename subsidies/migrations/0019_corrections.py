from django.db import migrations

# What was filed stays as it was filed; only taking over a correction that the applicant filed may write to it, and
# never to the facts of the filing itself. The service names the correction for the length of its transaction.
FORWARD = """
CREATE FUNCTION subsidies_takes_over_correction(filed bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM subsidies_correction correction
        JOIN subsidies_completionrequest request ON request.id = correction.request_id
        WHERE correction.id = nullif(current_setting('kvk2.correction', true), '')::bigint
          AND correction.state = 'submitted' AND request.application_id = filed)
$$;

DROP TRIGGER subsidies_application_guard ON subsidies_application;
CREATE TRIGGER subsidies_application_delete_guard BEFORE DELETE ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application();
CREATE TRIGGER subsidies_application_guard BEFORE UPDATE ON subsidies_application
    FOR EACH ROW WHEN (NOT subsidies_takes_over_correction(OLD.id))
    EXECUTE FUNCTION subsidies_guard_application();

CREATE FUNCTION subsidies_guard_correcting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.round_id, NEW.ikc_id, NEW.board_id, NEW.number, NEW.state, NEW.tier, NEW.received_at,
        NEW.signed_by_id, NEW.signed_name, NEW.signed_job_title, NEW.is_plus, NEW.in_attention_area,
        NEW.extended_learning_time, NEW.score, NEW.granted_amount)
       IS DISTINCT FROM
       (OLD.round_id, OLD.ikc_id, OLD.board_id, OLD.number, OLD.state, OLD.tier, OLD.received_at,
        OLD.signed_by_id, OLD.signed_name, OLD.signed_job_title, OLD.is_plus, OLD.in_attention_area,
        OLD.extended_learning_time, OLD.score, OLD.granted_amount) THEN
        RAISE EXCEPTION 'a correction does not change the filing itself' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_application_correcting_guard BEFORE UPDATE ON subsidies_application
    FOR EACH ROW WHEN (subsidies_takes_over_correction(OLD.id))
    EXECUTE FUNCTION subsidies_guard_correcting();

CREATE OR REPLACE FUNCTION subsidies_guard_application_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_application bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.application_id END;
    new_application bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.application_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_application
               WHERE id IN (old_application, new_application) AND state NOT IN ('draft', 'lapsed')
                 AND NOT subsidies_takes_over_correction(id)) THEN
        RAISE EXCEPTION 'the content of an application that was filed cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION subsidies_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a correction that was filed cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.request_id, NEW.changes, NEW.explanation, NEW.submitted_at, NEW.submitted_by_id)
       IS DISTINCT FROM
       (OLD.request_id, OLD.changes, OLD.explanation, OLD.submitted_at, OLD.submitted_by_id)
       OR (OLD.state <> 'submitted' AND (NEW.state, NEW.judged_at, NEW.judged_by_id, NEW.judgement)
           IS DISTINCT FROM (OLD.state, OLD.judged_at, OLD.judged_by_id, OLD.judgement)) THEN
        RAISE EXCEPTION 'a correction that was filed cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_correction_guard BEFORE UPDATE OR DELETE ON subsidies_correction
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_correction();
"""
BACKWARD = """
DROP TRIGGER subsidies_correction_guard ON subsidies_correction;
DROP FUNCTION subsidies_guard_correction();
CREATE OR REPLACE FUNCTION subsidies_guard_application_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_application bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.application_id END;
    new_application bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.application_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_application
               WHERE id IN (old_application, new_application) AND state NOT IN ('draft', 'lapsed')) THEN
        RAISE EXCEPTION 'the content of an application that was filed cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
DROP TRIGGER subsidies_application_correcting_guard ON subsidies_application;
DROP FUNCTION subsidies_guard_correcting();
DROP TRIGGER subsidies_application_guard ON subsidies_application;
DROP TRIGGER subsidies_application_delete_guard ON subsidies_application;
CREATE TRIGGER subsidies_application_guard BEFORE UPDATE OR DELETE ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application();
DROP FUNCTION subsidies_takes_over_correction(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0018_completeness")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
