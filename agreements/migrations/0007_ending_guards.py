from django.db import migrations

# Clauses are fixed with the rest of the text; what is written about the years and the end of an agreement stays.
FORWARD = """
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
                    NEW.effective_year_id, NEW.reason, NEW.supersedes_id, NEW.area_recalibration_id, NEW.recalibration, NEW.notice_months, NEW.drafted_by_id, NEW.drafted_at)
                   IS DISTINCT FROM
                   (OLD.agreement_id, OLD.number, OLD.kind, OLD.ikc_name, OLD.period_start, OLD.period_end,
                    OLD.effective_year_id, OLD.reason, OLD.supersedes_id, OLD.area_recalibration_id, OLD.recalibration, OLD.notice_months, OLD.drafted_by_id, OLD.drafted_at);
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
    IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND NEW.state IN ('refused', 'terminated', 'completed') THEN
        IF NOT (CASE NEW.state
            WHEN 'refused' THEN EXISTS (
                SELECT FROM agreements_refusal refusal
                JOIN agreements_agreementparty party ON party.id = refusal.party_id
                WHERE party.version_id = NEW.id)
            WHEN 'terminated' THEN EXISTS (
                SELECT FROM agreements_termination notice WHERE notice.version_id = NEW.id)
            ELSE EXISTS (
                SELECT FROM agreements_annualevaluation evaluation
                WHERE evaluation.agreement_id = NEW.agreement_id AND evaluation.is_final)
        END) THEN
            RAISE EXCEPTION 'a version is only % when it is written down why', NEW.state
                USING ERRCODE = 'restrict_violation';
        END IF;
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

CREATE TRIGGER agreements_clause_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreementclause
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_part();

CREATE FUNCTION agreements_guard_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is written down about an agreement stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreements_evaluation_guard BEFORE UPDATE OR DELETE ON agreements_annualevaluation
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_ending();
CREATE TRIGGER agreements_termination_stays BEFORE UPDATE OR DELETE ON agreements_termination
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_ending();

-- A standard clause is replaced by its next version, from a day that is not before its own.
CREATE FUNCTION agreements_guard_standard_clause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a standard clause stays as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM agreements_standardclause other
         WHERE other.programme_id = NEW.programme_id AND other.code = NEW.code
           AND (other.number >= NEW.number OR other.valid_from > NEW.valid_from)
    ) THEN
        RAISE EXCEPTION 'a next version of a clause begins after the last' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_standard_clause_stays BEFORE INSERT OR UPDATE OR DELETE ON agreements_standardclause
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_standard_clause();

-- A party of an agreement that holds gives notice, with the term that the parties agreed to.
CREATE FUNCTION agreements_guard_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version record;
BEGIN
    SELECT v.id, v.state, v.notice_months, v.period_end INTO version
      FROM agreements_agreementversion v
      JOIN agreements_agreementparty party ON party.version_id = v.id
     WHERE party.id = NEW.party_id;
    IF version.id <> NEW.version_id OR version.state <> 'in_force' THEN
        RAISE EXCEPTION 'a party gives notice of an agreement in force' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.ends_on < (NEW.given_at AT TIME ZONE 'Europe/Amsterdam')::date + make_interval(months => version.notice_months)
       OR NEW.ends_on > version.period_end THEN
        RAISE EXCEPTION 'the notice term is too short' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_termination_guard BEFORE INSERT ON agreements_termination
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_notice();
"""
BACKWARD = """
DROP TRIGGER agreements_standard_clause_stays ON agreements_standardclause;
DROP FUNCTION agreements_guard_standard_clause();
DROP TRIGGER agreements_termination_guard ON agreements_termination;
DROP FUNCTION agreements_guard_notice();
DROP TRIGGER agreements_termination_stays ON agreements_termination;
DROP TRIGGER agreements_evaluation_guard ON agreements_annualevaluation;
DROP FUNCTION agreements_guard_ending();
DROP TRIGGER agreements_clause_guard ON agreements_agreementclause;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0006_signing_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
