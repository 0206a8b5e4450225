from django.db import migrations

# Lines of a list that was signed do not change, and the record of a destruction is permanent (selectielijst 19.1.18).
# `subsidies_destruction_runs` is true only in the transaction that names an undone line of a list with two signatures.
FORWARD = """
CREATE FUNCTION subsidies_destruction_runs() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    line bigint := nullif(current_setting('kvk2.destruction_line', true), '')::bigint;
BEGIN
    IF line IS NULL THEN
        RETURN false;
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM subsidies_destructionline l JOIN subsidies_destructionlist d ON d.id = l.list_id
        WHERE l.id = line AND l.verdict = 'destroy' AND l.done_at IS NULL AND d.state = 'signed'
          AND d.first_signed_by_id <> d.second_signed_by_id
          AND NOT EXISTS (SELECT 1 FROM subsidies_legalhold h
                          WHERE h.application_id = l.application_id AND h.lifted_at IS NULL
                            AND (h.until IS NULL OR h.until >= current_date)));
END $$;

CREATE FUNCTION subsidies_guard_destruction_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    list_state text := (SELECT state FROM subsidies_destructionlist
                        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.list_id ELSE OLD.list_id END);
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF list_state <> 'proposed' THEN
            RAISE EXCEPTION 'a destruction list that was signed gets no more lines' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.done_at IS NOT NULL THEN
        RAISE EXCEPTION 'the record of a destruction is permanent' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.list_id, NEW."case", NEW.ikc, NEW.rule, NEW.ended_on, NEW.retention_until)
       IS DISTINCT FROM (OLD.list_id, OLD."case", OLD.ikc, OLD.rule, OLD.ended_on, OLD.retention_until)
       OR (list_state <> 'proposed' AND (NEW.verdict, NEW.reason, NEW.judged_at, NEW.judged_by_id)
           IS DISTINCT FROM (OLD.verdict, OLD.reason, OLD.judged_at, OLD.judged_by_id)) THEN
        RAISE EXCEPTION 'a line of a destruction list cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_destructionline_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_destructionline
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_destruction_line();

CREATE FUNCTION subsidies_guard_destruction_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('done', 'discarded')
       OR (OLD.first_signed_by_id IS NOT NULL AND NEW.first_signed_by_id IS DISTINCT FROM OLD.first_signed_by_id)
       OR (OLD.second_signed_by_id IS NOT NULL AND NEW.second_signed_by_id IS DISTINCT FROM OLD.second_signed_by_id) THEN
        RAISE EXCEPTION 'a destruction list is permanent' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_destructionlist_guard BEFORE UPDATE OR DELETE ON subsidies_destructionlist
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_destruction_list();
"""
# The guards first forget the exception: they depend on the function.
BACKWARD = """
DO $$
DECLARE
    definition text;
BEGIN
    FOR definition IN SELECT pg_get_triggerdef(oid) FROM pg_trigger
                      WHERE pg_get_triggerdef(oid) LIKE '%subsidies_destruction_runs%' LOOP
        definition := replace(definition, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER');
        definition := replace(definition, ' WHEN ((NOT subsidies_destruction_runs()))', '');
        EXECUTE replace(definition, ' AND (NOT subsidies_destruction_runs())', '');
    END LOOP;
END $$;
DROP TRIGGER subsidies_destructionlist_guard ON subsidies_destructionlist;
DROP FUNCTION subsidies_guard_destruction_list();
DROP TRIGGER subsidies_destructionline_guard ON subsidies_destructionline;
DROP FUNCTION subsidies_guard_destruction_line();
DROP FUNCTION subsidies_destruction_runs();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0081_retention")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
