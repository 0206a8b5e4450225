from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0008_disclosure_guards")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER subsidies_plusletterevent_append_only BEFORE UPDATE OR DELETE "
            "ON subsidies_plusletterevent FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();",
            "DROP TRIGGER subsidies_plusletterevent_append_only ON subsidies_plusletterevent;",
        ),
    ]
