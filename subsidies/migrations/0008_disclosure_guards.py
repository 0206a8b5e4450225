from django.db import migrations

# What was judged stays judged once the review is over, and what was given stays as it was given (rule G1).
FORWARD = """
CREATE FUNCTION subsidies_guard_disclosure_document() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_state text := (SELECT state FROM subsidies_disclosure
                       WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.disclosure_id ELSE NEW.disclosure_id END);
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND now_state <> 'collecting') THEN
        RAISE EXCEPTION 'a disclosure keeps the documents it began with' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF (NEW.disclosure_id, NEW.number, NEW.kind, NEW.application_id, NEW.letter_id, NEW.title)
       IS DISTINCT FROM (OLD.disclosure_id, OLD.number, OLD.kind, OLD.application_id, OLD.letter_id, OLD.title)
       OR (now_state <> 'collecting' AND (NEW.text, NEW.suggested) IS DISTINCT FROM (OLD.text, OLD.suggested))
       OR (now_state <> 'reviewing' AND (NEW.verdict, NEW.redactions, NEW.ground, NEW.reason, NEW.accepted_because)
           IS DISTINCT FROM (OLD.verdict, OLD.redactions, OLD.ground, OLD.reason, OLD.accepted_because))
       OR (now_state <> 'making' AND NEW.stored_id IS DISTINCT FROM OLD.stored_id) THEN
        RAISE EXCEPTION 'a document of a disclosure that was reviewed cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_disclosuredocument_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_disclosuredocument
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_disclosure_document();

CREATE FUNCTION subsidies_guard_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('given', 'cancelled')
       OR (OLD.stored_id IS NOT NULL AND NEW.stored_id IS DISTINCT FROM OLD.stored_id) THEN
        RAISE EXCEPTION 'what was given, or stopped, stays as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_disclosure_guard BEFORE UPDATE OR DELETE ON subsidies_disclosure
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_disclosure();
"""
BACKWARD = """
DROP TRIGGER subsidies_disclosuredocument_guard ON subsidies_disclosuredocument;
DROP FUNCTION subsidies_guard_disclosure_document();
DROP TRIGGER subsidies_disclosure_guard ON subsidies_disclosure;
DROP FUNCTION subsidies_guard_disclosure();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0007_plus_letter_guard")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
