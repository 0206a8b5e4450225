from django.db import migrations

# A refusal on a ground that needs it is not taken before the applicant could give a view (Awb 4:7, 4:8), and no grant is
# taken while a compulsory ground applies (Awb 4:35(3)). What was found and said stays as it was.
FORWARD = """
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
CREATE TRIGGER subsidies_decision_grounds_guard BEFORE UPDATE ON subsidies_decision FOR EACH ROW
    WHEN (OLD.state = 'ready' AND NEW.state = 'taken') EXECUTE FUNCTION subsidies_guard_taking_grounds();

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
CREATE TRIGGER subsidies_finding_guard BEFORE UPDATE OR DELETE ON subsidies_refusalfinding
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_finding();

CREATE FUNCTION subsidies_guard_view() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'asked' THEN
        RAISE EXCEPTION 'view_stays: a view that was given stays as it was'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'view_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_view_guard BEFORE UPDATE OR DELETE ON subsidies_viewrequest
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_view();
"""
BACKWARD = """
DROP TRIGGER subsidies_view_guard ON subsidies_viewrequest;
DROP FUNCTION subsidies_guard_view();
DROP TRIGGER subsidies_finding_guard ON subsidies_refusalfinding;
DROP FUNCTION subsidies_guard_finding();
DROP TRIGGER subsidies_decision_grounds_guard ON subsidies_decision;
DROP FUNCTION subsidies_guard_taking_grounds();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0040_refusals_and_views")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
