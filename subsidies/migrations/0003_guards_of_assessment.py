from django.db import migrations


# A decision that gives less than was asked after three years or more of subsidy in a row is not taken before somebody
# judged on Awb 4:51, and that judgement stays as it was signed. What the Act then asks to grant for the rest of a
# reasonable term comes on top of the ceiling (Awb 4:51(2): "zo nodig in afwijking van artikel 4:25, tweede lid").
CONTINUITY_GUARDS = """
CREATE FUNCTION subsidies_guard_continuity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision_state text;
BEGIN
    SELECT state INTO decision_state FROM subsidies_decision
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.decision_id ELSE NEW.decision_id END;
    IF decision_state <> 'draft' THEN
        RAISE EXCEPTION 'continuity_fixed_after_draft: the judgement on earlier subsidy goes with the draft'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'continuity_fixed_after_draft';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_guard_taking_continuity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_continuityassessment WHERE decision_id = NEW.id AND applies IS NULL) THEN
        RAISE EXCEPTION 'decision_continuity_is_judged: nobody judged on Awb 4:51 yet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_continuity_is_judged';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_continuity_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_continuityassessment
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_continuity();
CREATE TRIGGER subsidies_decision_continuity_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken') EXECUTE FUNCTION subsidies_guard_taking_continuity();
"""

# The Act makes refusal compulsory when a subsidy is incompatible with the internal market (Awb 4:35(3)): no grant is
# taken without an assessment of state aid, nor with one that says so; and the assessment under a grant stays as it was.
STATE_AID_GUARDS = """
CREATE FUNCTION subsidies_guard_taking_state_aid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_stateaidassessment
                   WHERE application_id = NEW.application_id AND outcome <> 'incompatible') THEN
        RAISE EXCEPTION 'grant_has_a_state_aid_assessment: nobody found that this subsidy may be given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_has_a_state_aid_assessment';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_state_aid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_decision WHERE application_id = OLD.application_id
               AND subsidies_decision_counts(state)) THEN
        RAISE EXCEPTION 'state_aid_fixed_after_decision: the assessment under a decision cannot be changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'state_aid_fixed_after_decision';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_decision_state_aid_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken' AND NEW.kind IN ('grant', 'partial_grant'))
    EXECUTE FUNCTION subsidies_guard_taking_state_aid();
CREATE TRIGGER subsidies_state_aid_guard BEFORE UPDATE OR DELETE ON subsidies_stateaidassessment
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_state_aid();
"""

# A refusal on a ground that needs it is not taken before the applicant could give a view (Awb 4:7, 4:8), and no grant is
# taken while a compulsory ground applies (Awb 4:35(3)). What was found and said stays as it was.
REFUSAL_GUARDS = """
CREATE FUNCTION subsidies_guard_taking_grounds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version bigint;
BEGIN
    SELECT round.scheme_version_id INTO version
      FROM subsidies_application application JOIN subsidies_subsidyround round ON round.id = application.round_id
     WHERE application.id = NEW.application_id;
    IF NEW.kind IN ('refusal', 'partial_grant') AND EXISTS (
        SELECT 1 FROM subsidies_refusalground ground
         WHERE ground.version_id = version AND ground.needs_view AND jsonb_exists(NEW.grounds, ground.code)
           AND NOT EXISTS (SELECT 1 FROM subsidies_viewrequest view
                            WHERE view.application_id = NEW.application_id AND view.state IN ('received', 'lapsed')
                              AND ground.code = ANY (view.grounds))) THEN
        RAISE EXCEPTION 'refusal_after_a_view: the applicant could not give a view yet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refusal_after_a_view';
    END IF;
    IF NEW.kind IN ('grant', 'partial_grant') AND EXISTS (
        SELECT 1 FROM subsidies_refusalfinding finding
          JOIN subsidies_refusalground ground ON ground.version_id = version AND ground.code = finding.code
         WHERE finding.application_id = NEW.application_id AND finding.withdrawn_at IS NULL AND ground.compulsory) THEN
        RAISE EXCEPTION 'grant_without_compulsory_ground: a ground applies that makes refusal compulsory'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_without_compulsory_ground';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['withdrawn_at', 'withdrawn_by_id'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
       OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'refusal_finding_stays: what was found is withdrawn, never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'refusal_finding_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_view() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'asked' THEN
        RAISE EXCEPTION 'view_stays: a view that was given stays as it was'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'view_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_decision_grounds_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken') EXECUTE FUNCTION subsidies_guard_taking_grounds();
CREATE TRIGGER subsidies_finding_guard BEFORE UPDATE OR DELETE ON subsidies_refusalfinding
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_finding();
CREATE TRIGGER subsidies_view_guard BEFORE UPDATE OR DELETE ON subsidies_viewrequest
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_view();
"""

