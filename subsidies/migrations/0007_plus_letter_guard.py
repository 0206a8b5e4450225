from django.db import migrations

# A signed letter is what the board got: it never changes and never goes.
FORWARD = """
CREATE FUNCTION subsidies_guard_plus_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NULL THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'plus_letter_stays: a signed letter about the status Plus cannot be changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'plus_letter_stays';
END $$;
CREATE TRIGGER subsidies_plusletter_stays BEFORE UPDATE OR DELETE ON subsidies_plusletter
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_plus_letter();
"""
BACKWARD = """
DROP TRIGGER subsidies_plusletter_stays ON subsidies_plusletter;
DROP FUNCTION subsidies_guard_plus_letter();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0006_first_legal_figures")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
