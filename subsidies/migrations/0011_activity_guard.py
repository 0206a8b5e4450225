from django.db import migrations

# The activities of a filed application are content like its plan (migration 0005).
FORWARD = """
CREATE TRIGGER subsidies_activity_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_activity
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
"""
BACKWARD = "DROP TRIGGER subsidies_activity_guard ON subsidies_activity;"


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0010_plan_text_to_activity")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
