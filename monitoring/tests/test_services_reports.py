import io
import threading
from datetime import timedelta

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.documents import Frozen
from kvk2.core.models import AuditEvent
from monitoring.models import AnnualReport, Measurement, ReportBatch
from monitoring.report_dataset import IkcReportData
from monitoring.report_pdf import render_ikc_report
from monitoring.services import reports
from monitoring.states import ReportState
from monitoring.tests.factories import (
    AT,
    filled,
    in_state,
    open_cycle,
    ordered,
    planned_cycle,
    return_of,
)

LATER = AT + reports.CLAIM + timedelta(seconds=1)


@pytest.fixture
def batch(db):
    cycle = open_cycle()
    filled(return_of(cycle))
    return ordered(cycle)


def ikc_report(batch: ReportBatch) -> AnnualReport:
    return batch.reports.get(kind="ikc")


def make(report: AnnualReport, at=AT) -> bool:
    assert reports.claim_report(report.pk, at=at)
    made = reports.make_report(report.pk, at=at)
    report.refresh_from_db()
    return made


def test_an_order_is_one_report_per_ikc_a_summary_and_its_public_edition(db):
    batch = ordered(open_cycle(agreements=2))
    kinds = sorted(batch.reports.values_list("kind", flat=True))
    assert kinds == ["ikc", "ikc", "programme", "public"]


def test_a_planned_year_has_nothing_to_report(db):
    with pytest.raises(reports.NotYet):
        reports.order_reports(planned_cycle(), by=UserFactory(), at=AT)


def test_a_second_order_waits_for_the_first_and_says_what_changed(batch):
    with pytest.raises(reports.StillBusy):
        reports.order_reports(batch.cycle, note="beter", by=UserFactory(), at=AT)
    batch.reports.update(state="failed")
    with pytest.raises(reports.StillBusy, match="wat er anders is"):
        reports.order_reports(batch.cycle, by=UserFactory(), at=AT)
    assert reports.order_reports(batch.cycle, note="beter", by=UserFactory(), at=AT).number == 2


def test_a_report_is_made_kept_and_frozen(batch):
    report = ikc_report(batch)
    assert make(report)
    assert report.state == ReportState.DONE
    with report.stored.file.open("rb") as file:
        text = "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert report.agreement.ikc.name in text
    assert report.current.dataset_sha256[:12] in text.replace("\n", "")
    assert AuditEvent.objects.filter(verb="report_made").count() == 1
    with pytest.raises(DatabaseError, match="finished report"), transaction.atomic():
        AnnualReport.objects.filter(pk=report.pk).update(error="anders")


@pytest.mark.parametrize("kind", ["programme", "public"])
def test_the_summary_and_its_public_edition_are_made_too(batch, kind):
    summary = batch.reports.get(kind=kind)
    assert make(summary)
    assert summary.stored.size > 10_000


def test_a_made_report_renders_the_same_after_the_figures_changed(batch):
    report = ikc_report(batch)
    make(report)
    Measurement.objects.update(note="later gewijzigd")
    data = IkcReportData.from_dict(report.current.dataset)
    assert isinstance(data, Frozen)
    assert data.digest() == report.current.dataset_sha256
    with report.stored.file.open("rb") as file:
        assert render_ikc_report(data) == file.read()


def test_a_claimed_report_is_nobody_elses(batch):
    report = ikc_report(batch)
    assert reports.claim_report(report.pk, at=AT)
    assert not reports.claim_report(report.pk, at=AT)


def test_the_report_of_a_worker_that_died_is_made_by_the_next(batch):
    report = ikc_report(batch)
    assert reports.claim_report(report.pk, at=AT)  # and the worker is gone
    assert make(report, at=LATER)
    assert report.attempts == 2


def test_a_report_that_kills_every_worker_is_given_up(batch):
    report = ikc_report(batch)
    at = AT
    for _ in range(reports.MAX_ATTEMPTS):
        assert reports.claim_report(report.pk, at=at)
        at += reports.CLAIM + timedelta(seconds=1)
    assert not reports.claim_report(report.pk, at=at)
    report.refresh_from_db()
    assert (report.state, report.error) == ("failed", "Het maken is telkens afgebroken.")


def test_a_failing_report_waits_longer_each_time_and_leaves_the_others_alone(
    batch, monkeypatch, caplog
):
    report = ikc_report(batch)

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(reports, "render_ikc_report", broken)
    assert not make(report)
    assert (report.state, report.error, report.attempts) == ("waiting", "ZeroDivisionError", 1)
    assert report.next_attempt_at == AT + reports.BACK_OFF
    assert make(batch.reports.get(kind="programme"))
    assert not make(report, at=LATER)
    assert report.next_attempt_at == LATER + 2 * reports.BACK_OFF
    assert not make(report, at=LATER + timedelta(minutes=5))
    assert report.state == ReportState.FAILED
    # frozen and hashed before it was rendered, and once: each attempt tried the same
    (version,) = report.versions.all()
    assert version.stored is None
    assert IkcReportData.from_dict(version.dataset).digest() == version.dataset_sha256


def test_a_failed_report_can_be_tried_again(batch):
    report = ikc_report(batch)
    batch.reports.filter(pk=report.pk).update(state="failed", error="x", attempts=3)
    reports.retry_report(report, by=UserFactory(project_leader=True), at=LATER)
    assert make(report, at=LATER)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_make_the_same_report():
    cycle = open_cycle()
    filled(return_of(cycle))
    report = ikc_report(ordered(cycle))
    claims = []

    def work():
        claims.append(reports.claim_report(report.pk, at=AT))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == [False, False, False, True]


def test_the_file_name_is_safe_everywhere(batch):
    report = ikc_report(batch)
    report.agreement.ikc.name = "IKC ‘../../Ĉu & Co’"
    name = reports.file_name(report)
    assert name.startswith("jaarrapport-2024-25-ikc-")
    assert name.isascii()
    assert "/" not in name


def test_the_figures_travel_inside_the_pdf(batch):
    report = ikc_report(batch)
    make(report)
    with report.stored.file.open("rb") as file:
        reader = pypdf.PdfReader(io.BytesIO(file.read()))
        assert {name.rsplit(".", 1)[1] for name in reader.attachments} == {"csv", "json"}


def test_the_yearly_run_orders_what_nobody_ordered_and_never_twice(db):
    cycle = in_state(open_cycle(), "draft_report")
    assert reports.order_yearly_reports(at=AT) == 1
    assert cycle.batches.get().ordered_by is None
    assert reports.order_yearly_reports(at=LATER) == 0
