from django.db import migrations


# Legal acts do not change once they are out (domain reference 0.3-1, rule G1). Model code may be walked
# around by a bulk update or by SQL; these triggers may not.
GUARDS = """
CREATE FUNCTION subsidies_guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'locked' THEN
        RAISE EXCEPTION 'a locked allocation run cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_run_guard BEFORE UPDATE OR DELETE ON subsidies_allocationrun
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_run();
CREATE TRIGGER subsidies_messageevent_append_only BEFORE UPDATE OR DELETE ON subsidies_messageevent
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
"""

# Of the decisions only those that give money count against the ceiling (Awb 4:25): a determination or a recovery in
# the same case has an amount of its own. A grant stays (rule G1), and a determined amount changes only by revoking it.
GRANT_GUARDS = """
CREATE FUNCTION subsidies_check_ceiling(rounds bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
    decided numeric;
    by_objection numeric;
    kept numeric;
    by_continuity numeric;
BEGIN
    FOR wanted IN SELECT id, ceiling FROM subsidies_subsidyround WHERE id = ANY (rounds)
                  ORDER BY id FOR NO KEY UPDATE LOOP
        SELECT COALESCE(SUM(decision.amount), 0),
               COALESCE(SUM(GREATEST(decision.amount - COALESCE(earlier.amount, 0), 0))
                        FILTER (WHERE decision.objection_reference <> ''), 0),
               COALESCE(SUM(continuity.above_division), 0)
          INTO decided, by_objection, by_continuity
          FROM subsidies_decision decision
          JOIN subsidies_application application ON application.id = decision.application_id
          LEFT JOIN subsidies_decision earlier ON earlier.id = decision.replaces_id
          LEFT JOIN subsidies_continuityassessment continuity ON continuity.decision_id = decision.id
         WHERE application.round_id = wanted.id AND decision.kind IN ('grant', 'partial_grant') AND subsidies_decision_counts(decision.state);
        SELECT COALESCE(SUM(granted_amount), 0) INTO kept
          FROM subsidies_application WHERE round_id = wanted.id AND granted_amount > 0;
        IF GREATEST(decided, kept) > wanted.ceiling + by_objection + by_continuity THEN
            RAISE EXCEPTION 'the grants of a round are more than its ceiling'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'round_grants_within_ceiling';
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION subsidies_guard_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'grant_stays: a grant is revoked, never deleted'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'grant_stays';
    END IF;
    IF OLD.state IN ('determined', 'closed') AND NEW.state <> 'revoked'
       AND (NEW.determined_amount, NEW.determined_on, NEW.amount)
           IS DISTINCT FROM (OLD.determined_amount, OLD.determined_on, OLD.amount) THEN
        RAISE EXCEPTION 'grant_determined_stays: a determination is revoked, never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'grant_determined_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_grant_guard BEFORE UPDATE OR DELETE ON subsidies_grant
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_grant();
"""

# What a letter said on a day must stay known: a version of its text never changes and never goes.
LETTER_TEMPLATE_GUARD = """
CREATE FUNCTION subsidies_guard_letter_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'letter_template_stays: a version of the text of a letter cannot be changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'letter_template_stays';
END $$;
CREATE TRIGGER subsidies_lettertemplate_stays BEFORE UPDATE OR DELETE ON subsidies_lettertemplate
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_letter_template();
"""

# What the register said to the public is kept (Woo 3.3a); an entry is taken away from the public, never from the history.
SUBSIDY_REGISTER_GUARDS = """
CREATE TRIGGER subsidies_registerversion_keep BEFORE UPDATE OR DELETE ON subsidies_registerversion
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
CREATE TRIGGER subsidies_registerentry_keep BEFORE DELETE ON subsidies_registerentry
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
"""

# A letter that was made stays as it is from the moment that somebody may have seen it. Letters that wait for one
# another are seen by nobody before they go out together: one that was dated yesterday is made anew.
LETTERS_TOGETHER = """
CREATE FUNCTION subsidies_guard_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.rendered_at IS NOT NULL AND
       (NEW.context, NEW.stored_id, NEW.rendered_at)
       IS DISTINCT FROM (OLD.context, OLD.stored_id, OLD.rendered_at)
       AND NOT (OLD.together_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM subsidies_message WHERE letter_id = OLD.id)
                AND EXISTS (SELECT 1 FROM subsidies_bundledeed WHERE id = OLD.together_id AND sent_at IS NULL))) THEN
        RAISE EXCEPTION 'a letter that was made cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_letter_guard BEFORE UPDATE OR DELETE ON subsidies_letter
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_letter();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0003_guards_of_assessment")]
    operations = [
        migrations.RunSQL(GUARDS),
        migrations.RunSQL(GRANT_GUARDS),
        migrations.RunSQL(LETTER_TEMPLATE_GUARD),
        migrations.RunSQL(SUBSIDY_REGISTER_GUARDS),
        migrations.RunSQL(LETTERS_TOGETHER),
    ]
