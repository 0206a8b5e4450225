from django.db import migrations

# All applications of a round are judged in the same way: what a score means is fixed from the first review that is
# submitted, and where the round exercises first, no review is submitted before that is over. The lock per round makes
# the two wait for each other; it is shared among reviews. A case that members score, and what they gave, stays.
FORWARD = """
CREATE FUNCTION subsidies_guard_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged bigint;
BEGIN
    SELECT round_id INTO judged FROM subsidies_criterion
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.criterion_id ELSE NEW.criterion_id END;
    PERFORM pg_advisory_xact_lock(hashtext('subsidies_scoring'), judged::int);
    IF EXISTS (SELECT 1 FROM subsidies_review review
                 JOIN subsidies_application application ON application.id = review.application_id
                WHERE application.round_id = judged AND review.submitted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'anchor_before_scoring: what a score means is fixed once a review was submitted'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'anchor_before_scoring';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_scoreanchor_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_scoreanchor
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_anchor();

CREATE FUNCTION subsidies_guard_submission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged bigint;
BEGIN
    SELECT round_id INTO judged FROM subsidies_application WHERE id = NEW.application_id;
    PERFORM pg_advisory_xact_lock_shared(hashtext('subsidies_scoring'), judged::int);
    IF EXISTS (SELECT 1 FROM subsidies_calibration
                WHERE round_id = judged AND comes_first AND state IN ('draft', 'open')) THEN
        RAISE EXCEPTION 'review_after_calibration: the exercise of this round comes first'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'review_after_calibration';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_review_submission BEFORE INSERT OR UPDATE OF submitted_at ON subsidies_review
    FOR EACH ROW WHEN (NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION subsidies_guard_submission();

CREATE FUNCTION subsidies_guard_calibration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('closed', 'skipped') OR (TG_OP = 'DELETE' AND OLD.state <> 'draft') THEN
        RAISE EXCEPTION 'calibration_is_for_good: an exercise that was held is kept as it is'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'calibration_is_for_good';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_calibration_guard BEFORE UPDATE OR DELETE ON subsidies_calibration
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_calibration();

CREATE FUNCTION subsidies_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_calibration
                WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.calibration_id ELSE NEW.calibration_id END
                  AND state <> 'draft') THEN
        RAISE EXCEPTION 'calibration_case_is_fixed: the case stays as it was opened'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'calibration_case_is_fixed';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_casesection_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_casesection
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_case();

CREATE FUNCTION subsidies_refuse_scoring() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'calibration_scoring_is_for_good: given while the exercise is open, and once'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'calibration_scoring_is_for_good';
END $$;
CREATE FUNCTION subsidies_guard_calibration_scoring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.submitted_at IS NOT NULL THEN
        PERFORM subsidies_refuse_scoring();
    END IF;
    IF NOT EXISTS (SELECT 1 FROM subsidies_calibration WHERE state = 'open' AND id =
                   CASE WHEN TG_OP = 'DELETE' THEN OLD.calibration_id ELSE NEW.calibration_id END) THEN
        PERFORM subsidies_refuse_scoring();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_calibrationscoring_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_calibrationscoring
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_calibration_scoring();

CREATE FUNCTION subsidies_guard_calibration_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_calibrationscoring scoring
                 JOIN subsidies_calibration calibration ON calibration.id = scoring.calibration_id
                WHERE scoring.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.scoring_id ELSE NEW.scoring_id END
                  AND (scoring.submitted_at IS NOT NULL OR calibration.state <> 'open')) THEN
        PERFORM subsidies_refuse_scoring();
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_calibrationscore_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_calibrationscore
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_calibration_score();
"""
BACKWARD = """
DROP TRIGGER subsidies_calibrationscore_guard ON subsidies_calibrationscore;
DROP FUNCTION subsidies_guard_calibration_score();
DROP TRIGGER subsidies_calibrationscoring_guard ON subsidies_calibrationscoring;
DROP FUNCTION subsidies_guard_calibration_scoring();
DROP FUNCTION subsidies_refuse_scoring();
DROP TRIGGER subsidies_casesection_guard ON subsidies_casesection;
DROP FUNCTION subsidies_guard_case();
DROP TRIGGER subsidies_calibration_guard ON subsidies_calibration;
DROP FUNCTION subsidies_guard_calibration();
DROP TRIGGER subsidies_review_submission ON subsidies_review;
DROP FUNCTION subsidies_guard_submission();
DROP TRIGGER subsidies_scoreanchor_guard ON subsidies_scoreanchor;
DROP FUNCTION subsidies_guard_anchor();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0057_calibration")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
