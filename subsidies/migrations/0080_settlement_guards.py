import datetime

from django.db import migrations

# A determination stays within the grant; below it on a ground of Awb 4:46(2), it says why that is proportionate and comes
# after the recipient could give a view (4:12(2)b). Money is claimed back within five years (4:57(4)), and never more comes
# in than is owed.
FORWARD = """
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
CREATE TRIGGER subsidies_decision_settlement_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken') EXECUTE FUNCTION subsidies_guard_settlement();

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
CREATE TRIGGER subsidies_recovery_guard BEFORE UPDATE ON subsidies_recovery
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_recovery();

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
CREATE TRIGGER subsidies_recoveryreceipt_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_recoveryreceipt
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_receipt();
"""
BACKWARD = """
DROP TRIGGER subsidies_recoveryreceipt_guard ON subsidies_recoveryreceipt;
DROP FUNCTION subsidies_guard_receipt();
DROP TRIGGER subsidies_recovery_guard ON subsidies_recovery;
DROP FUNCTION subsidies_guard_recovery();
DROP TRIGGER subsidies_decision_settlement_guard ON subsidies_decision;
DROP FUNCTION subsidies_guard_settlement();
"""
# As they read in the year in which the portal began to claim.
FROM, SOURCE = datetime.date(2026, 1, 1), "artikel 4:113, eerste lid, Awb, bedragen van 2026"
FIRST = (("reminder_fee", 9), ("reminder_fee_high", 20), ("reminder_bound", 454))


def add_figures(apps, schema_editor):
    figure = apps.get_model("subsidies", "LegalFigure")
    for kind, value in FIRST:
        figure.objects.create(kind=kind, value=value, valid_from=FROM, source=SOURCE)


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0079_settlement")]
    operations = [
        migrations.RunPython(add_figures, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
