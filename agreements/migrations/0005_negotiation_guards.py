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

CREATE OR REPLACE FUNCTION agreements_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unsigned integer;
    roles integer;
    changed boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a version that was offered cannot be deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a version starts as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSE
        changed := (NEW.agreement_id, NEW.number, NEW.kind, NEW.ikc_name, NEW.period_start, NEW.period_end,
                    NEW.effective_year_id, NEW.reason, NEW.supersedes_id, NEW.drafted_by_id, NEW.drafted_at)
                   IS DISTINCT FROM
                   (OLD.agreement_id, OLD.number, OLD.kind, OLD.ikc_name, OLD.period_start, OLD.period_end,
                    OLD.effective_year_id, OLD.reason, OLD.supersedes_id, OLD.drafted_by_id, OLD.drafted_at);
        IF changed AND OLD.state = 'negotiation' THEN
            PERFORM agreements_void_consents(OLD.id);
        END IF;
        IF OLD.state NOT IN ('draft', 'negotiation') AND (changed
           OR (NEW.state NOT IN ('draft', 'negotiation') AND (NEW.content, NEW.content_hash)
               IS DISTINCT FROM (OLD.content, OLD.content_hash))
           OR (NEW.state <> 'negotiation' AND OLD.offered_at IS NOT NULL
               AND NEW.offered_at IS DISTINCT FROM OLD.offered_at)
           OR (OLD.in_force_from IS NOT NULL AND NEW.in_force_from IS DISTINCT FROM OLD.in_force_from)) THEN
            RAISE EXCEPTION 'a version that was offered cannot be changed' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'negotiation'), ('draft', 'withdrawn'), ('negotiation', 'agreed'), ('negotiation', 'withdrawn'),
        ('agreed', 'signing'), ('agreed', 'negotiation'), ('signing', 'negotiation'), ('signing', 'refused'),
        ('signing', 'in_force'), ('in_force', 'replaced'), ('in_force', 'terminated'), ('in_force', 'completed')) THEN
        RAISE EXCEPTION 'a version cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('draft', 'negotiation') AND NOT EXISTS (
        SELECT FROM agreements_resultagreement agreement
        JOIN agreements_programme programme ON programme.id = agreement.programme_id
        JOIN agreements_programmeyear year ON year.id = NEW.effective_year_id
             AND year.programme_id = programme.id
        WHERE agreement.id = NEW.agreement_id
          AND NEW.period_start >= programme.start AND NEW.period_end <= programme.end) THEN
        RAISE EXCEPTION 'the period of an agreement lies within its programme' USING ERRCODE = 'check_violation';
    END IF;
    -- All parties agreed with this very text before it is fixed, and no name under an older text is left.
    IF TG_OP = 'UPDATE' AND OLD.state = 'negotiation' AND NEW.state = 'agreed' THEN
        SELECT count(*) FILTER (WHERE revision.content_hash IS DISTINCT FROM NEW.content_hash),
               count(DISTINCT party.role)
          INTO unsigned, roles
          FROM agreements_agreementparty party
          LEFT JOIN agreements_consent consent ON consent.party_id = party.id
          LEFT JOIN agreements_revision revision ON revision.id = consent.revision_id
         WHERE party.version_id = NEW.id;
        IF unsigned > 0 OR roles < 3 THEN
            RAISE EXCEPTION 'every party agrees before a text is fixed' USING ERRCODE = 'restrict_violation';
        END IF;
        IF EXISTS (
            SELECT FROM agreements_signature signature
            JOIN agreements_agreementparty party ON party.id = signature.party_id
            WHERE party.version_id = NEW.id) THEN
            RAISE EXCEPTION 'signatures under an older text are still there' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'signing' AND NEW.state = 'in_force' THEN
        SELECT count(*) FILTER (WHERE signature.content_hash IS DISTINCT FROM NEW.content_hash),
               count(DISTINCT party.role)
          INTO unsigned, roles
          FROM agreements_agreementparty party
          LEFT JOIN agreements_signature signature ON signature.party_id = party.id
         WHERE party.version_id = NEW.id;
        IF unsigned > 0 OR roles < 3 THEN
            RAISE EXCEPTION 'every party signs before an agreement is in force' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- The share lock keeps an agreement or an offer out until the edit is through.
CREATE OR REPLACE FUNCTION agreements_require_draft(version bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    current_state text;
BEGIN
    SELECT state INTO current_state FROM agreements_agreementversion WHERE id = version FOR SHARE;
    IF current_state NOT IN ('draft', 'negotiation') THEN
        RAISE EXCEPTION 'a version that was offered cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF current_state = 'negotiation' THEN
        PERFORM agreements_void_consents(version);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION agreements_guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a signature cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT v.state, v.content_hash INTO version
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
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION agreements_guard_frame() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    used := CASE TG_TABLE_NAME
        WHEN 'agreements_goal' THEN EXISTS (
            SELECT FROM agreements_agreedresult result
            JOIN agreements_agreementversion version ON version.id = result.version_id
            WHERE result.goal_id = OLD.id AND version.state NOT IN ('draft', 'negotiation', 'withdrawn'))
        WHEN 'agreements_programmeyear' THEN EXISTS (
            SELECT FROM agreements_yeartarget target
            JOIN agreements_agreedindicator indicator ON indicator.id = target.indicator_id
            JOIN agreements_agreementversion version ON version.id = indicator.version_id
            WHERE target.year_id = OLD.id AND version.state NOT IN ('draft', 'negotiation', 'withdrawn'))
        WHEN 'agreements_indicatordefinitionversion' THEN EXISTS (
            SELECT FROM agreements_agreedindicator indicator
            JOIN agreements_agreementversion version ON version.id = indicator.version_id
            WHERE indicator.definition_version_id = OLD.id AND version.state NOT IN ('draft', 'negotiation', 'withdrawn'))
        ELSE EXISTS (
            SELECT FROM agreements_agreedindicator indicator
            JOIN agreements_agreementversion version ON version.id = indicator.version_id
            JOIN agreements_indicatordefinitionversion definition
              ON definition.id = indicator.definition_version_id
            WHERE definition.definition_id = OLD.id AND version.state NOT IN ('draft', 'negotiation', 'withdrawn'))
    END;
    IF used AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        RAISE EXCEPTION '% is in use by an offered agreement', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
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
