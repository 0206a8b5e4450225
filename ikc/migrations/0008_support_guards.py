from django.db import migrations

# One person works at most 40 hours a week over all IKCs, and together no more than the pool of the year holds (domain
# reference 5.5). The sum is at its highest on a day on which some period starts, so only those days are looked at.
# Whoever changes support waits for another who does: two at once would not see each other's rows.
FORWARD = """
CREATE FUNCTION ikc_support_peak(of_kind text, of_worker bigint, first_day date, last_day date)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(hours), 0) FROM (
        SELECT sum(running.hours_per_week) AS hours
          FROM (SELECT DISTINCT greatest(valid_from, first_day) AS day FROM ikc_supportworkerallocation
                 WHERE (kind = of_kind OR of_kind IS NULL) AND (worker_id = of_worker OR of_worker IS NULL)
                   AND valid_from <= last_day AND valid_until >= first_day) start
          JOIN ikc_supportworkerallocation running
            ON running.valid_from <= start.day AND running.valid_until >= start.day
           AND (running.kind = of_kind OR of_kind IS NULL)
           AND (running.worker_id = of_worker OR of_worker IS NULL)
         GROUP BY start.day) days
$$;

CREATE FUNCTION ikc_guard_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pool record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ikc_support'));
    IF NEW.worker_id IS NOT NULL
       AND ikc_support_peak(NULL, NEW.worker_id, NEW.valid_from, NEW.valid_until) > 40 THEN
        RAISE EXCEPTION 'more than 40 hours a week for one person' USING ERRCODE = 'check_violation';
    END IF;
    FOR pool IN SELECT year, workers * hours_each AS hours FROM ikc_supportpool
        WHERE kind = NEW.kind AND year BETWEEN extract(year FROM NEW.valid_from) AND extract(year FROM NEW.valid_until)
    LOOP
        IF ikc_support_peak(NEW.kind, NULL, greatest(NEW.valid_from, make_date(pool.year, 1, 1)),
                            least(NEW.valid_until, make_date(pool.year, 12, 31))) > pool.hours THEN
            RAISE EXCEPTION 'more hours than the pool of % holds', pool.year USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER ikc_allocation_guard AFTER INSERT OR UPDATE ON ikc_supportworkerallocation
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_allocation();

CREATE FUNCTION ikc_guard_pool() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ikc_support'));
    IF ikc_support_peak(NEW.kind, NULL, make_date(NEW.year, 1, 1), make_date(NEW.year, 12, 31))
       > NEW.workers * NEW.hours_each THEN
        RAISE EXCEPTION 'more hours of % are in use than this', NEW.year USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ikc_pool_guard AFTER INSERT OR UPDATE ON ikc_supportpool
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_pool();

-- What was asked stays as it was asked; an answer is given once.
CREATE FUNCTION ikc_guard_support_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a request is closed, not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.ikc_id, NEW.kind, NEW.wanted_kind, NEW.question, NEW.requested_by_id, NEW.requested_at)
       IS DISTINCT FROM
       (OLD.ikc_id, OLD.kind, OLD.wanted_kind, OLD.question, OLD.requested_by_id, OLD.requested_at)
       OR OLD.state IN ('done', 'declined', 'withdrawn')
       OR (OLD.answer <> '' AND NEW.answer <> OLD.answer) THEN
        RAISE EXCEPTION 'what was asked and answered stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('requested', 'accepted'), ('requested', 'declined'), ('requested', 'withdrawn'),
        ('accepted', 'done'), ('accepted', 'withdrawn')) THEN
        RAISE EXCEPTION 'a request cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ikc_support_request_guard BEFORE UPDATE OR DELETE ON ikc_supportrequest
    FOR EACH ROW EXECUTE FUNCTION ikc_guard_support_request();
"""
BACKWARD = """
DROP TRIGGER ikc_support_request_guard ON ikc_supportrequest;
DROP FUNCTION ikc_guard_support_request();
DROP TRIGGER ikc_pool_guard ON ikc_supportpool;
DROP FUNCTION ikc_guard_pool();
DROP TRIGGER ikc_allocation_guard ON ikc_supportworkerallocation;
DROP FUNCTION ikc_guard_allocation();
DROP FUNCTION ikc_support_peak(text, bigint, date, date);
"""


class Migration(migrations.Migration):
    dependencies = [("ikc", "0007_area_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
