import datetime

from django.db import migrations

# What held on a day is kept as it was; only a row of a day that is still to come can be taken away. A decision on a
# penalty never changes.
FORWARD = """
CREATE FUNCTION subsidies_keep_legal_figure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.valid_from > (now() AT TIME ZONE 'Europe/Amsterdam')::date THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a figure of the law is kept as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_legalfigure_keep BEFORE UPDATE OR DELETE ON subsidies_legalfigure
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_legal_figure();
CREATE TRIGGER subsidies_penaltytariff_keep BEFORE UPDATE OR DELETE ON subsidies_penaltytariff
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_legal_figure();

CREATE FUNCTION subsidies_keep_penalty_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision on a penalty is kept as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_penaltydecision_keep BEFORE UPDATE OR DELETE ON subsidies_penaltydecision
    FOR EACH ROW EXECUTE FUNCTION subsidies_keep_penalty_decision();
"""
BACKWARD = """
DROP TRIGGER subsidies_penaltydecision_keep ON subsidies_penaltydecision;
DROP FUNCTION subsidies_keep_penalty_decision();
DROP TRIGGER subsidies_penaltytariff_keep ON subsidies_penaltytariff;
DROP TRIGGER subsidies_legalfigure_keep ON subsidies_legalfigure;
DROP FUNCTION subsidies_keep_legal_figure();
"""
# The two regulations end on the same day. The terms are those of the model of the VNG; a scheme may set its own.
REGULATION, LAST_DAY = datetime.date(2024, 1, 1), datetime.date(2030, 12, 31)
ALWAYS = datetime.date(2010, 1, 1)  # division 4.1.3 of the Awb as it reads now
FIRST = (
    ("de_minimis", 300_000, REGULATION, LAST_DAY, "Verordening (EU) 2023/2831, artikel 3, tweede lid"),
    (
        "sgei_de_minimis",
        750_000,
        REGULATION,
        LAST_DAY,
        "Verordening (EU) 2023/2832, artikel 3, tweede lid",
    ),
    ("decision_weeks", 13, ALWAYS, None, "VNG-model Algemene subsidieverordening (artikel 4:13 Awb)"),
    ("completion_days", 14, ALWAYS, None, "artikel 4:5 Awb: de gemeente stelt de termijn"),
)


def add_figures(apps, schema_editor):
    figure = apps.get_model("subsidies", "LegalFigure")
    for kind, value, first, last, source in FIRST:
        figure.objects.create(
            kind=kind, value=value, valid_from=first, valid_until=last, source=source
        )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0051_legal_figures")]
    operations = [
        migrations.RunPython(add_figures, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
