from django.db import migrations


# What came in stays as it came in, a delay and a report stay as they were written, and nobody leads the hearing about a
# decision that was partly the own (Awb 7:5).
OBJECTION_GUARDS = """
CREATE FUNCTION subsidies_guard_objection() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['decision_id', 'reference', 'party', 'name', 'channel', 'received_at', 'postmark_on', 'grounds',
                          'signed', 'excuse', 'registered_at', 'registered_by_id', 'document_id'];
    name text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        FOREACH name IN ARRAY fixed LOOP
            IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name THEN
                RAISE EXCEPTION 'objection_stays: an objection stays as it came in'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_stays';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'objection_stays: an objection stays as it came in'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_stays';
END $$;
CREATE FUNCTION subsidies_guard_objection_delay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'objection_delay_stays: a delay is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_delay_stays';
END $$;
CREATE FUNCTION subsidies_guard_objection_hearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.held_at IS NOT NULL THEN
        RAISE EXCEPTION 'objection_report_stays: the report of a hearing is never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'objection_report_stays';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_objection objection JOIN subsidies_decision decision ON decision.id = objection.decision_id
                WHERE objection.id = NEW.objection_id
                  AND NEW.led_by_id IN (decision.drafted_by_id, decision.checked_by_id, decision.taken_by_id)) THEN
        RAISE EXCEPTION 'objection_leader_not_involved: the leader had a part in the contested decision'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'objection_leader_not_involved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_objection_guard BEFORE UPDATE OR DELETE ON subsidies_objection
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_objection();
CREATE TRIGGER subsidies_objection_delay_guard BEFORE UPDATE OR DELETE ON subsidies_objectiondelay
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_objection_delay();
CREATE TRIGGER subsidies_objection_hearing_guard BEFORE INSERT OR UPDATE ON subsidies_objectionhearing
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_objection_hearing();
"""

# What a recipient handed in stays as it was handed in; only a request to complete opens it again. The municipality writes
# its verdict beside it, while it judges. After the determination nothing is handed in (Awb 4:44, 4:46).
ACCOUNT_GUARDS = """
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
CREATE TRIGGER subsidies_account_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_accountabilityreport
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account();
CREATE TRIGGER subsidies_activityresult_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_activityresult
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account_rows();
CREATE TRIGGER subsidies_actualline_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_actualline
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account_rows();
CREATE TRIGGER subsidies_reportfile_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_reportfile
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_account_rows();
CREATE TRIGGER subsidies_dutyverdict_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_dutyverdict
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_duty_verdict();
"""

# What was planned keeps its amount: another amount is another payment. Together they never exceed what was granted or
# determined, also when two are planned at once: both lock the row of the grant. What went to the bank stays as it went.
PAYMENT_GUARDS = """
CREATE FUNCTION subsidies_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most numeric;
    total numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a payment is cancelled, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT COALESCE(determined_amount, amount) INTO most FROM subsidies_grant WHERE id = NEW.grant_id FOR UPDATE;
        SELECT COALESCE(SUM(amount), 0) INTO total
          FROM subsidies_payment WHERE grant_id = NEW.grant_id AND state <> 'cancelled';
        IF total + NEW.amount > most THEN
            RAISE EXCEPTION 'payments_above_grant: together these payments are more than the grant'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('cancelled', 'settled')
       OR (NEW.grant_id, NEW.kind, NEW.number, NEW.reference, NEW.decision_id, NEW.advance_id, NEW.amount, NEW.planned_at)
          IS DISTINCT FROM
          (OLD.grant_id, OLD.kind, OLD.number, OLD.reference, OLD.decision_id, OLD.advance_id, OLD.amount, OLD.planned_at)
       OR (OLD.state IN ('ordered', 'paid') AND NOT (OLD.state = 'ordered' AND NEW.state = 'approved')
           AND (NEW.order_id, NEW.account_id, NEW.ordered_by_id, NEW.approved_by_id, NEW.set_off_amount)
               IS DISTINCT FROM
               (OLD.order_id, OLD.account_id, OLD.ordered_by_id, OLD.approved_by_id, OLD.set_off_amount))
       OR (OLD.state = 'paid' AND (NEW.paid_on, NEW.confirmed_by_id, NEW.interest_amount)
           IS DISTINCT FROM (OLD.paid_on, OLD.confirmed_by_id, OLD.interest_amount)) THEN
        RAISE EXCEPTION 'a payment is kept as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.set_off_amount <> OLD.set_off_amount THEN
        SELECT COALESCE(SUM(amount), 0) INTO total FROM subsidies_paymentsetoff WHERE payment_id = NEW.id;
        IF total <> NEW.set_off_amount THEN
            RAISE EXCEPTION 'what was set off is the sum of its claims' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_keep_payment_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a step of a payment is kept as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_payment_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_payment
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_payment();
CREATE TRIGGER subsidies_paymentsetoff_keep BEFORE UPDATE OR DELETE ON subsidies_paymentsetoff
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_payment_row();
CREATE TRIGGER subsidies_paymentorderexport_keep BEFORE UPDATE OR DELETE ON subsidies_paymentorderexport
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_payment_row();
CREATE TRIGGER subsidies_paymentorder_keep BEFORE UPDATE OR DELETE ON subsidies_paymentorder
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION subsidies_keep_payment_row();
"""

