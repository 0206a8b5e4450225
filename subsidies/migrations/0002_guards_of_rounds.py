from django.db import migrations


# What was filed stays as it was filed; only taking over a correction that the applicant filed may write to it, and
# never to the facts of the filing itself. The service names the correction for the length of its transaction.
CORRECTIONS = """
CREATE FUNCTION subsidies_guard_application_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_application bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.application_id END;
    new_application bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.application_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_application
               WHERE id IN (old_application, new_application) AND state NOT IN ('draft', 'lapsed')
                 AND NOT subsidies_takes_over_correction(id)) THEN
        RAISE EXCEPTION 'the content of an application that was filed cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_takes_over_correction(filed bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM subsidies_correction correction
        JOIN subsidies_completionrequest request ON request.id = correction.request_id
        WHERE correction.id = nullif(current_setting('kvk2.correction', true), '')::bigint
          AND correction.state = 'submitted' AND request.application_id = filed)
$$;
CREATE FUNCTION subsidies_guard_correcting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.round_id, NEW.ikc_id, NEW.board_id, NEW.number, NEW.state, NEW.tier, NEW.received_at,
        NEW.signed_by_id, NEW.signed_name, NEW.signed_job_title, NEW.is_plus, NEW.in_attention_area,
        NEW.extended_learning_time, NEW.score, NEW.granted_amount)
       IS DISTINCT FROM
       (OLD.round_id, OLD.ikc_id, OLD.board_id, OLD.number, OLD.state, OLD.tier, OLD.received_at,
        OLD.signed_by_id, OLD.signed_name, OLD.signed_job_title, OLD.is_plus, OLD.in_attention_area,
        OLD.extended_learning_time, OLD.score, OLD.granted_amount) THEN
        RAISE EXCEPTION 'a correction does not change the filing itself' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a correction that was filed cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.request_id, NEW.changes, NEW.explanation, NEW.submitted_at, NEW.submitted_by_id)
       IS DISTINCT FROM
       (OLD.request_id, OLD.changes, OLD.explanation, OLD.submitted_at, OLD.submitted_by_id)
       OR (OLD.state <> 'submitted' AND (NEW.state, NEW.judged_at, NEW.judged_by_id, NEW.judgement)
           IS DISTINCT FROM (OLD.state, OLD.judged_at, OLD.judged_by_id, OLD.judgement)) THEN
        RAISE EXCEPTION 'a correction that was filed cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_plan_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_activityplan
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_budgetline_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_budgetline
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_activity_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_activity
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_application_correcting_guard BEFORE UPDATE ON subsidies_application
    FOR EACH ROW WHEN (subsidies_takes_over_correction(OLD.id))
    EXECUTE FUNCTION subsidies_guard_correcting();
CREATE TRIGGER subsidies_correction_guard BEFORE UPDATE OR DELETE ON subsidies_correction
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_correction();
CREATE TRIGGER subsidies_subapplication_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_subapplication
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_partnerconfirmation_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_partnerconfirmation
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_stateaidstatement_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_stateaidstatement
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_deminimisaid_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_deminimisaid
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_analysisfigure_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_analysisfigure
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_applicationcopy_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_applicationcopy
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_handover_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_handover
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_childcountstatement_guard BEFORE INSERT OR UPDATE OR DELETE
    ON subsidies_childcountstatement FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
"""

