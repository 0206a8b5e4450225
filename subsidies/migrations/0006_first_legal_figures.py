import datetime

from django.db import migrations

# The amounts of the penalty as they read now; earlier ones apply to no decision in this portal.
TARIFF = {
    "valid_from": datetime.date(2019, 1, 1),
    "first_rate": 23,
    "second_rate": 35,
    "third_rate": 45,
    "source": "artikel 4:17, tweede lid, Awb",
}
# The two regulations end on the same day. The terms are those of the model of the VNG; a scheme may set its own.
REGULATION, LAST_DAY = datetime.date(2024, 1, 1), datetime.date(2030, 12, 31)
ALWAYS = datetime.date(2010, 1, 1)  # division 4.1.3 of the Awb as it reads now
# As they read in the year in which the portal began to claim.
CLAIMS, FEES = datetime.date(2026, 1, 1), "artikel 4:113, eerste lid, Awb, bedragen van 2026"
FIRST = (
    ("de_minimis", 300_000, REGULATION, LAST_DAY, "Verordening (EU) 2023/2831, artikel 3, tweede lid"),
    ("sgei_de_minimis", 750_000, REGULATION, LAST_DAY, "Verordening (EU) 2023/2832, artikel 3, tweede lid"),
    ("decision_weeks", 13, ALWAYS, None, "VNG-model Algemene subsidieverordening (artikel 4:13 Awb)"),
    ("completion_days", 14, ALWAYS, None, "artikel 4:5 Awb: de gemeente stelt de termijn"),
    ("reminder_fee", 9, CLAIMS, None, FEES),
    ("reminder_fee_high", 20, CLAIMS, None, FEES),
    ("reminder_bound", 454, CLAIMS, None, FEES),
)


def add_figures(apps, schema_editor):
    """What the law says in figures, in rows with a source: an administrator adds what changes."""
    apps.get_model("subsidies", "PenaltyTariff").objects.create(**TARIFF)
    figure = apps.get_model("subsidies", "LegalFigure")
    for kind, value, first, last, source in FIRST:
        figure.objects.create(
            kind=kind, value=value, valid_from=first, valid_until=last, source=source
        )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0005_guards_of_settlement")]
    operations = [migrations.RunPython(add_figures, migrations.RunPython.noop)]
