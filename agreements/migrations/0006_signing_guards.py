from django.db import migrations

# Who signs for a party holds its role, the municipality's signer has a mandate, and a refusal stays.
FORWARD = """
CREATE FUNCTION agreements_guard_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    current_state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a refusal stays' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT v.state INTO current_state
      FROM agreements_agreementversion v
      JOIN agreements_agreementparty party ON party.version_id = v.id
     WHERE party.id = NEW.party_id;
    IF current_state <> 'signing' OR EXISTS (
        SELECT FROM agreements_signature signature WHERE signature.party_id = NEW.party_id) THEN
        RAISE EXCEPTION 'only who was asked to sign and did not can refuse' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_refusal_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_refusal
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_refusal();
"""
BACKWARD = """
DROP TRIGGER agreements_refusal_guard ON agreements_refusal;
DROP FUNCTION agreements_guard_refusal();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0005_negotiation_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
