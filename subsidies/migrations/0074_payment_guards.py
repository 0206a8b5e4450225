from django.db import migrations

# What was planned keeps its amount: another amount is another payment. Together they never exceed what was granted or
# determined, also when two are planned at once: both lock the row of the grant. What went to the bank stays as it went.
FORWARD = """
CREATE FUNCTION subsidies_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most numeric;
    total numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a payment is cancelled, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT COALESCE(determined_amount, amount) INTO most FROM subsidies_grant WHERE id = NEW.grant_id FOR UPDATE;
        SELECT COALESCE(SUM(amount), 0) INTO total
          FROM subsidies_payment WHERE grant_id = NEW.grant_id AND state <> 'cancelled';
        IF total + NEW.amount > most THEN
            RAISE EXCEPTION 'payments_above_grant: together these payments are more than the grant'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('cancelled', 'settled')
       OR (NEW.grant_id, NEW.kind, NEW.number, NEW.reference, NEW.decision_id, NEW.advance_id, NEW.amount, NEW.planned_at)
          IS DISTINCT FROM
          (OLD.grant_id, OLD.kind, OLD.number, OLD.reference, OLD.decision_id, OLD.advance_id, OLD.amount, OLD.planned_at)
       OR (OLD.state IN ('ordered', 'paid') AND NOT (OLD.state = 'ordered' AND NEW.state = 'approved')
           AND (NEW.order_id, NEW.account_id, NEW.ordered_by_id, NEW.approved_by_id, NEW.set_off_amount)
               IS DISTINCT FROM
               (OLD.order_id, OLD.account_id, OLD.ordered_by_id, OLD.approved_by_id, OLD.set_off_amount))
       OR (OLD.state = 'paid' AND (NEW.paid_on, NEW.confirmed_by_id, NEW.interest_amount)
           IS DISTINCT FROM (OLD.paid_on, OLD.confirmed_by_id, OLD.interest_amount)) THEN
        RAISE EXCEPTION 'a payment is kept as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.set_off_amount <> OLD.set_off_amount THEN
        SELECT COALESCE(SUM(amount), 0) INTO total FROM subsidies_paymentsetoff WHERE payment_id = NEW.id;
        IF total <> NEW.set_off_amount THEN
            RAISE EXCEPTION 'what was set off is the sum of its claims' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidies_payment_guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_payment
    FOR EACH ROW EXECUTE FUNCTION subsidies_guard_payment();

CREATE FUNCTION subsidies_keep_payment_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a step of a payment is kept as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_paymentsetoff_keep BEFORE UPDATE OR DELETE ON subsidies_paymentsetoff
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_payment_row();
CREATE TRIGGER subsidies_paymentorderexport_keep BEFORE UPDATE OR DELETE ON subsidies_paymentorderexport
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_payment_row();
CREATE TRIGGER subsidies_paymentorder_keep BEFORE UPDATE OR DELETE ON subsidies_paymentorder
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION subsidies_keep_payment_row();
"""
BACKWARD = """
DROP TRIGGER subsidies_paymentorder_keep ON subsidies_paymentorder;
DROP TRIGGER subsidies_paymentorderexport_keep ON subsidies_paymentorderexport;
DROP TRIGGER subsidies_paymentsetoff_keep ON subsidies_paymentsetoff;
DROP FUNCTION subsidies_keep_payment_row();
DROP TRIGGER subsidies_payment_guard ON subsidies_payment;
DROP FUNCTION subsidies_guard_payment();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0073_payments")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
