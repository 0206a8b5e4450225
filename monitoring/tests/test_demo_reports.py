"""The eleven reports of the demonstration world, as people get them; of each kind the longest before the validator."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from kvk2.core.tests.verapdf import validate
from monitoring.models import AnnualReport
from monitoring.services import reports


@pytest.mark.slow
@pytest.mark.django_db
def test_each_of_the_eleven_reports_is_accessible_and_durable(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.DEMO = True
    call_command("load_leeuwarden", verbosity=0)
    call_command("load_demo", verbosity=0)
    call_command("check_statuses", stdout=StringIO())
    made: dict[str, list[bytes]] = {}
    for report in AnnualReport.objects.order_by("pk"):
        assert reports.claim_report(report.pk, at=timezone.now())
        assert reports.make_report(report.pk, at=timezone.now())
        report.refresh_from_db()
        made.setdefault(report.kind, []).append(report.stored.file.read())
        report.stored.file.close()
    assert {kind: len(files) for kind, files in made.items()} == {
        "ikc": 9,
        "programme": 1,
        "public": 1,
    }
    failures = {
        (kind, flavour): found
        for kind, files in made.items()
        for flavour in ("ua1", "3a")
        if (found := validate(max(files, key=len), flavour).failures)
    }
    assert failures == {}