# A determination stays within the grant; below it on a ground of Awb 4:46(2), it says why that is proportionate and comes
# after the recipient could give a view (4:12(2)b). Money is claimed back within five years (4:57(4)), and never more comes
# in than is owed.
SETTLEMENT_GUARDS = """
CREATE FUNCTION subsidies_guard_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    granted numeric;
    kind text;
    determined numeric;
    ground text := COALESCE(NEW.details->>'ground', '');
BEGIN
    SELECT amount, subsidy_type, determined_amount INTO granted, kind, determined
      FROM subsidies_grant WHERE id = NEW.grant_id;
    IF NEW.kind = 'determination' THEN
        IF determined IS NOT NULL AND NEW.replaces_id IS NULL THEN
            RAISE EXCEPTION 'determination_once: the subsidy is determined already'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'determination_once';
        END IF;
        IF NEW.amount > granted THEN
            RAISE EXCEPTION 'determination_within_grant: more than was granted'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'determination_within_grant';
        END IF;
        IF NEW.amount < granted AND NOT (ground = 'actual' AND kind IN ('cost', 'performance'))
           AND (ground NOT IN ('not_carried_out', 'duties_not_met', 'wrong_data_given', 'wrong_and_known')
                OR COALESCE(NEW.details->>'proportionality', '') = ''
                OR NOT EXISTS (SELECT 1 FROM subsidies_viewrequest view
                                WHERE view.application_id = NEW.application_id AND ground = ANY (view.grounds)
                                  AND view.state IN ('received', 'lapsed') AND view.asked_at >= NEW.drafted_at)) THEN
            RAISE EXCEPTION 'lowering_after_a_view: no ground, no weighing, or no view yet'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lowering_after_a_view';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_recovery() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed_now jsonb := jsonb_build_array(NEW.grant_id, NEW.determination_id, NEW.amount, NEW.advanced);
    announced timestamptz;
    taken timestamptz;
BEGIN
    IF fixed_now <> jsonb_build_array(OLD.grant_id, OLD.determination_id, OLD.amount, OLD.advanced) THEN
        RAISE EXCEPTION 'recovery_stays: a claim keeps its amount and its determination'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'recovery_stays';
    END IF;
    IF OLD.state = 'proposed' AND NEW.state = 'decided' THEN
        SELECT announced_at INTO announced FROM subsidies_decision WHERE id = NEW.determination_id;
        SELECT taken_at INTO taken FROM subsidies_decision WHERE id = NEW.decision_id;
        IF announced IS NULL OR taken IS NULL
           OR (taken AT TIME ZONE 'Europe/Amsterdam')::date
              > ((announced AT TIME ZONE 'Europe/Amsterdam')::date + interval '5 years')::date THEN
            RAISE EXCEPTION 'recovery_within_five_years: too late (Awb 4:57(4))'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_within_five_years';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owed numeric;
    received numeric;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'recovery_receipt_stays: what came in stays as it was written down'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'recovery_receipt_stays';
    END IF;
    SELECT amount + fee INTO owed FROM subsidies_recovery WHERE id = NEW.recovery_id FOR UPDATE;
    SELECT COALESCE(SUM(amount), 0) INTO received FROM subsidies_recoveryreceipt WHERE recovery_id = NEW.recovery_id;
    IF received + NEW.amount > owed THEN
        RAISE EXCEPTION 'recovery_receipts_within_claim: more than is owed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_receipts_within_claim';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_decision_settlement_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken') EXECUTE FUNCTION subsidies_guard_settlement();
CREATE TRIGGER subsidies_recovery_guard BEFORE UPDATE ON subsidies_recovery
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_recovery();
CREATE TRIGGER subsidies_recoveryreceipt_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_recoveryreceipt
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_receipt();
"""

