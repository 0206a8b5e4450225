from django.db import migrations

# What a recipient handed in stays as it was handed in; only a request to complete opens it again. The municipality writes
# its verdict beside it, while it judges. After the determination nothing is handed in (Awb 4:44, 4:46).
FORWARD = """
CREATE FUNCTION subsidies_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'assessment', 'accepted_at', 'accepted_by_id'];
    determined boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'account_stays: an account is never taken away'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'account_stays';
    END IF;
    SELECT determined_amount IS NOT NULL INTO determined FROM subsidies_grant WHERE id = NEW.grant_id;
    IF determined AND (TG_OP = 'INSERT' OR (NEW.state IN ('submitted', 'checking') AND NEW.state <> OLD.state)) THEN
        RAISE EXCEPTION 'account_after_determination: the subsidy is determined already'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_after_determination';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state IN ('submitted', 'checking', 'accepted', 'ex_officio')
       AND to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'account_handed_in_stays: what was handed in stays as it was'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'account_handed_in_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_account_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_accountabilityreport
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account();

CREATE FUNCTION subsidies_guard_account_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged text[] := ARRAY['verdict', 'verdict_note', 'unnecessary', 'unnecessary_reason'];
    report bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.report_id ELSE NEW.report_id END;
    stage text;
BEGIN
    SELECT state INTO stage FROM subsidies_accountabilityreport WHERE id = report;
    IF stage IN ('not_due', 'due', 'overdue', 'incomplete')
       AND (TG_OP <> 'UPDATE' OR to_jsonb(NEW) - judged IS DISTINCT FROM to_jsonb(OLD) - judged
            OR to_jsonb(NEW) = to_jsonb(OLD)) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF stage = 'checking' AND TG_OP = 'UPDATE' AND to_jsonb(NEW) - judged = to_jsonb(OLD) - judged THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'account_rows_stay: what was handed in stays as it was'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'account_rows_stay';
END $$;
CREATE TRIGGER subsidies_activityresult_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_activityresult
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account_rows();
CREATE TRIGGER subsidies_actualline_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_actualline
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account_rows();
CREATE TRIGGER subsidies_reportfile_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_reportfile
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account_rows();

CREATE FUNCTION subsidies_guard_duty_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    report bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.report_id ELSE NEW.report_id END;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_accountabilityreport WHERE id = report AND state = 'checking') THEN
        RAISE EXCEPTION 'account_verdict_stays: a verdict is given while the account is judged'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'account_verdict_stays';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_dutyverdict_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_dutyverdict
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_duty_verdict();
"""
BACKWARD = """
DROP TRIGGER subsidies_dutyverdict_guard ON subsidies_dutyverdict;
DROP FUNCTION subsidies_guard_duty_verdict();
DROP TRIGGER subsidies_reportfile_guard ON subsidies_reportfile;
DROP TRIGGER subsidies_actualline_guard ON subsidies_actualline;
DROP TRIGGER subsidies_activityresult_guard ON subsidies_activityresult;
DROP FUNCTION subsidies_guard_account_rows();
DROP TRIGGER subsidies_account_guard ON subsidies_accountabilityreport;
DROP FUNCTION subsidies_guard_account();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0071_accountability")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
