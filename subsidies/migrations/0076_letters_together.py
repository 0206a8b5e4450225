from django.db import migrations

# A letter that was made stays as it is from the moment that somebody may have seen it. Letters that wait for one
# another are seen by nobody before they go out together: one that was dated yesterday is made anew.
FORWARD = """
CREATE OR REPLACE FUNCTION subsidies_guard_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.rendered_at IS NOT NULL AND
       (NEW.context, NEW.stored_id, NEW.rendered_at)
       IS DISTINCT FROM (OLD.context, OLD.stored_id, OLD.rendered_at)
       AND NOT (OLD.together_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM subsidies_message WHERE letter_id = OLD.id)
                AND EXISTS (SELECT 1 FROM subsidies_bundledeed WHERE id = OLD.together_id AND sent_at IS NULL))) THEN
        RAISE EXCEPTION 'a letter that was made cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION subsidies_guard_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.rendered_at IS NOT NULL AND
       (NEW.context, NEW.stored_id, NEW.rendered_at)
       IS DISTINCT FROM (OLD.context, OLD.stored_id, OLD.rendered_at)) THEN
        RAISE EXCEPTION 'a letter that was made cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0075_bundle_deeds")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
