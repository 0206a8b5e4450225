from django.db import migrations

# What was offered to sign and what was signed does not change (monitoring reference 3.4, invariants 1-3, 5 and 6).
# Model code may be walked around by a bulk update or by SQL; these triggers may not.
FORWARD = """
-- The text itself. Only the state may move on, and only along the workflow. What a state implies is asked of the
-- tables that later migrations guard: consents, refusals, evaluations and notices.
CREATE FUNCTION agreements_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER agreements_version_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreementversion
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_version();

-- All that hangs on a version changes in a draft or in the negotiation, where an edit voids what parties agreed to.
-- The share lock keeps an agreement or an offer out until the edit is through.
CREATE FUNCTION agreements_require_draft(version bigint) RETURNS void LANGUAGE plpgsql AS $$
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

CREATE FUNCTION agreements_guard_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM agreements_require_draft(OLD.version_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM agreements_require_draft(NEW.version_id);
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER agreements_party_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreementparty
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_part();
CREATE TRIGGER agreements_topic_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreementtopic
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_part();
CREATE TRIGGER agreements_result_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreedresult
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_part();
CREATE TRIGGER agreements_indicator_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_agreedindicator
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_part();

CREATE FUNCTION agreements_guard_contribution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM agreements_require_draft(version_id) FROM agreements_agreementparty WHERE id = OLD.party_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM agreements_require_draft(version_id) FROM agreements_agreementparty WHERE id = NEW.party_id;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER agreements_contribution_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_contribution
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_contribution();

CREATE FUNCTION agreements_guard_target() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM agreements_require_draft(version_id) FROM agreements_agreedindicator WHERE id = OLD.indicator_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM agreements_require_draft(version_id) FROM agreements_agreedindicator WHERE id = NEW.indicator_id;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER agreements_target_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_yeartarget
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_target();

-- A series is the same indicator in every version, and an indicator hangs on a result of its own version.
CREATE FUNCTION agreements_guard_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version_id <> (SELECT version_id FROM agreements_agreedresult WHERE id = NEW.result_id) THEN
        RAISE EXCEPTION 'the result belongs to another version' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM agreements_agreedindicator other
        JOIN agreements_indicatordefinitionversion theirs ON theirs.id = other.definition_version_id
        JOIN agreements_indicatordefinitionversion ours ON ours.id = NEW.definition_version_id
        WHERE other.series_key = NEW.series_key AND other.id <> NEW.id
          AND theirs.definition_id <> ours.definition_id) THEN
        RAISE EXCEPTION 'a series keeps its indicator for life' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_series_guard BEFORE INSERT OR UPDATE ON agreements_agreedindicator
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_series();

-- A signature is put under the offered text by who may sign for the party, and stays, unless the text goes back.
CREATE FUNCTION agreements_guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER agreements_signature_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_signature
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_signature();

-- What an offered text refers to keeps its meaning: goals, years and definitions.
CREATE FUNCTION agreements_guard_frame() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER agreements_goal_guard BEFORE UPDATE ON agreements_goal
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_frame();
CREATE TRIGGER agreements_year_guard BEFORE UPDATE ON agreements_programmeyear
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_frame();
CREATE TRIGGER agreements_definition_version_guard BEFORE UPDATE ON agreements_indicatordefinitionversion
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_frame();
CREATE TRIGGER agreements_definition_guard BEFORE UPDATE ON agreements_indicatordefinition
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_frame();
"""
BACKWARD = """
DROP TRIGGER agreements_definition_guard ON agreements_indicatordefinition;
DROP TRIGGER agreements_definition_version_guard ON agreements_indicatordefinitionversion;
DROP TRIGGER agreements_year_guard ON agreements_programmeyear;
DROP TRIGGER agreements_goal_guard ON agreements_goal;
DROP FUNCTION agreements_guard_frame();
DROP TRIGGER agreements_signature_guard ON agreements_signature;
DROP FUNCTION agreements_guard_signature();
DROP TRIGGER agreements_series_guard ON agreements_agreedindicator;
DROP FUNCTION agreements_guard_series();
DROP TRIGGER agreements_target_guard ON agreements_yeartarget;
DROP FUNCTION agreements_guard_target();
DROP TRIGGER agreements_contribution_guard ON agreements_contribution;
DROP FUNCTION agreements_guard_contribution();
DROP TRIGGER agreements_indicator_guard ON agreements_agreedindicator;
DROP TRIGGER agreements_result_guard ON agreements_agreedresult;
DROP TRIGGER agreements_topic_guard ON agreements_agreementtopic;
DROP TRIGGER agreements_party_guard ON agreements_agreementparty;
DROP FUNCTION agreements_guard_part();
DROP FUNCTION agreements_require_draft(bigint);
DROP TRIGGER agreements_version_guard ON agreements_agreementversion;
DROP FUNCTION agreements_guard_version();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
