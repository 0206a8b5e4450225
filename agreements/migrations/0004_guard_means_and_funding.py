from django.db import migrations

# Measures, staffing, steering and analyses are fixed with the text that they are part of; money lies within the
# programme; what became of a pledge stands beside it, and a closed budget year stays as it is (monitoring
# reference 3.2, 3.4 invariants 1 and 7; domain reference 5.4).
PARTS = ("dataanalysis", "measure", "staffingcommitment", "steeringarrangement")
FORWARD = (
    "".join(
        f"""
CREATE TRIGGER agreements_{part}_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_{part}
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_part();
"""
        for part in PARTS
    )
    + """
CREATE FUNCTION agreements_guard_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version_id <> (SELECT version_id FROM agreements_agreedresult WHERE id = NEW.result_id) THEN
        RAISE EXCEPTION 'the result belongs to another version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_measure_of_result BEFORE INSERT OR UPDATE ON agreements_measure
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_measure();

CREATE FUNCTION agreements_guard_staffing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM agreements_agreementversion version
        JOIN agreements_resultagreement agreement ON agreement.id = version.agreement_id
        JOIN agreements_programmeyear first_year ON first_year.id = NEW.from_year_id
        JOIN agreements_programmeyear last_year ON last_year.id = NEW.until_year_id
        WHERE version.id = NEW.version_id AND first_year.programme_id = agreement.programme_id
          AND last_year.programme_id = agreement.programme_id AND first_year.index <= last_year.index) THEN
        RAISE EXCEPTION 'the years of a function lie within the programme, in order'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_staffing_years BEFORE INSERT OR UPDATE ON agreements_staffingcommitment
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_staffing();

CREATE FUNCTION agreements_require_year(programme bigint, year integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM agreements_programme p WHERE p.id = programme
                   AND year BETWEEN extract(year FROM p.start) AND extract(year FROM p.end)) THEN
        RAISE EXCEPTION 'a budget year lies within the programme' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION agreements_is_closed(programme bigint, year integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM agreements_closedbudgetyear closed
                   WHERE closed.programme_id = programme AND closed.budget_year = year)
$$;

-- Whether the version that this party's version takes the place of, has the very same contribution.
CREATE FUNCTION agreements_was_agreed(pledge agreements_contribution) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM agreements_agreementparty party
        JOIN agreements_agreementversion version ON version.id = party.version_id
        JOIN agreements_agreementparty before ON before.version_id = version.supersedes_id
             AND before.role = party.role AND before.organisation_id = party.organisation_id
        JOIN agreements_contribution twin ON twin.party_id = before.id
        WHERE party.id = pledge.party_id
          AND (twin.budget_year, twin.kind, twin.amount, twin.description, twin.source_id)
              IS NOT DISTINCT FROM
              (pledge.budget_year, pledge.kind, pledge.amount, pledge.description, pledge.source_id))
$$;

CREATE FUNCTION agreements_guard_budget_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    programme bigint;
BEGIN
    SELECT agreement.programme_id INTO programme
      FROM agreements_agreementparty party
      JOIN agreements_agreementversion version ON version.id = party.version_id
      JOIN agreements_resultagreement agreement ON agreement.id = version.agreement_id
     WHERE party.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.party_id ELSE NEW.party_id END;
    IF TG_OP <> 'INSERT' AND agreements_is_closed(programme, OLD.budget_year) AND agreements_was_agreed(OLD) THEN
        RAISE EXCEPTION 'a closed budget year cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM agreements_require_year(programme, NEW.budget_year);
    IF agreements_is_closed(programme, NEW.budget_year) AND NOT agreements_was_agreed(NEW) THEN
        RAISE EXCEPTION 'a closed budget year cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_contribution_year BEFORE INSERT OR UPDATE OR DELETE ON agreements_contribution
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_budget_year();

CREATE FUNCTION agreements_guard_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND agreements_is_closed(OLD.programme_id, OLD.budget_year) THEN
        RAISE EXCEPTION 'a closed budget year cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM agreements_require_year(NEW.programme_id, NEW.budget_year);
    IF agreements_is_closed(NEW.programme_id, NEW.budget_year) THEN
        RAISE EXCEPTION 'a closed budget year cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_budget_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_fundingbudget
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_budget();

CREATE FUNCTION agreements_guard_closed_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a closed budget year cannot be opened' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM agreements_require_year(NEW.programme_id, NEW.budget_year);
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_closed_year_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_closedbudgetyear
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_closed_year();

CREATE FUNCTION agreements_guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pledge record;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what became of a contribution cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT version.state, agreement.programme_id, contribution.budget_year INTO pledge
      FROM agreements_contribution contribution
      JOIN agreements_agreementparty party ON party.id = contribution.party_id
      JOIN agreements_agreementversion version ON version.id = party.version_id
      JOIN agreements_resultagreement agreement ON agreement.id = version.agreement_id
     WHERE contribution.id = NEW.contribution_id;
    IF pledge.state IN ('draft', 'negotiation', 'agreed', 'signing', 'withdrawn') THEN
        RAISE EXCEPTION 'a contribution is confirmed once its agreement was signed' USING ERRCODE = 'check_violation';
    END IF;
    IF agreements_is_closed(pledge.programme_id, pledge.budget_year) THEN
        RAISE EXCEPTION 'a closed budget year cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.kind = 'realised' AND NOT EXISTS (
        SELECT FROM agreements_contributionstep step
        WHERE step.contribution_id = NEW.contribution_id AND step.kind = 'confirmed') THEN
        RAISE EXCEPTION 'a contribution is confirmed before it is realised' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_step_guard BEFORE INSERT OR UPDATE OR DELETE ON agreements_contributionstep
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_step();

CREATE FUNCTION agreements_guard_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.name) IS DISTINCT FROM (OLD.code, OLD.name) AND EXISTS (
        SELECT FROM agreements_contribution contribution
        JOIN agreements_agreementparty party ON party.id = contribution.party_id
        JOIN agreements_agreementversion version ON version.id = party.version_id
        WHERE contribution.source_id = OLD.id AND version.content IS NOT NULL) THEN
        RAISE EXCEPTION 'a source is in use by an offered agreement' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_source_guard BEFORE UPDATE ON agreements_fundingsource
    FOR EACH ROW EXECUTE FUNCTION agreements_guard_source();
"""
)
BACKWARD = """
DROP TRIGGER agreements_source_guard ON agreements_fundingsource;
DROP FUNCTION agreements_guard_source();
DROP TRIGGER agreements_step_guard ON agreements_contributionstep;
DROP FUNCTION agreements_guard_step();
DROP TRIGGER agreements_closed_year_guard ON agreements_closedbudgetyear;
DROP FUNCTION agreements_guard_closed_year();
DROP TRIGGER agreements_budget_guard ON agreements_fundingbudget;
DROP FUNCTION agreements_guard_budget();
DROP TRIGGER agreements_contribution_year ON agreements_contribution;
DROP FUNCTION agreements_guard_budget_year();
DROP FUNCTION agreements_was_agreed(agreements_contribution);
DROP FUNCTION agreements_is_closed(bigint, integer);
DROP FUNCTION agreements_require_year(bigint, integer);
DROP TRIGGER agreements_staffing_years ON agreements_staffingcommitment;
DROP FUNCTION agreements_guard_staffing();
DROP TRIGGER agreements_measure_of_result ON agreements_measure;
DROP FUNCTION agreements_guard_measure();
""" + "".join(f"DROP TRIGGER agreements_{part}_guard ON agreements_{part};\n" for part in PARTS)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0003_guard_types_and_course")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
