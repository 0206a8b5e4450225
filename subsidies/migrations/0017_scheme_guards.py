from django.db import migrations

# A version of a scheme that came into force is a published rule of the college (Awb 3:42, 4:23): neither it nor a line
# of it changes again. It may only be superseded, which gives it an end. And a round that the college adopts stands on
# a version that came into force.
FORWARD = """
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
CREATE TRIGGER subsidies_scheme_version_guard BEFORE UPDATE OR DELETE ON subsidies_schemeversion
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_version();

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
""" + "".join(
    f"""
CREATE TRIGGER subsidies_{table}_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_{table}
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_scheme_rows();"""
    for table in (
        "legalbasis",
        "accountabilityrule",
        "schemeinstalment",
        "standardobligation",
        "schemebudgetrule",
        "refusalground",
        "schemelettertext",
        "schemesource",
    )
) + """
CREATE TRIGGER subsidies_budgetrule_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_budgetrule
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();

CREATE FUNCTION subsidies_guard_round_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_schemeversion WHERE id = NEW.scheme_version_id AND state = 'draft') THEN
        RAISE EXCEPTION 'an adopted round stands on a scheme version that came into force'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_round_scheme_guard BEFORE UPDATE ON subsidies_subsidyround FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state NOT IN ('draft', 'cancelled'))
    EXECUTE FUNCTION subsidies_guard_round_scheme();
"""
BACKWARD = """
DROP TRIGGER subsidies_round_scheme_guard ON subsidies_subsidyround;
DROP FUNCTION subsidies_guard_round_scheme();
DROP TRIGGER subsidies_budgetrule_guard ON subsidies_budgetrule;
DROP FUNCTION subsidies_guard_scheme_rows() CASCADE;
DROP TRIGGER subsidies_scheme_version_guard ON subsidies_schemeversion;
DROP FUNCTION subsidies_guard_scheme_version();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0016_scheme_versions_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
