from django.db import migrations

# Number and holder are never changed: another account takes the place of the former. What was looked at stays written.
FORWARD = """
CREATE FUNCTION ikc_guard_bank_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a bank account cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('replaced', 'rejected')
       OR (NEW.organisation_id, NEW.iban, NEW.holder, NEW.source, NEW.proof_id, NEW.proposed_by_id, NEW.proposed_at)
          IS DISTINCT FROM
          (OLD.organisation_id, OLD.iban, OLD.holder, OLD.source, OLD.proof_id, OLD.proposed_by_id, OLD.proposed_at)
       OR (OLD.checked_at IS NOT NULL AND (NEW.checked_at, NEW.checked_by_id)
           IS DISTINCT FROM (OLD.checked_at, OLD.checked_by_id))
       OR (OLD.verified_at IS NOT NULL AND (NEW.verified_at, NEW.verified_by_id)
           IS DISTINCT FROM (OLD.verified_at, OLD.verified_by_id)) THEN
        RAISE EXCEPTION 'a bank account is kept as it was given' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_bank_account_guard BEFORE UPDATE OR DELETE ON ikc_bankaccount
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_bank_account();
"""
BACKWARD = """
DROP TRIGGER ikc_bank_account_guard ON ikc_bankaccount;
DROP FUNCTION ikc_guard_bank_account();
"""


class Migration(migrations.Migration):
    dependencies = [("ikc", "0003_child_count_guard")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
