from django.db import migrations

FORWARD = """
CREATE FUNCTION kvk2_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER core_auditevent_append_only BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION kvk2_append_only();
"""
BACKWARD = """
DROP TRIGGER core_auditevent_append_only ON core_auditevent;
DROP FUNCTION kvk2_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_relations")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
