from django.db import migrations

# The questions of the check are rules of the round like its criteria (migration 0005): fixed once it is adopted.
FORWARD = """
CREATE TRIGGER subsidies_checklist_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_checklistitem
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
"""
BACKWARD = "DROP TRIGGER subsidies_checklist_guard ON subsidies_checklistitem;"


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0032_term_change_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
