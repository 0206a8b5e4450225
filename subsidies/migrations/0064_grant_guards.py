from importlib import import_module

from django.db import migrations

# Of the decisions only those that give money count against the ceiling (Awb 4:25): a determination or a recovery in
# the same case has an amount of its own. A grant stays (rule G1), and a determined amount changes only by revoking it.
before = import_module("subsidies.migrations.0037_continuity_guards")
CEILING = before.CEILING % {
    "declare": "\n    by_continuity numeric;",
    "select": ",\n               COALESCE(SUM(continuity.above_division), 0)",
    "into": ", by_continuity",
    "join": "\n          LEFT JOIN subsidies_continuityassessment continuity ON continuity.decision_id = decision.id",
    "plus": " + by_continuity",
}
COUNTED = "subsidies_decision_counts(decision.state)"
FORWARD = CEILING.replace(COUNTED, f"decision.kind IN ('grant', 'partial_grant') AND {COUNTED}") + """
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
BACKWARD = """
DROP TRIGGER subsidies_grant_guard ON subsidies_grant;
DROP FUNCTION subsidies_guard_grant();
""" + CEILING


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0063_grants")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
