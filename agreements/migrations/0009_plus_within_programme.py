from django.db import migrations

# A status Plus that was decided on lies within a programme (domain reference 5.2, T-PL-04).
# What was granted before the portal was there came without a decision, and is as it was. Where no
# programme was set up yet, the days in the settings are all there is to hold it against: the service does.
FORWARD = """
CREATE FUNCTION agreements_guard_plus_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM agreements_programme) AND NOT EXISTS (
        SELECT FROM agreements_programme WHERE start <= NEW.valid_from AND "end" >= NEW.valid_until
    ) THEN
        RAISE EXCEPTION 'a status Plus lies within the programme' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_plus_period_guard BEFORE INSERT OR UPDATE OF valid_from, valid_until, decided_at ON ikc_plusstatus
    FOR EACH ROW WHEN (NEW.decided_at IS NOT NULL AND NEW.valid_from IS NOT NULL)
    EXECUTE FUNCTION agreements_guard_plus_period();
"""
BACKWARD = """
DROP TRIGGER agreements_plus_period_guard ON ikc_plusstatus;
DROP FUNCTION agreements_guard_plus_period();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0008_staffing_realisation"),
        ("ikc", "0009_running_rows"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
