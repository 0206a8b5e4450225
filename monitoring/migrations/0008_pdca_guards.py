from django.db import migrations

# What is adopted, said or done stays so, and figures that ask for action are not filed without it, whatever code or
# SQL tries (monitoring reference 3.3, 3.4: invariant 15).
FORWARD = """
CREATE FUNCTION monitoring_guard_goal_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM monitoring_return r JOIN monitoring_monitoringcycle cycle ON cycle.id = r.cycle_id
        WHERE r.id = OLD.of_return_id AND cycle.state IN ('adopted', 'published', 'acting', 'closed')) THEN
        RAISE EXCEPTION 'the review of an adopted year cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER monitoring_goal_review_guard BEFORE UPDATE OR DELETE ON monitoring_goalreview
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_goal_review();

CREATE FUNCTION monitoring_guard_conclusion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'adopted' THEN
        RAISE EXCEPTION 'an adopted conclusion cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NOT EXISTS (
        SELECT FROM monitoring_return r JOIN agreements_agreedresult result ON result.version_id = r.version_id
        WHERE r.id = NEW.of_return_id AND result.id = NEW.result_id) THEN
        RAISE EXCEPTION 'the result is of another text than the return' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_conclusion_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_conclusion
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_conclusion();

CREATE FUNCTION monitoring_guard_conclusion_reply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a reply stays as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER monitoring_conclusion_reply_guard BEFORE UPDATE OR DELETE ON monitoring_conclusionreply
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_conclusion_reply();

-- Only what was concluded with 'bijstellen' leads to another text, and to one of the same agreement.
CREATE FUNCTION monitoring_guard_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'why a text was begun stays known' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM monitoring_conclusion c
        JOIN monitoring_return r ON r.id = c.of_return_id
        JOIN agreements_agreementversion v ON v.agreement_id = r.agreement_id
        WHERE c.id = NEW.conclusion_id AND v.id = NEW.version_id
          AND c.verdict = 'amend' AND c.state = 'adopted' AND v.kind = 'amendment') THEN
        RAISE EXCEPTION 'only an adopted conclusion to amend begins another text of its agreement'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_amendment_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_amendmenttrigger
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_amendment();

-- An action lapses with a reason and is never thrown away; a settled effect stays.
CREATE FUNCTION monitoring_guard_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an action is not thrown away' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.effect IN ('works', 'partly', 'not') THEN
        RAISE EXCEPTION 'the effect of this action is judged' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_action_guard BEFORE UPDATE OR DELETE ON monitoring_action
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_action();

-- Invariant 15: a red or amber core indicator has an action that did not lapse, or a written reason why not.
CREATE FUNCTION monitoring_guard_follow_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM monitoring_statusresult judged
        JOIN agreements_agreedindicator indicator ON indicator.id = judged.indicator_id AND indicator.is_core
        LEFT JOIN monitoring_conclusion c ON c.of_return_id = judged.of_return_id AND c.result_id = indicator.result_id
        WHERE judged.of_return_id = NEW.id AND judged.status IN ('RED', 'AMBER')
          AND COALESCE(c.no_action_reason, '') = ''
          AND NOT EXISTS (SELECT FROM monitoring_action a WHERE a.conclusion_id = c.id AND a.state <> 'dropped')) THEN
        RAISE EXCEPTION 'a core indicator off course has no action and no reason why not'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_core_has_follow_up';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_follow_up_guard BEFORE UPDATE OF state ON monitoring_return
    FOR EACH ROW WHEN (NEW.state = 'submitted' AND OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION monitoring_guard_follow_up();

-- A card tells of an action that works according to somebody else, of the IKC whose action it was; shared words stand.
CREATE FUNCTION monitoring_guard_practice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM monitoring_action a
        JOIN monitoring_conclusion c ON c.id = a.conclusion_id
        JOIN monitoring_return r ON r.id = c.of_return_id
        JOIN agreements_resultagreement agreement ON agreement.id = r.agreement_id
        WHERE a.id = NEW.action_id AND a.effect IN ('works', 'partly') AND agreement.ikc_id = NEW.ikc_id) THEN
        RAISE EXCEPTION 'a card tells of an action of this IKC that works' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'published'
       AND to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'a shared card stays as the IKC agreed to it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_practice_guard BEFORE INSERT OR UPDATE ON monitoring_practice
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_practice();

-- Two people at once never take the last place twice: the row of the meeting is the queue.
CREATE FUNCTION monitoring_guard_signup() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    room integer;
BEGIN
    SELECT places INTO room FROM monitoring_learningmeeting WHERE id = NEW.meeting_id FOR UPDATE;
    IF (SELECT count(*) FROM monitoring_learningsignup WHERE meeting_id = NEW.meeting_id) >= room THEN
        RAISE EXCEPTION 'all places are taken' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_signup_guard BEFORE INSERT ON monitoring_learningsignup
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_signup();
"""
BACKWARD = """
DROP TRIGGER monitoring_signup_guard ON monitoring_learningsignup;
DROP FUNCTION monitoring_guard_signup();
DROP TRIGGER monitoring_practice_guard ON monitoring_practice;
DROP FUNCTION monitoring_guard_practice();
DROP TRIGGER monitoring_follow_up_guard ON monitoring_return;
DROP FUNCTION monitoring_guard_follow_up();
DROP TRIGGER monitoring_action_guard ON monitoring_action;
DROP FUNCTION monitoring_guard_action();
DROP TRIGGER monitoring_amendment_guard ON monitoring_amendmenttrigger;
DROP FUNCTION monitoring_guard_amendment();
DROP TRIGGER monitoring_conclusion_reply_guard ON monitoring_conclusionreply;
DROP FUNCTION monitoring_guard_conclusion_reply();
DROP TRIGGER monitoring_conclusion_guard ON monitoring_conclusion;
DROP FUNCTION monitoring_guard_conclusion();
DROP TRIGGER monitoring_goal_review_guard ON monitoring_goalreview;
DROP FUNCTION monitoring_guard_goal_review();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0007_detail_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