# What came in, and how it was judged, is kept as it was written; only the judgement (Awb 4:17(6)) is added, once.
PENALTY_TARIFF = """
CREATE FUNCTION subsidies_keep_default_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judgement text[] := ARRAY['no_penalty', 'no_penalty_reason', 'set_aside_at', 'set_aside_by_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.set_aside_at IS NULL
       AND to_jsonb(NEW) - judgement = to_jsonb(OLD) - judgement THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a default notice is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_defaultnotice_keep BEFORE UPDATE OR DELETE ON subsidies_defaultnotice
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_default_notice();
"""

# What held on a day is kept as it was; only a row of a day that is still to come can be taken away. A decision on a
# penalty never changes.
FIRST_LEGAL_FIGURES = """
CREATE FUNCTION subsidies_keep_legal_figure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.valid_from > (now() AT TIME ZONE 'Europe/Amsterdam')::date THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a figure of the law is kept as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION subsidies_keep_penalty_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision on a penalty is kept as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_legalfigure_keep BEFORE UPDATE OR DELETE ON subsidies_legalfigure
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_legal_figure();
CREATE TRIGGER subsidies_penaltytariff_keep BEFORE UPDATE OR DELETE ON subsidies_penaltytariff
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_legal_figure();
CREATE TRIGGER subsidies_penaltydecision_keep BEFORE UPDATE OR DELETE ON subsidies_penaltydecision
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_penalty_decision();
"""