# What a round promises is fixed once the college adopted it (Awb 4:26), and what an applicant filed once it is
# signed (Awb 4:1). Services refuse a change in words; these triggers refuse it to everything else.
FIXED_CONTENT = """
CREATE FUNCTION subsidies_guard_round_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_round bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.round_id END;
    new_round bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.round_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_subsidyround
               WHERE id IN (old_round, new_round) AND state <> 'draft') THEN
        RAISE EXCEPTION 'the rules of a round that was adopted cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_guard_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('draft', 'lapsed') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an application that was filed cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.round_id, NEW.ikc_id, NEW.board_id, NEW.number, NEW.title, NEW.mandate_reference,
        NEW.children_0_1, NEW.children_2_3, NEW.children_4_12, NEW.requested_amount,
        NEW.applied_elsewhere, NEW.applied_elsewhere_note, NEW.max_amount, NEW.eligible_amount,
        NEW.is_plus, NEW.in_attention_area, NEW.extended_learning_time, NEW.tier, NEW.received_at,
        NEW.signed_by_id, NEW.signed_name, NEW.signed_job_title)
       IS DISTINCT FROM
       (OLD.round_id, OLD.ikc_id, OLD.board_id, OLD.number, OLD.title, OLD.mandate_reference,
        OLD.children_0_1, OLD.children_2_3, OLD.children_4_12, OLD.requested_amount,
        OLD.applied_elsewhere, OLD.applied_elsewhere_note, OLD.max_amount, OLD.eligible_amount,
        OLD.is_plus, OLD.in_attention_area, OLD.extended_learning_time, OLD.tier, OLD.received_at,
        OLD.signed_by_id, OLD.signed_name, OLD.signed_job_title) THEN
        RAISE EXCEPTION 'an application that was filed cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_criterion_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_criterion
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
CREATE TRIGGER subsidies_formula_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_amountformula
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
CREATE TRIGGER subsidies_tier_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_prioritytier
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
CREATE TRIGGER subsidies_budgetrule_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_budgetrule
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
CREATE TRIGGER subsidies_application_delete_guard BEFORE DELETE ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application();
CREATE TRIGGER subsidies_application_guard BEFORE UPDATE ON subsidies_application
    FOR EACH ROW WHEN (NOT subsidies_takes_over_correction(OLD.id))
    EXECUTE FUNCTION subsidies_guard_application();
CREATE TRIGGER subsidies_checklist_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_checklistitem
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
"""

# What a round promises is fixed once the college adopted it (Awb 4:26): every column, except those that tell how it
# went on. A column that may change after adoption is added to the list here, on purpose. The parts of the ceiling
# (deelplafonds) fit in the ceiling, and flow only into a later part of the same round (domain reference 4.1, R3).
ROUND_GUARDS = """
CREATE FUNCTION subsidies_check_overflow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_subceiling part JOIN subsidies_subceiling target ON target.id = part.overflow_to_id
               WHERE (part.id = NEW.id OR target.id = NEW.id)
                 AND (part.round_id <> target.round_id OR part."order" >= target."order")) THEN
        RAISE EXCEPTION 'what a part of the ceiling leaves over flows to a later part of the same round'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subsidies_guard_application_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('draft', 'lapsed') THEN
        IF (NEW.sub_ceiling_id, NEW.special_education, NEW.ikc_form)
           IS DISTINCT FROM (OLD.sub_ceiling_id, OLD.special_education, OLD.ikc_form) THEN
            RAISE EXCEPTION 'the facts of an application that was filed cannot be changed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.sub_ceiling_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM subsidies_subceiling WHERE id = NEW.sub_ceiling_id AND round_id = NEW.round_id) THEN
        RAISE EXCEPTION 'an application competes for a part of the ceiling of its own round'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state NOT IN ('draft', 'lapsed') AND NEW.sub_ceiling_id IS NULL AND EXISTS (
        SELECT 1 FROM subsidies_subceiling WHERE round_id = NEW.round_id) THEN
        RAISE EXCEPTION 'a filed application competes for a part of the ceiling where the round has parts'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_subceiling_overflow AFTER INSERT OR UPDATE ON subsidies_subceiling
    FOR EACH ROW EXECUTE FUNCTION subsidies_check_overflow();
CREATE TRIGGER subsidies_application_part_guard BEFORE UPDATE ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_part();
"""

