from django.db import migrations

# A figure that somebody gave is never changed or deleted: another takes its place. What was said about it (confirmed,
# disputed, decided) is said once.
FORWARD = """
CREATE FUNCTION ikc_guard_child_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a count of children cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.replaced_at IS NOT NULL
       OR (NEW.ikc_id, NEW.reference_date, NEW.band, NEW.children, NEW.source, NEW.source_note,
           NEW.entered_at, NEW.entered_by_id)
          IS DISTINCT FROM
          (OLD.ikc_id, OLD.reference_date, OLD.band, OLD.children, OLD.source, OLD.source_note,
           OLD.entered_at, OLD.entered_by_id)
       OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by_id)
           IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id))
       OR (OLD.disputed_at IS NOT NULL AND (NEW.disputed_at, NEW.disputed_by_id, NEW.dispute_note, NEW.claimed)
           IS DISTINCT FROM (OLD.disputed_at, OLD.disputed_by_id, OLD.dispute_note, OLD.claimed))
       OR (OLD.resolved_at IS NOT NULL AND (NEW.resolved_at, NEW.resolved_by_id, NEW.resolution)
           IS DISTINCT FROM (OLD.resolved_at, OLD.resolved_by_id, OLD.resolution)) THEN
        RAISE EXCEPTION 'a count of children cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_child_count_guard BEFORE UPDATE OR DELETE ON ikc_childcount
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_child_count();
"""
BACKWARD = """
DROP TRIGGER ikc_child_count_guard ON ikc_childcount;
DROP FUNCTION ikc_guard_child_count();
"""


class Migration(migrations.Migration):
    dependencies = [("ikc", "0002_with_files")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
