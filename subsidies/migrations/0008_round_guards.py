from django.db import migrations

# What a round promises is fixed once the college adopted it (Awb 4:26): every column, except those that tell how it
# went on. A column that may change after adoption is added to the list here, on purpose. The parts of the ceiling
# (deelplafonds) fit in the ceiling, and flow only into a later part of the same round (domain reference 4.1, R3).
FORWARD = """
CREATE OR REPLACE FUNCTION subsidies_guard_round() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'cancellation_reason', 'cancellation_reference', 'retention_until', 'retention_basis'];
    parts numeric;
BEGIN
    IF OLD.state = 'draft' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF NEW.state NOT IN ('draft', 'cancelled') THEN
            SELECT COALESCE(SUM(amount), 0) INTO parts FROM subsidies_subceiling WHERE round_id = NEW.id;
            IF parts > NEW.ceiling THEN
                RAISE EXCEPTION 'the parts of the ceiling are more than the ceiling' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a round that was adopted cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'adopted' THEN
        free := free || ARRAY['publication_reference', 'published_on', 'budget_warning_published'];
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER subsidies_subceiling_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_subceiling
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();

CREATE FUNCTION subsidies_check_overflow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_subceiling part JOIN subsidies_subceiling target ON target.id = part.overflow_to_id
               WHERE (part.id = NEW.id OR target.id = NEW.id)
                 AND (part.round_id <> target.round_id OR part."order" >= target."order")) THEN
        RAISE EXCEPTION 'what a part of the ceiling leaves over flows to a later part of the same round'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_subceiling_overflow AFTER INSERT OR UPDATE ON subsidies_subceiling
    FOR EACH ROW EXECUTE FUNCTION subsidies_check_overflow();

CREATE FUNCTION subsidies_guard_application_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('draft', 'lapsed') THEN
        IF (NEW.sub_ceiling_id, NEW.special_education, NEW.ikc_form)
           IS DISTINCT FROM (OLD.sub_ceiling_id, OLD.special_education, OLD.ikc_form) THEN
            RAISE EXCEPTION 'the facts of an application that was filed cannot be changed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.sub_ceiling_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM subsidies_subceiling WHERE id = NEW.sub_ceiling_id AND round_id = NEW.round_id) THEN
        RAISE EXCEPTION 'an application competes for a part of the ceiling of its own round'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state NOT IN ('draft', 'lapsed') AND NEW.sub_ceiling_id IS NULL AND EXISTS (
        SELECT 1 FROM subsidies_subceiling WHERE round_id = NEW.round_id) THEN
        RAISE EXCEPTION 'a filed application competes for a part of the ceiling where the round has parts'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_application_part_guard BEFORE UPDATE ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_part();
"""
BACKWARD = """
DROP TRIGGER subsidies_application_part_guard ON subsidies_application;
DROP FUNCTION subsidies_guard_application_part();
DROP TRIGGER subsidies_subceiling_overflow ON subsidies_subceiling;
DROP FUNCTION subsidies_check_overflow();
DROP TRIGGER subsidies_subceiling_guard ON subsidies_subceiling;
CREATE OR REPLACE FUNCTION subsidies_guard_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a round that was adopted cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - ARRAY['state', 'publication_reference', 'published_on', 'budget_warning_published']
       IS DISTINCT FROM
       to_jsonb(OLD) - ARRAY['state', 'publication_reference', 'published_on', 'budget_warning_published'] THEN
        RAISE EXCEPTION 'a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0007_round_rules")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
