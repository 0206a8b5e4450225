"""The eleven reports of the demonstration world, in each stage; of each kind that a worker prints, the longest is validated."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from kvk2.core.tests.verapdf import validate
from monitoring.models import AnnualReport
from monitoring.services import reports


@pytest.mark.slow
@pytest.mark.django_db
def test_the_reports_stand_in_every_stage_and_are_accessible_and_durable(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.DEMO = True
    call_command("load_leeuwarden", verbosity=0)
    call_command("load_demo", verbosity=0)
    call_command("check_statuses", stdout=StringIO())
    stages = Counter(AnnualReport.objects.values_list("stage", flat=True))
    assert stages == {"concept": 8, "hearing": 1, "adopted": 1, "published": 1}
    sent = AnnualReport.objects.get(stage="published")
    assert {row.role for row in sent.reactions.all()} == {
        "municipality",
        "school_board",
        "childcare",
    }
    assert sent.recipients.filter(sent_at__isnull=False).count() > 2
    assert sent.recipients.filter(confirmed_at__isnull=False).count() == 1
    made: dict[str, list[bytes]] = {}
    for report in AnnualReport.objects.filter(state="waiting").order_by("pk"):
        assert reports.claim_report(report.pk, at=timezone.now())
        assert reports.make_report(report.pk, at=timezone.now())
        report.refresh_from_db()
        made.setdefault(report.kind, []).append(report.stored.file.read())
        report.stored.file.close()
    assert {kind: len(files) for kind, files in made.items()} == {
        "ikc": 7,  # the other two have a page that says where the whole report is
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
