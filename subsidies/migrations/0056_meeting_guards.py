from django.db import migrations

# Rules C1-C3 and C7: who has an interest in an application takes no part in its item, whatever code or SQL tries. The
# same ties as `subsidies.interests`; a test holds one against the other. What was minuted, changed or answered stays.
FORWARD = """
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
CREATE TRIGGER subsidies_itemvote_interest BEFORE INSERT OR UPDATE ON subsidies_itemvote
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_part();
CREATE TRIGGER subsidies_memberquestion_interest BEFORE INSERT OR UPDATE ON subsidies_memberquestion
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_part();

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
CREATE TRIGGER subsidies_itemvote_present BEFORE INSERT OR UPDATE ON subsidies_itemvote
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_vote();

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
CREATE TRIGGER subsidies_adviceresponse_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_adviceresponse
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_response();

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
CREATE TRIGGER subsidies_scorechange_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_scorechange
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_score_change();

CREATE FUNCTION subsidies_refuse_minuted() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'meeting_minutes_are_for_good: adopted minutes are kept as they are'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'meeting_minutes_are_for_good';
END $$;
CREATE FUNCTION subsidies_guard_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'adopted' OR (TG_OP = 'DELETE' AND OLD.state <> 'planned') THEN
        PERFORM subsidies_refuse_minuted();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_commissionmeeting_guard BEFORE UPDATE OR DELETE ON subsidies_commissionmeeting
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_meeting();

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
CREATE TRIGGER subsidies_agendaitem_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_agendaitem
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_meeting_row();
CREATE TRIGGER subsidies_meetingattendance_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_meetingattendance
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_meeting_row();

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
CREATE TRIGGER subsidies_itemrecusal_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_itemrecusal
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_row();
CREATE TRIGGER subsidies_itemvote_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_itemvote
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_item_row();
"""
BACKWARD = """
DROP TRIGGER subsidies_itemvote_guard ON subsidies_itemvote;
DROP TRIGGER subsidies_itemrecusal_guard ON subsidies_itemrecusal;
DROP FUNCTION subsidies_guard_item_row();
DROP TRIGGER subsidies_meetingattendance_guard ON subsidies_meetingattendance;
DROP TRIGGER subsidies_agendaitem_guard ON subsidies_agendaitem;
DROP FUNCTION subsidies_guard_meeting_row();
DROP TRIGGER subsidies_commissionmeeting_guard ON subsidies_commissionmeeting;
DROP FUNCTION subsidies_guard_meeting();
DROP FUNCTION subsidies_refuse_minuted();
DROP TRIGGER subsidies_scorechange_guard ON subsidies_scorechange;
DROP FUNCTION subsidies_guard_score_change();
DROP TRIGGER subsidies_adviceresponse_guard ON subsidies_adviceresponse;
DROP FUNCTION subsidies_guard_response();
DROP TRIGGER subsidies_itemvote_present ON subsidies_itemvote;
DROP FUNCTION subsidies_guard_vote();
DROP TRIGGER subsidies_memberquestion_interest ON subsidies_memberquestion;
DROP TRIGGER subsidies_itemvote_interest ON subsidies_itemvote;
DROP FUNCTION subsidies_guard_item_part();
DROP FUNCTION subsidies_member_has_interest(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0055_meetings")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
