from django.db import migrations

# The closing of a round moves by a decision alone (Awb 2:21): to the moment of its latest extension, which stays as it was
# written. Of an outage only the end is written later, once.
FORWARD = """
CREATE OR REPLACE FUNCTION subsidies_guard_round() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'cancellation_reason', 'cancellation_reference', 'retention_until', 'retention_basis'];
    parts numeric;
    latest subsidies_ceilingchange;
    extension subsidies_closingextension;
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
    IF NEW.extended_until IS DISTINCT FROM OLD.extended_until THEN
        SELECT * INTO extension FROM subsidies_closingextension WHERE round_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF extension.old_closing = COALESCE(OLD.extended_until, OLD.closes_at)
           AND extension.new_closing = NEW.extended_until THEN
            free := free || ARRAY['extended_until'];
        END IF;
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION subsidies_keep_closing_extension() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an extension of a closing is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_closingextension_keep BEFORE UPDATE OR DELETE ON subsidies_closingextension
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_closing_extension();

CREATE FUNCTION subsidies_keep_outage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND to_jsonb(NEW) - 'ended_at' = to_jsonb(OLD) - 'ended_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an outage is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_outage_keep BEFORE UPDATE OR DELETE ON subsidies_outage
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_outage();
"""
BACKWARD = """
DROP TRIGGER subsidies_outage_keep ON subsidies_outage;
DROP FUNCTION subsidies_keep_outage();
DROP TRIGGER subsidies_closingextension_keep ON subsidies_closingextension;
DROP FUNCTION subsidies_keep_closing_extension();
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
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0028_outages")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