# Lines of a list that was signed do not change, and the record of a destruction is permanent (selectielijst 19.1.18).
# `subsidies_destruction_runs` is true only in the transaction that names an undone line of a list with two signatures.
RETENTION_GUARDS = """
CREATE FUNCTION subsidies_destruction_runs() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    line bigint := nullif(current_setting('kvk2.destruction_line', true), '')::bigint;
BEGIN
    IF line IS NULL THEN
        RETURN false;
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM subsidies_destructionline l JOIN subsidies_destructionlist d ON d.id = l.list_id
        WHERE l.id = line AND l.verdict = 'destroy' AND l.done_at IS NULL AND d.state = 'signed'
          AND d.first_signed_by_id <> d.second_signed_by_id
          AND NOT EXISTS (SELECT 1 FROM subsidies_legalhold h
                          WHERE h.application_id = l.application_id AND h.lifted_at IS NULL
                            AND (h.until IS NULL OR h.until >= current_date)));
END $$;
CREATE FUNCTION subsidies_guard_destruction_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    list_state text := (SELECT state FROM subsidies_destructionlist
                        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.list_id ELSE OLD.list_id END);
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF list_state <> 'proposed' THEN
            RAISE EXCEPTION 'a destruction list that was signed gets no more lines' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.done_at IS NOT NULL THEN
        RAISE EXCEPTION 'the record of a destruction is permanent' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.list_id, NEW."case", NEW.ikc, NEW.rule, NEW.ended_on, NEW.retention_until)
       IS DISTINCT FROM (OLD.list_id, OLD."case", OLD.ikc, OLD.rule, OLD.ended_on, OLD.retention_until)
       OR (list_state <> 'proposed' AND (NEW.verdict, NEW.reason, NEW.judged_at, NEW.judged_by_id)
           IS DISTINCT FROM (OLD.verdict, OLD.reason, OLD.judged_at, OLD.judged_by_id)) THEN
        RAISE EXCEPTION 'a line of a destruction list cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_destruction_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('done', 'discarded')
       OR (OLD.first_signed_by_id IS NOT NULL AND NEW.first_signed_by_id IS DISTINCT FROM OLD.first_signed_by_id)
       OR (OLD.second_signed_by_id IS NOT NULL AND NEW.second_signed_by_id IS DISTINCT FROM OLD.second_signed_by_id) THEN
        RAISE EXCEPTION 'a destruction list is permanent' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_destructionline_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_destructionline
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_destruction_line();
CREATE TRIGGER subsidies_destructionlist_guard BEFORE UPDATE OR DELETE ON subsidies_destructionlist
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_destruction_list();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0004_guards_of_decisions")]
    operations = [
        migrations.RunSQL(OBJECTION_GUARDS),
        migrations.RunSQL(ACCOUNT_GUARDS),
        migrations.RunSQL(PAYMENT_GUARDS),
        migrations.RunSQL(SETTLEMENT_GUARDS),
        migrations.RunSQL(RETENTION_GUARDS),
    ]
