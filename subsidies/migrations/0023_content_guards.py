from django.db import migrations

# What belongs to a filed application is fixed like its plan (migration 0005). An answer of a childcare partner is a
# statement: once given it is never changed, a new request gets a new answer.
TABLES = (
    "subapplication",
    "partnerconfirmation",
    "stateaidstatement",
    "deminimisaid",
    "analysisfigure",
    "applicationcopy",
    "handover",
)
FORWARD = """
CREATE FUNCTION subsidies_guard_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'an answer of a partner cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_partner_answer_guard BEFORE UPDATE ON subsidies_partnerconfirmation
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_answer();
""" + "".join(
    f"""
CREATE TRIGGER subsidies_{table}_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_{table}
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
"""
    for table in TABLES
)
BACKWARD = "".join(
    f"DROP TRIGGER subsidies_{table}_guard ON subsidies_{table};\n" for table in TABLES
) + """
DROP TRIGGER subsidies_partner_answer_guard ON subsidies_partnerconfirmation;
DROP FUNCTION subsidies_guard_answer();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0022_application_content")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
