from django.db import migrations

# What the register said to the public is kept (Woo 3.3a); an entry is taken away from the public, never from the history.
FORWARD = """
CREATE TRIGGER subsidies_registerversion_keep BEFORE UPDATE OR DELETE ON subsidies_registerversion
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
CREATE TRIGGER subsidies_registerentry_keep BEFORE DELETE ON subsidies_registerentry
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
"""
BACKWARD = """
DROP TRIGGER subsidies_registerentry_keep ON subsidies_registerentry;
DROP TRIGGER subsidies_registerversion_keep ON subsidies_registerversion;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0067_subsidy_register"),
        ("core", "0004_auditevent_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
