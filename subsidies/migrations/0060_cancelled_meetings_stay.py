from django.db import migrations

# A meeting that was called off stays as it was told to everybody, as one with adopted minutes does (0056).
REFUSE = """
CREATE OR REPLACE FUNCTION subsidies_guard_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ({final}) OR (TG_OP = 'DELETE' AND OLD.state <> 'planned') THEN
        PERFORM subsidies_refuse_minuted();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
FORWARD = REFUSE.format(final="'adopted', 'cancelled'")
BACKWARD = REFUSE.format(final="'adopted'")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0059_meeting_changes")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
