from django.db import migrations

# What a round promises is fixed once the college adopted it (Awb 4:26), and what an applicant filed once it is
# signed (Awb 4:1). Services refuse a change in words; these triggers refuse it to everything else.
FORWARD = """
CREATE FUNCTION subsidies_guard_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a round that was adopted cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.scheme_id, NEW.name, NEW.year, NEW.description, NEW.eligible_forms, NEW.founding_allowed,
        NEW.opens_at, NEW.closes_at, NEW.period_start, NEW.period_end, NEW.reference_date, NEW.ceiling,
        NEW.allocation_method, NEW.marginal_policy, NEW.floor, NEW.min_score, NEW.min_reviews,
        NEW.spread_limit, NEW.lottery_seed, NEW.max_hourly_rate, NEW.max_preparation_percentage,
        NEW.max_overhead_percentage, NEW.advance_percentage, NEW.advance_count,
        NEW.decision_number, NEW.decided_on)
       IS DISTINCT FROM
       (OLD.scheme_id, OLD.name, OLD.year, OLD.description, OLD.eligible_forms, OLD.founding_allowed,
        OLD.opens_at, OLD.closes_at, OLD.period_start, OLD.period_end, OLD.reference_date, OLD.ceiling,
        OLD.allocation_method, OLD.marginal_policy, OLD.floor, OLD.min_score, OLD.min_reviews,
        OLD.spread_limit, OLD.lottery_seed, OLD.max_hourly_rate, OLD.max_preparation_percentage,
        OLD.max_overhead_percentage, OLD.advance_percentage, OLD.advance_count,
        OLD.decision_number, OLD.decided_on)
       OR (OLD.state <> 'adopted' AND (NEW.publication_reference, NEW.published_on, NEW.budget_warning_published)
           IS DISTINCT FROM (OLD.publication_reference, OLD.published_on, OLD.budget_warning_published)) THEN
        RAISE EXCEPTION 'a round that was adopted cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_round_guard BEFORE UPDATE OR DELETE ON subsidies_subsidyround
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round();

CREATE FUNCTION subsidies_guard_round_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_round bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.round_id END;
    new_round bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.round_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_subsidyround
               WHERE id IN (old_round, new_round) AND state <> 'draft') THEN
        RAISE EXCEPTION 'the rules of a round that was adopted cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_criterion_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_criterion
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
CREATE TRIGGER subsidies_formula_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_amountformula
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();
CREATE TRIGGER subsidies_tier_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_prioritytier
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_round_rows();

CREATE FUNCTION subsidies_guard_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('draft', 'lapsed') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an application that was filed cannot be deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.round_id, NEW.ikc_id, NEW.board_id, NEW.number, NEW.title, NEW.mandate_reference,
        NEW.children_0_1, NEW.children_2_3, NEW.children_4_12, NEW.requested_amount,
        NEW.applied_elsewhere, NEW.applied_elsewhere_note, NEW.max_amount, NEW.eligible_amount,
        NEW.is_plus, NEW.in_attention_area, NEW.extended_learning_time, NEW.tier, NEW.received_at,
        NEW.signed_by_id, NEW.signed_name, NEW.signed_job_title)
       IS DISTINCT FROM
       (OLD.round_id, OLD.ikc_id, OLD.board_id, OLD.number, OLD.title, OLD.mandate_reference,
        OLD.children_0_1, OLD.children_2_3, OLD.children_4_12, OLD.requested_amount,
        OLD.applied_elsewhere, OLD.applied_elsewhere_note, OLD.max_amount, OLD.eligible_amount,
        OLD.is_plus, OLD.in_attention_area, OLD.extended_learning_time, OLD.tier, OLD.received_at,
        OLD.signed_by_id, OLD.signed_name, OLD.signed_job_title) THEN
        RAISE EXCEPTION 'an application that was filed cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_application_guard BEFORE UPDATE OR DELETE ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application();

CREATE FUNCTION subsidies_guard_application_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_application bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.application_id END;
    new_application bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.application_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_application
               WHERE id IN (old_application, new_application) AND state NOT IN ('draft', 'lapsed')) THEN
        RAISE EXCEPTION 'the content of an application that was filed cannot be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER subsidies_plan_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_activityplan
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
CREATE TRIGGER subsidies_budgetline_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_budgetline
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_application_rows();
"""
BACKWARD = """
DROP TRIGGER subsidies_budgetline_guard ON subsidies_budgetline;
DROP TRIGGER subsidies_plan_guard ON subsidies_activityplan;
DROP FUNCTION subsidies_guard_application_rows();
DROP TRIGGER subsidies_application_guard ON subsidies_application;
DROP FUNCTION subsidies_guard_application();
DROP TRIGGER subsidies_tier_guard ON subsidies_prioritytier;
DROP TRIGGER subsidies_formula_guard ON subsidies_amountformula;
DROP TRIGGER subsidies_criterion_guard ON subsidies_criterion;
DROP FUNCTION subsidies_guard_round_rows();
DROP TRIGGER subsidies_round_guard ON subsidies_subsidyround;
DROP FUNCTION subsidies_guard_round();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0004_application_drafting")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
