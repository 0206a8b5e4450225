from django.db import migrations

# Who signs for a party holds its role, the municipality's signer has a mandate, and a refusal stays.
FORWARD = """
CREATE OR REPLACE FUNCTION agreements_guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version record;
    wanted text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a signature cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT v.state, v.content_hash, party.role, party.organisation_id INTO version
      FROM agreements_agreementversion v
      JOIN agreements_agreementparty party ON party.version_id = v.id
     WHERE party.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.party_id ELSE NEW.party_id END
       FOR SHARE OF v;
    IF TG_OP = 'DELETE' THEN
        IF version.state <> 'negotiation' THEN
            RAISE EXCEPTION 'a signature cannot be taken back' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF version.state <> 'signing' OR version.content_hash <> NEW.content_hash THEN
        RAISE EXCEPTION 'only the offered text can be signed' USING ERRCODE = 'restrict_violation';
    END IF;
    wanted := CASE version.role WHEN 'municipality' THEN 'signer' WHEN 'school_board' THEN 'school_board'
                                ELSE 'childcare_board' END;
    IF NOT EXISTS (
        SELECT FROM ikc_roleassignment holder
         WHERE holder.user_id = NEW.user_id
           AND (holder.role = wanted AND holder.organisation_id = version.organisation_id
                OR NEW.method = 'document' AND holder.role = 'project_leader')) THEN
        RAISE EXCEPTION 'this person does not sign for this party' USING ERRCODE = 'restrict_violation';
    END IF;
    IF version.role = 'municipality' AND NEW.method = 'in_app' AND NOT EXISTS (
        SELECT FROM subsidies_signingmandate mandate
         WHERE mandate.id = NEW.signing_mandate_id AND mandate.user_id = NEW.user_id) THEN
        RAISE EXCEPTION 'the municipality signs with a signing mandate' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

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
