from django.db import migrations

# A code of CBS is used again for another district: a figure belongs to a district of the very map it was given on, and
# all districts of one recalibration are of one map. What was adopted stays as it was adopted.
FORWARD = """
ALTER TABLE ikc_district ADD CONSTRAINT district_on_its_own_map UNIQUE (id, year);
ALTER TABLE ikc_areafigure ADD CONSTRAINT area_figure_on_its_own_map
    FOREIGN KEY (district_id, map_year) REFERENCES ikc_district (id, year);

CREATE FUNCTION ikc_guard_area_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'preview' THEN
        RAISE EXCEPTION 'an import that was closed cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER ikc_area_import_guard BEFORE UPDATE OR DELETE ON ikc_areaimport
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_area_import();

CREATE FUNCTION ikc_guard_recalibration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'effective' THEN
        RAISE EXCEPTION 'a recalibration in effect cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER ikc_recalibration_guard BEFORE UPDATE OR DELETE ON ikc_arearecalibration
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_recalibration();

CREATE FUNCTION ikc_guard_designation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ikc_arearecalibration
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.recalibration_id END,
                     CASE WHEN TG_OP <> 'DELETE' THEN NEW.recalibration_id END)
          AND state IN ('discussed', 'adopted', 'effective')
    ) THEN
        RAISE EXCEPTION 'a designation that was discussed cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (SELECT year FROM ikc_district WHERE id = NEW.district_id)
       <> (SELECT map_year FROM ikc_arearecalibration WHERE id = NEW.recalibration_id) THEN
        RAISE EXCEPTION 'a district of another map cannot be designated' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_designation_guard BEFORE INSERT OR UPDATE OR DELETE ON ikc_areadesignation
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_designation();

CREATE FUNCTION ikc_guard_recalibrated_ikc() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND OLD.handled_at IS NULL
       AND (NEW.recalibration_id, NEW.ikc_id, NEW.direction, NEW.area_id, NEW.plus_status_id)
           IS NOT DISTINCT FROM
           (OLD.recalibration_id, OLD.ikc_id, OLD.direction, OLD.area_id, OLD.plus_status_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an IKC of a recalibration cannot be changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ikc_recalibrated_ikc_guard BEFORE UPDATE OR DELETE ON ikc_recalibratedikc
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_recalibrated_ikc();
"""
BACKWARD = """
DROP TRIGGER ikc_recalibrated_ikc_guard ON ikc_recalibratedikc;
DROP FUNCTION ikc_guard_recalibrated_ikc();
DROP TRIGGER ikc_designation_guard ON ikc_areadesignation;
DROP FUNCTION ikc_guard_designation();
DROP TRIGGER ikc_recalibration_guard ON ikc_arearecalibration;
DROP FUNCTION ikc_guard_recalibration();
DROP TRIGGER ikc_area_import_guard ON ikc_areaimport;
DROP FUNCTION ikc_guard_area_import();
ALTER TABLE ikc_areafigure DROP CONSTRAINT area_figure_on_its_own_map;
ALTER TABLE ikc_district DROP CONSTRAINT district_on_its_own_map;
"""


class Migration(migrations.Migration):
    dependencies = [("ikc", "0006_plus_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
