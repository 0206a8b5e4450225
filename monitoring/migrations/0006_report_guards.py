from django.db import migrations

# A finished report stays as it is, an adopted one for good, its frozen data in any case, and a reaction is given once,
# while the parties are asked (monitoring reference 3.3, 3.4: invariant 13). Whatever code or SQL tries.
FORWARD = """
CREATE OR REPLACE FUNCTION monitoring_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'done' OR OLD.stage <> 'concept' THEN
            RAISE EXCEPTION 'a finished report cannot be changed' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.batch_id, NEW.kind) <> (OLD.batch_id, OLD.kind) OR NEW.agreement_id IS DISTINCT FROM OLD.agreement_id THEN
        RAISE EXCEPTION 'a report is about one thing' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'done' AND (
        NEW.state NOT IN ('done', 'waiting') OR NEW.error <> OLD.error
        OR NEW.current_id IS DISTINCT FROM OLD.current_id OR NEW.finished_at IS DISTINCT FROM OLD.finished_at
        OR (NEW.state = 'waiting' AND NOT (OLD.stage IN ('concept', 'hearing') AND NEW.stage = 'adopted'))) THEN
        RAISE EXCEPTION 'a finished report cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.stage <> OLD.stage AND (OLD.stage, NEW.stage) NOT IN (
        ('concept', 'hearing'), ('concept', 'adopted'), ('hearing', 'adopted'), ('adopted', 'published'),
        ('concept', 'replaced'), ('hearing', 'replaced'), ('adopted', 'replaced'), ('published', 'replaced')) THEN
        RAISE EXCEPTION 'a report does not go back' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.adopted_at IS NOT NULL AND (
        (NEW.adopted_at, NEW.adopted_by_id, NEW.adopted_in_id)
            IS DISTINCT FROM (OLD.adopted_at, OLD.adopted_by_id, OLD.adopted_in_id)
        OR (NEW.hearing_from, NEW.hearing_until) IS DISTINCT FROM (OLD.hearing_from, OLD.hearing_until)
        OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at)) THEN
        RAISE EXCEPTION 'an adopted report cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION monitoring_guard_report_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM monitoring_annualreport
                   WHERE id = NEW.report_id AND stage IN ('adopted', 'published', 'replaced')) THEN
            RAISE EXCEPTION 'an adopted report gets no other data' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.stored_id IS NULL
       AND to_jsonb(NEW) - ARRAY['stored_id', 'made_at', 'template_version']
         = to_jsonb(OLD) - ARRAY['stored_id', 'made_at', 'template_version'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'frozen data of a report cannot be changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER monitoring_report_version_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_reportversion
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_version();

-- The file of a version: neither its fingerprint nor where it is.
CREATE FUNCTION monitoring_guard_report_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM monitoring_reportversion WHERE stored_id = OLD.id) THEN
        RAISE EXCEPTION 'the file of a report cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER monitoring_report_file_guard BEFORE DELETE OR UPDATE OF file, sha256, size, name ON core_storedfile
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_file();

CREATE FUNCTION monitoring_guard_report_reaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a reaction stays as it was given' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM monitoring_annualreport WHERE id = NEW.report_id AND stage = 'hearing') THEN
        RAISE EXCEPTION 'nobody is asked for a reaction on this report' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_report_reaction_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_reportreaction
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_reaction();
"""
BACKWARD = """
DROP TRIGGER monitoring_report_reaction_guard ON monitoring_reportreaction;
DROP FUNCTION monitoring_guard_report_reaction();
DROP TRIGGER monitoring_report_file_guard ON core_storedfile;
DROP FUNCTION monitoring_guard_report_file();
DROP TRIGGER monitoring_report_version_guard ON monitoring_reportversion;
DROP FUNCTION monitoring_guard_report_version();
CREATE OR REPLACE FUNCTION monitoring_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'done' THEN
        RAISE EXCEPTION 'a finished report cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0005_return_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
