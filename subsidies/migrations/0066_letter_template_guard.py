from django.db import migrations

# What a letter said on a day must stay known: a version of its text never changes and never goes.
FORWARD = """
CREATE FUNCTION subsidies_guard_letter_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'letter_template_stays: a version of the text of a letter cannot be changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'letter_template_stays';
END $$;
CREATE TRIGGER subsidies_lettertemplate_stays BEFORE UPDATE OR DELETE ON subsidies_lettertemplate
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_letter_template();
"""
BACKWARD = """
DROP TRIGGER subsidies_lettertemplate_stays ON subsidies_lettertemplate;
DROP FUNCTION subsidies_guard_letter_template();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0065_letter_templates")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
