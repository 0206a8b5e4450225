from django.db import migrations

# What the applicant said about the numbers of children is fixed with the application, as its plan is (migration 0005);
# only taking over a correction may write to it (migration 0019).
FORWARD = """
CREATE TRIGGER subsidies_childcountstatement_guard BEFORE INSERT OR UPDATE OR DELETE
    ON subsidies_childcountstatement FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
"""
BACKWARD = "DROP TRIGGER subsidies_childcountstatement_guard ON subsidies_childcountstatement;"


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0034_child_statements")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
