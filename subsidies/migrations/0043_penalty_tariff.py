import datetime

from django.db import migrations

# What came in, and how it was judged, is kept as it was written; only the judgement (Awb 4:17(6)) is added, once.
FORWARD = """
CREATE FUNCTION subsidies_keep_default_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judgement text[] := ARRAY['no_penalty', 'no_penalty_reason', 'set_aside_at', 'set_aside_by_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.set_aside_at IS NULL
       AND to_jsonb(NEW) - judgement = to_jsonb(OLD) - judgement THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a default notice is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_defaultnotice_keep BEFORE UPDATE OR DELETE ON subsidies_defaultnotice
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_default_notice();
"""
BACKWARD = """
DROP TRIGGER subsidies_defaultnotice_keep ON subsidies_defaultnotice;
DROP FUNCTION subsidies_keep_default_notice();
"""


def add_tariff(apps, schema_editor):
    """The amounts of the Act as it reads now; earlier ones apply to no decision in this portal."""
    apps.get_model("subsidies", "PenaltyTariff").objects.create(
        valid_from=datetime.date(2019, 1, 1),
        first_rate=23,
        second_rate=35,
        third_rate=45,
        source="artikel 4:17, tweede lid, Awb",
    )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0042_default_notices")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(add_tariff, migrations.RunPython.noop),
    ]
