from django.db import migrations

# Drafting together (domain reference 5.4): the text may change in a draft and in the negotiation; an edit in the
# negotiation voids what parties agreed to, whoever makes it and with whatever tool (T-RA-02).
FORWARD = """
CREATE FUNCTION agreements_void_consents(version bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM agreements_consent
     USING agreements_agreementparty party
     WHERE party.id = agreements_consent.party_id AND party.version_id = version;
END $$;

-- What was laid before the parties stays as it was.
CREATE FUNCTION agreements_guard_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    current_state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a revision stays as it was laid before the parties' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT state INTO current_state FROM agreements_agreementversion WHERE id = NEW.version_id FOR SHARE;
    IF current_state <> 'negotiation' THEN
        RAISE EXCEPTION 'a revision belongs to a negotiation' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_revision_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_revision
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_revision();

-- A party agrees with the newest revision, while there is a negotiation about it.
CREATE FUNCTION agreements_guard_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'what a party agreed to cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT v.id, v.state INTO version
      FROM agreements_agreementversion v
      JOIN agreements_agreementparty party ON party.version_id = v.id
     WHERE party.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.party_id ELSE NEW.party_id END;
    IF version.state <> 'negotiation' THEN
        RAISE EXCEPTION 'parties agree in a negotiation' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.revision_id IS DISTINCT FROM (
        SELECT revision.id FROM agreements_revision revision
         WHERE revision.version_id = version.id ORDER BY revision.number DESC LIMIT 1) THEN
        RAISE EXCEPTION 'only the newest revision can be agreed to' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_consent_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_consent
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_consent();

-- Words of the parties stay; a comment may be settled once.
CREATE FUNCTION agreements_guard_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'agreements_comment' THEN
        IF OLD.settled_at IS NULL AND to_jsonb(NEW) - ARRAY['settled_at', 'settled_by_id', 'outcome']
           = to_jsonb(OLD) - ARRAY['settled_at', 'settled_by_id', 'outcome'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was said about an agreement stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreements_comment_guard BEFORE UPDATE OR DELETE ON agreements_comment
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_words();
CREATE TRIGGER agreements_answer_guard BEFORE UPDATE OR DELETE ON agreements_commentanswer
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_words();
"""
BACKWARD = """
DROP TRIGGER agreements_answer_guard ON agreements_commentanswer;
DROP TRIGGER agreements_comment_guard ON agreements_comment;
DROP FUNCTION agreements_guard_words();
DROP TRIGGER agreements_consent_guard ON agreements_consent;
DROP FUNCTION agreements_guard_consent();
DROP TRIGGER agreements_revision_guard ON agreements_revision;
DROP FUNCTION agreements_guard_revision();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0004_guard_means_and_funding")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