# Rules C1-C3 and C7: who has an interest in an application takes no part in its item, whatever code or SQL tries. The
# same ties as `subsidies.interests`; a test holds one against the other. What was minuted, changed or answered stays.
MEETING_GUARDS = """
CREATE FUNCTION subsidies_member_has_interest(seat bigint, wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    person bigint;
    tied bigint[];
    since date;
BEGIN
    SELECT user_id INTO person FROM subsidies_commissionmember WHERE id = seat;
    SELECT (now() AT TIME ZONE 'Europe/Amsterdam')::date
           - make_interval(years => COALESCE((SELECT look_back_years FROM subsidies_commissionsettings LIMIT 1), 3))
      INTO since;
    SELECT COALESCE(array_agg(organisation_id), '{}') INTO tied FROM (
        SELECT organisation_id FROM subsidies_commissionmember
         WHERE user_id = person AND (valid_until IS NULL OR valid_until >= since)
        UNION
        SELECT role.organisation_id FROM ikc_roleassignment role
          JOIN ikc_organisation organisation ON organisation.id = role.organisation_id
         WHERE role.user_id = person AND organisation.kind IN ('school_board', 'childcare')
           AND (role.valid_until IS NULL OR role.valid_until >= since)
        UNION
        SELECT link.organisation_id FROM subsidies_interestdeclaration_organisations link
          JOIN subsidies_interestdeclaration declared ON declared.id = link.interestdeclaration_id
          JOIN subsidies_commissionmember member ON member.id = declared.member_id
         WHERE member.user_id = person
    ) AS ties;
    RETURN EXISTS (
        SELECT 1 FROM subsidies_application application JOIN ikc_ikc ikc ON ikc.id = application.ikc_id
         WHERE application.id = wanted
           AND (application.board_id = ANY (tied) OR ikc.board_id = ANY (tied)
                OR EXISTS (SELECT 1 FROM ikc_ikcpartner partner
                            WHERE partner.ikc_id = ikc.id AND partner.organisation_id = ANY (tied))
                OR EXISTS (SELECT 1 FROM subsidies_interestdeclaration_ikcs link
                             JOIN subsidies_interestdeclaration declared ON declared.id = link.interestdeclaration_id
                             JOIN subsidies_commissionmember member ON member.id = declared.member_id
                            WHERE member.user_id = person AND link.ikc_id = ikc.id))
    ) OR EXISTS (
        SELECT 1 FROM subsidies_review
         WHERE application_id = wanted AND member_id = seat AND state = 'recused');
END $$;
CREATE FUNCTION subsidies_guard_item_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    SELECT application_id, meeting_id INTO item FROM subsidies_agendaitem WHERE id = NEW.item_id;
    IF subsidies_member_has_interest(NEW.member_id, item.application_id) THEN
        RAISE EXCEPTION 'item_part_without_interest: a member with an interest takes no part in the item'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'item_part_without_interest';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_itemrecusal WHERE item_id = NEW.item_id AND member_id = NEW.member_id)
       OR NOT EXISTS (SELECT 1 FROM subsidies_meetingattendance attendance
                        JOIN subsidies_agendaitem item ON item.meeting_id = attendance.meeting_id
                       WHERE item.id = NEW.item_id AND attendance.member_id = NEW.member_id AND attendance.present)
    THEN
        RAISE EXCEPTION 'item_vote_of_who_was_there: only who was there and stayed votes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'item_vote_of_who_was_there';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_response() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    advised bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'advice_response_stays: a reaction on an advice is kept'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'advice_response_stays';
    END IF;
    SELECT application_id INTO advised FROM subsidies_commissionadvice WHERE id = NEW.advice_id;
    IF subsidies_member_has_interest(NEW.member_id, advised) THEN
        RAISE EXCEPTION 'item_part_without_interest: a member with an interest does not react on the advice'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'item_part_without_interest';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_score_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'score_change_is_for_good: a changed score is kept as it was written down'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'score_change_is_for_good';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_commissionadvice
                WHERE application_id = NEW.application_id AND state NOT IN ('draft', 'discussed')) THEN
        RAISE EXCEPTION 'score_change_before_adoption: the score of an adopted advice is final'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'score_change_before_adoption';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_refuse_minuted() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'meeting_minutes_are_for_good: adopted minutes are kept as they are'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'meeting_minutes_are_for_good';
END $$;
CREATE FUNCTION subsidies_guard_meeting_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
BEGIN
    held := CASE WHEN TG_OP = 'DELETE' THEN OLD.meeting_id ELSE NEW.meeting_id END;
    IF EXISTS (SELECT 1 FROM subsidies_commissionmeeting WHERE id = held AND state = 'adopted') THEN
        PERFORM subsidies_refuse_minuted();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_guard_item_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_item bigint;
BEGIN
    row_item := CASE WHEN TG_OP = 'DELETE' THEN OLD.item_id ELSE NEW.item_id END;
    IF EXISTS (SELECT 1 FROM subsidies_agendaitem item
                 JOIN subsidies_commissionmeeting meeting ON meeting.id = item.meeting_id
                WHERE item.id = row_item AND meeting.state = 'adopted') THEN
        PERFORM subsidies_refuse_minuted();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_itemvote_interest BEFORE INSERT OR UPDATE ON subsidies_itemvote
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_part();
CREATE TRIGGER subsidies_memberquestion_interest BEFORE INSERT OR UPDATE ON subsidies_memberquestion
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_part();
CREATE TRIGGER subsidies_itemvote_present BEFORE INSERT OR UPDATE ON subsidies_itemvote
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_vote();
CREATE TRIGGER subsidies_adviceresponse_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_adviceresponse
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_response();
CREATE TRIGGER subsidies_scorechange_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_scorechange
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_score_change();
CREATE TRIGGER subsidies_agendaitem_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_agendaitem
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_meeting_row();
CREATE TRIGGER subsidies_meetingattendance_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_meetingattendance
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_meeting_row();
CREATE TRIGGER subsidies_itemrecusal_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_itemrecusal
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_row();
CREATE TRIGGER subsidies_itemvote_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_itemvote
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_row();
"""

