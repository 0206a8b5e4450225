from django.db import migrations

# What was told to an applicant about a term is kept as it was written.
FORWARD = """
CREATE FUNCTION subsidies_keep_term_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what changed a term is kept as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_completionextension_keep BEFORE UPDATE OR DELETE ON subsidies_completionextension
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_term_change();
CREATE TRIGGER subsidies_laterdecision_keep BEFORE UPDATE OR DELETE ON subsidies_laterdecision
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_term_change();
"""
BACKWARD = """
DROP TRIGGER subsidies_laterdecision_keep ON subsidies_laterdecision;
DROP TRIGGER subsidies_completionextension_keep ON subsidies_completionextension;
DROP FUNCTION subsidies_keep_term_change();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0031_term_changes")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
