from django.db import migrations

# An IKC says which form and board it has today, its rows say since when: the running row and the IKC may not differ.
# At the end of the transaction, because a change writes one before the other.
FORWARD = """
CREATE FUNCTION ikc_guard_running_rows(which bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ikc_ikc AS i JOIN ikc_ikcformperiod AS p ON p.ikc_id = i.id AND p.valid_until IS NULL
        WHERE i.id = which AND (p.form, p.special_education) IS DISTINCT FROM (i.form, i.special_education)
    ) OR EXISTS (
        SELECT 1 FROM ikc_ikc AS i JOIN ikc_ikcboard AS p ON p.ikc_id = i.id AND p.valid_until IS NULL
        WHERE i.id = which AND p.organisation_id IS DISTINCT FROM i.board_id
    ) THEN
        RAISE EXCEPTION 'the running row differs from the IKC' USING ERRCODE = 'restrict_violation';
    END IF;
END $$;
CREATE FUNCTION ikc_guard_running_row_of_ikc() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ikc_guard_running_rows(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION ikc_guard_running_row_of_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ikc_guard_running_rows(NEW.ikc_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ikc_running_rows_of_ikc AFTER UPDATE OF form, special_education, board_id ON ikc_ikc
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ikc_guard_running_row_of_ikc();
CREATE CONSTRAINT TRIGGER ikc_running_form AFTER INSERT OR UPDATE ON ikc_ikcformperiod
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ikc_guard_running_row_of_period();
CREATE CONSTRAINT TRIGGER ikc_running_board AFTER INSERT OR UPDATE ON ikc_ikcboard
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ikc_guard_running_row_of_period();
"""
BACKWARD = """
DROP TRIGGER ikc_running_board ON ikc_ikcboard;
DROP TRIGGER ikc_running_form ON ikc_ikcformperiod;
DROP TRIGGER ikc_running_rows_of_ikc ON ikc_ikc;
DROP FUNCTION ikc_guard_running_row_of_period();
DROP FUNCTION ikc_guard_running_row_of_ikc();
DROP FUNCTION ikc_guard_running_rows(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("ikc", "0008_support_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
