from django.db import migrations

# What a body discussed and decided is proof for conditions elsewhere (a status Plus, a review of the areas): it is
# written while the meeting is open, and fixed when the minutes are adopted.
FORWARD = """
CREATE FUNCTION ikc_guard_consultation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'planned' THEN
            RAISE EXCEPTION 'a meeting that was held or cancelled cannot be deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'planned' THEN
            RAISE EXCEPTION 'a meeting starts as planned' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('adopted', 'cancelled') THEN
        RAISE EXCEPTION 'a meeting with adopted minutes cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('planned', 'held'), ('planned', 'cancelled'), ('held', 'adopted')) THEN
        RAISE EXCEPTION 'a meeting cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'held' AND (NEW.body_id, NEW.takes_place_on) IS DISTINCT FROM (OLD.body_id, OLD.takes_place_on) THEN
        RAISE EXCEPTION 'the day of a meeting that was held cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_consultation_guard BEFORE INSERT OR UPDATE OR DELETE ON ikc_consultation
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_consultation();

CREATE FUNCTION ikc_guard_agenda_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    meeting_state text;
BEGIN
    SELECT state INTO meeting_state FROM ikc_consultation
     WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.meeting_id ELSE OLD.meeting_id END FOR SHARE;
    IF meeting_state NOT IN ('planned', 'held') THEN
        RAISE EXCEPTION 'the agenda of this meeting is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF meeting_state = 'held' THEN
            RAISE EXCEPTION 'what was on the agenda stays' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.meeting_id <> OLD.meeting_id OR (meeting_state = 'held'
        AND (NEW.subject_type_id, NEW.subject_id) IS DISTINCT FROM (OLD.subject_type_id, OLD.subject_id))) THEN
        RAISE EXCEPTION 'what a point was about stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF meeting_state = 'planned' AND NEW.outcome <> '' THEN
        RAISE EXCEPTION 'a point has an outcome when the meeting was held' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_agenda_item_guard BEFORE INSERT OR UPDATE OR DELETE ON ikc_agendaitem
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_agenda_item();

CREATE FUNCTION ikc_guard_consultation_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    meeting_state text;
BEGIN
    SELECT meeting.state INTO meeting_state
      FROM ikc_agendaitem item JOIN ikc_consultation meeting ON meeting.id = item.meeting_id
     WHERE item.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.item_id ELSE OLD.item_id END FOR SHARE OF meeting;
    IF meeting_state <> 'held' THEN
        RAISE EXCEPTION 'decisions are written after the meeting, until its minutes are adopted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.item_id, NEW.reference) IS DISTINCT FROM (OLD.item_id, OLD.reference) THEN
        RAISE EXCEPTION 'a decision keeps its point and its reference' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_consultation_decision_guard BEFORE INSERT OR UPDATE OR DELETE ON ikc_consultationdecision
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_consultation_decision();

CREATE FUNCTION ikc_guard_action_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an action is closed, not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.body_id, NEW.item_id, NEW.agreed_on) IS DISTINCT FROM (OLD.body_id, OLD.item_id, OLD.agreed_on)
       OR (OLD.state <> 'open' AND NEW.state = OLD.state) THEN
        RAISE EXCEPTION 'a closed action cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_action_item_guard BEFORE UPDATE OR DELETE ON ikc_actionitem
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_action_item();
"""
BACKWARD = """
DROP TRIGGER ikc_action_item_guard ON ikc_actionitem;
DROP FUNCTION ikc_guard_action_item();
DROP TRIGGER ikc_consultation_decision_guard ON ikc_consultationdecision;
DROP FUNCTION ikc_guard_consultation_decision();
DROP TRIGGER ikc_agenda_item_guard ON ikc_agendaitem;
DROP FUNCTION ikc_guard_agenda_item();
DROP TRIGGER ikc_consultation_guard ON ikc_consultation;
DROP FUNCTION ikc_guard_consultation();
"""


class Migration(migrations.Migration):
    dependencies = [("ikc", "0004_bank_account_guard")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