# No grant goes over the ceiling (Awb 4:25), whoever writes it: the decisions that stand in a round, and the amounts
# kept at its applications, are together at most the ceiling. Only what a won objection adds comes on top (Awb 4:25(3)).
# The check locks the round, so that two decisions that would fit alone wait for one another. It runs per statement and
# not per row: a round of ten thousand decisions is added up once per batch.
# A decision that was taken is fixed in every column but the ones that tell how it went on. A record of a draw stays.
CEILING_GUARDS = """
CREATE FUNCTION subsidies_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state'];
BEGIN
    IF OLD.state IN ('taken', 'sent', 'final', 'contested', 'upheld', 'replaced') THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a decision that was taken cannot be deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.announced_at IS NULL THEN
            free := free || ARRAY['announced_at', 'objection_until'];
        END IF;
        IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
            RAISE EXCEPTION 'a decision that was taken cannot be changed' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_decision_counts(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT state IN ('taken', 'sent', 'final', 'contested', 'upheld')
$$;
CREATE FUNCTION subsidies_ceiling_of_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rounds bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT application.round_id) INTO rounds
          FROM new_rows JOIN subsidies_application application ON application.id = new_rows.application_id
         WHERE subsidies_decision_counts(new_rows.state) AND new_rows.amount > 0;
    ELSE
        SELECT array_agg(DISTINCT application.round_id) INTO rounds
          FROM new_rows
          JOIN old_rows ON old_rows.id = new_rows.id
          JOIN subsidies_application application ON application.id = new_rows.application_id
         WHERE subsidies_decision_counts(new_rows.state) AND new_rows.amount > 0
           AND NOT (subsidies_decision_counts(old_rows.state) AND old_rows.amount >= new_rows.amount
                    AND old_rows.objection_reference = new_rows.objection_reference);
    END IF;
    IF rounds IS NOT NULL THEN
        PERFORM subsidies_check_ceiling(rounds);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION subsidies_ceiling_of_applications() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rounds bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT round_id) INTO rounds FROM new_rows WHERE granted_amount > 0;
    ELSE
        SELECT array_agg(DISTINCT new_rows.round_id) INTO rounds
          FROM new_rows JOIN old_rows ON old_rows.id = new_rows.id
         WHERE new_rows.granted_amount > COALESCE(old_rows.granted_amount, 0);
    END IF;
    IF rounds IS NOT NULL THEN
        PERFORM subsidies_check_ceiling(rounds);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_decision_guard BEFORE UPDATE OR DELETE ON subsidies_decision
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_decision();
CREATE TRIGGER subsidies_decision_ceiling_insert AFTER INSERT ON subsidies_decision
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_decisions();
CREATE TRIGGER subsidies_decision_ceiling_update AFTER UPDATE ON subsidies_decision
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_decisions();
CREATE TRIGGER subsidies_application_ceiling_insert AFTER INSERT ON subsidies_application
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_applications();
CREATE TRIGGER subsidies_application_ceiling_update AFTER UPDATE ON subsidies_application
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_ceiling_of_applications();
CREATE TRIGGER subsidies_lotteryrecord_append_only BEFORE UPDATE OR DELETE ON subsidies_lotteryrecord
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
"""

# A version of a scheme that came into force is a published rule of the college (Awb 3:42, 4:23): neither it nor a line
# of it changes again. It may only be superseded, which gives it an end. And a round that the college adopts stands on
# a version that came into force.
SCHEME_GUARDS = """
CREATE FUNCTION subsidies_guard_scheme_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := CASE WHEN NEW.state = 'superseded' THEN ARRAY['state', 'valid_until'] ELSE ARRAY[]::text[] END;
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a scheme version in force cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'superseded' THEN
        free := ARRAY[]::text[];
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'a scheme version in force cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_scheme_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_version bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END;
    new_version bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_schemeversion
               WHERE id IN (old_version, new_version) AND state <> 'draft') THEN
        RAISE EXCEPTION 'the rules of a scheme version in force cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_guard_round_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_schemeversion WHERE id = NEW.scheme_version_id AND state = 'draft') THEN
        RAISE EXCEPTION 'an adopted round stands on a scheme version that came into force'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_scheme_version_guard BEFORE UPDATE OR DELETE ON subsidies_schemeversion
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_version();
CREATE TRIGGER subsidies_legalbasis_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_legalbasis
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_accountabilityrule_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_accountabilityrule
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_schemeinstalment_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_schemeinstalment
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_standardobligation_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_standardobligation
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_schemebudgetrule_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_schemebudgetrule
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_refusalground_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_refusalground
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_schemelettertext_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_schemelettertext
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_schemesource_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_schemesource
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();
CREATE TRIGGER subsidies_round_scheme_guard BEFORE UPDATE ON subsidies_subsidyround FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state NOT IN ('draft', 'cancelled'))
    EXECUTE FUNCTION subsidies_guard_round_scheme();
"""

# What belongs to a filed application is fixed like its plan. An answer of a childcare partner is a
# statement: once given it is never changed, a new request gets a new answer.
CONTENT_GUARDS = """
CREATE FUNCTION subsidies_guard_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'an answer of a partner cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_partner_answer_guard BEFORE UPDATE ON subsidies_partnerconfirmation
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_answer();
"""