# All applications of a round are judged in the same way: what a score means is fixed from the first review that is
# submitted, and where the round exercises first, no review is submitted before that is over. The lock per round makes
# the two wait for each other; it is shared among reviews. A case that members score, and what they gave, stays.
CALIBRATION_GUARDS = """
CREATE FUNCTION subsidies_guard_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged bigint;
BEGIN
    SELECT round_id INTO judged FROM subsidies_criterion
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.criterion_id ELSE NEW.criterion_id END;
    PERFORM pg_advisory_xact_lock(hashtext('subsidies_scoring'), judged::int);
    IF EXISTS (SELECT 1 FROM subsidies_review review
                 JOIN subsidies_application application ON application.id = review.application_id
                WHERE application.round_id = judged AND review.submitted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'anchor_before_scoring: what a score means is fixed once a review was submitted'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'anchor_before_scoring';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_guard_submission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged bigint;
BEGIN
    SELECT round_id INTO judged FROM subsidies_application WHERE id = NEW.application_id;
    PERFORM pg_advisory_xact_lock_shared(hashtext('subsidies_scoring'), judged::int);
    IF EXISTS (SELECT 1 FROM subsidies_calibration
                WHERE round_id = judged AND comes_first AND state IN ('draft', 'open')) THEN
        RAISE EXCEPTION 'review_after_calibration: the exercise of this round comes first'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'review_after_calibration';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION subsidies_guard_calibration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('closed', 'skipped') OR (TG_OP = 'DELETE' AND OLD.state <> 'draft') THEN
        RAISE EXCEPTION 'calibration_is_for_good: an exercise that was held is kept as it is'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'calibration_is_for_good';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_calibration
                WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.calibration_id ELSE NEW.calibration_id END
                  AND state <> 'draft') THEN
        RAISE EXCEPTION 'calibration_case_is_fixed: the case stays as it was opened'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'calibration_case_is_fixed';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_refuse_scoring() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'calibration_scoring_is_for_good: given while the exercise is open, and once'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'calibration_scoring_is_for_good';
END $$;
CREATE FUNCTION subsidies_guard_calibration_scoring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.submitted_at IS NOT NULL THEN
        PERFORM subsidies_refuse_scoring();
    END IF;
    IF NOT EXISTS (SELECT 1 FROM subsidies_calibration WHERE state = 'open' AND id =
                   CASE WHEN TG_OP = 'DELETE' THEN OLD.calibration_id ELSE NEW.calibration_id END) THEN
        PERFORM subsidies_refuse_scoring();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION subsidies_guard_calibration_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_calibrationscoring scoring
                 JOIN subsidies_calibration calibration ON calibration.id = scoring.calibration_id
                WHERE scoring.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.scoring_id ELSE NEW.scoring_id END
                  AND (scoring.submitted_at IS NOT NULL OR calibration.state <> 'open')) THEN
        PERFORM subsidies_refuse_scoring();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_scoreanchor_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_scoreanchor
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_anchor();
CREATE TRIGGER subsidies_review_submission BEFORE INSERT OR UPDATE OF submitted_at ON subsidies_review
    FOR EACH ROW WHEN (NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION subsidies_guard_submission();
CREATE TRIGGER subsidies_calibration_guard BEFORE UPDATE OR DELETE ON subsidies_calibration
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_calibration();
CREATE TRIGGER subsidies_casesection_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_casesection
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_case();
CREATE TRIGGER subsidies_calibrationscoring_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_calibrationscoring
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_calibration_scoring();
CREATE TRIGGER subsidies_calibrationscore_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_calibrationscore
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_calibration_score();
"""

# A meeting that was called off stays as it was told to everybody, as one with adopted minutes does (0056).
CANCELLED_MEETINGS_STAY = """
CREATE FUNCTION subsidies_guard_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('adopted', 'cancelled') OR (TG_OP = 'DELETE' AND OLD.state <> 'planned') THEN
        PERFORM subsidies_refuse_minuted();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_commissionmeeting_guard BEFORE UPDATE OR DELETE ON subsidies_commissionmeeting
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_meeting();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0002_guards_of_rounds")]
    operations = [
        migrations.RunSQL(CONTINUITY_GUARDS),
        migrations.RunSQL(STATE_AID_GUARDS),
        migrations.RunSQL(REFUSAL_GUARDS),
        migrations.RunSQL(PENALTY_TARIFF),
        migrations.RunSQL(FIRST_LEGAL_FIGURES),
        migrations.RunSQL(MEETING_GUARDS),
        migrations.RunSQL(CALIBRATION_GUARDS),
        migrations.RunSQL(CANCELLED_MEETINGS_STAY),
    ]
