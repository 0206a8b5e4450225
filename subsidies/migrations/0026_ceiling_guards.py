from django.db import migrations

# The ceiling of a published round changes by a decision alone (Awb 4:27): to the amounts of its latest change, and of the
# parts of the ceiling only those that the change names. A change itself stays as it was written.
FORWARD = """
CREATE OR REPLACE FUNCTION subsidies_guard_round() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'cancellation_reason', 'cancellation_reference', 'retention_until', 'retention_basis'];
    parts numeric;
    latest subsidies_ceilingchange;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'draft' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a round that was adopted cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state NOT IN ('draft', 'cancelled') AND (OLD.state = 'draft' OR NEW.ceiling <> OLD.ceiling) THEN
        SELECT COALESCE(SUM(amount), 0) INTO parts FROM subsidies_subceiling WHERE round_id = NEW.id;
        IF parts > NEW.ceiling THEN
            RAISE EXCEPTION 'the parts of the ceiling are more than the ceiling' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF OLD.state = 'draft' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'adopted' THEN
        free := free || ARRAY['publication_reference', 'published_on', 'budget_warning_published'];
    END IF;
    IF NEW.ceiling <> OLD.ceiling THEN
        SELECT * INTO latest FROM subsidies_ceilingchange WHERE round_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF latest.old_amount = OLD.ceiling AND latest.new_amount = NEW.ceiling THEN
            free := free || ARRAY['ceiling'];
        END IF;
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION subsidies_guard_sub_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_round bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.round_id END;
    new_round bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.round_id END;
    latest subsidies_ceilingchange;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_subsidyround
                   WHERE id IN (old_round, new_round) AND state <> 'draft') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'amount' = to_jsonb(OLD) - 'amount' THEN
        SELECT * INTO latest FROM subsidies_ceilingchange WHERE round_id = NEW.round_id ORDER BY id DESC LIMIT 1;
        IF (latest.parts ->> NEW.code)::numeric = NEW.amount THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the rules of a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER subsidies_subceiling_guard ON subsidies_subceiling;
CREATE TRIGGER subsidies_subceiling_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_subceiling
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_sub_ceiling();

CREATE FUNCTION subsidies_keep_ceiling_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of a ceiling is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_ceilingchange_keep BEFORE UPDATE OR DELETE ON subsidies_ceilingchange
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_ceiling_change();
"""
BACKWARD = """
DROP TRIGGER subsidies_ceilingchange_keep ON subsidies_ceilingchange;
DROP FUNCTION subsidies_keep_ceiling_change();
DROP TRIGGER subsidies_subceiling_guard ON subsidies_subceiling;
DROP FUNCTION subsidies_guard_sub_ceiling();
CREATE TRIGGER subsidies_subceiling_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_subceiling
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
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
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0025_ceiling_changes")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