# The ceiling of a published round changes by a decision alone (Awb 4:27): to the amounts of its latest change, and of the
# parts of the ceiling only those that the change names. A change itself stays as it was written.
CEILING_GUARDS_TOO = """
CREATE FUNCTION subsidies_guard_sub_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_round bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.round_id END;
    new_round bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.round_id END;
    latest subsidies_ceilingchange;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_subsidyround
                   WHERE id IN (old_round, new_round) AND state <> 'draft') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'amount' = to_jsonb(OLD) - 'amount' THEN
        SELECT * INTO latest FROM subsidies_ceilingchange WHERE round_id = NEW.round_id ORDER BY id DESC LIMIT 1;
        IF (latest.parts ->> NEW.code)::numeric = NEW.amount THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the rules of a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION subsidies_keep_ceiling_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of a ceiling is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_subceiling_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_subceiling
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_sub_ceiling();
CREATE TRIGGER subsidies_ceilingchange_keep BEFORE UPDATE OR DELETE ON subsidies_ceilingchange
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_ceiling_change();
"""

# The closing of a round moves by a decision alone (Awb 2:21): to the moment of its latest extension, which stays as it was
# written. Of an outage only the end is written later, once.
OUTAGE_GUARDS = """
CREATE FUNCTION subsidies_guard_round() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'cancellation_reason', 'cancellation_reference', 'retention_until', 'retention_basis'];
    parts numeric;
    latest subsidies_ceilingchange;
    extension subsidies_closingextension;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'draft' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a round that was adopted cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state NOT IN ('draft', 'cancelled') AND (OLD.state = 'draft' OR NEW.ceiling <> OLD.ceiling) THEN
        SELECT COALESCE(SUM(amount), 0) INTO parts FROM subsidies_subceiling WHERE round_id = NEW.id;
        IF parts > NEW.ceiling THEN
            RAISE EXCEPTION 'the parts of the ceiling are more than the ceiling' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF OLD.state = 'draft' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'adopted' THEN
        free := free || ARRAY['publication_reference', 'published_on', 'budget_warning_published'];
    END IF;
    IF NEW.ceiling <> OLD.ceiling THEN
        SELECT * INTO latest FROM subsidies_ceilingchange WHERE round_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF latest.old_amount = OLD.ceiling AND latest.new_amount = NEW.ceiling THEN
            free := free || ARRAY['ceiling'];
        END IF;
    END IF;
    IF NEW.extended_until IS DISTINCT FROM OLD.extended_until THEN
        SELECT * INTO extension FROM subsidies_closingextension WHERE round_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF extension.old_closing = COALESCE(OLD.extended_until, OLD.closes_at)
           AND extension.new_closing = NEW.extended_until THEN
            free := free || ARRAY['extended_until'];
        END IF;
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_keep_closing_extension() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an extension of a closing is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION subsidies_keep_outage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND to_jsonb(NEW) - 'ended_at' = to_jsonb(OLD) - 'ended_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an outage is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_round_guard BEFORE UPDATE OR DELETE ON subsidies_subsidyround
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round();
CREATE TRIGGER subsidies_closingextension_keep BEFORE UPDATE OR DELETE ON subsidies_closingextension
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_closing_extension();
CREATE TRIGGER subsidies_outage_keep BEFORE UPDATE OR DELETE ON subsidies_outage
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_outage();
"""

# What was told to an applicant about a term is kept as it was written.
TERM_CHANGE_GUARDS = """
CREATE FUNCTION subsidies_keep_term_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what changed a term is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_completionextension_keep BEFORE UPDATE OR DELETE ON subsidies_completionextension
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_term_change();
CREATE TRIGGER subsidies_laterdecision_keep BEFORE UPDATE OR DELETE ON subsidies_laterdecision
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_term_change();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial")]
    operations = [
        migrations.RunSQL(CORRECTIONS),
        migrations.RunSQL(FIXED_CONTENT),
        migrations.RunSQL(ROUND_GUARDS),
        migrations.RunSQL(CEILING_GUARDS),
        migrations.RunSQL(SCHEME_GUARDS),
        migrations.RunSQL(CONTENT_GUARDS),
        migrations.RunSQL(CEILING_GUARDS_TOO),
        migrations.RunSQL(OUTAGE_GUARDS),
        migrations.RunSQL(TERM_CHANGE_GUARDS),
    ]
