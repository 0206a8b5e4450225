"""From concept to adopted and published: hear and reply, the meeting, and what the database keeps as it is."""

import io
from contextlib import contextmanager
from datetime import date, timedelta

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from ikc.tests.factories import AgendaItemFactory, UserFactory
from kvk2.core.models import OutgoingMail
from monitoring import cycle_guards
from monitoring.models import AnnualReport, Measurement, ReportReaction, ReportVersion
from monitoring.report_dataset import frozen_data
from monitoring.report_tasks import report_tasks
from monitoring.services import adopting, hearing, reports
from monitoring.tests.factories import AT, filled, open_cycle, ordered, return_of
from monitoring.voices import voices, voices_of

UNTIL = date(2025, 9, 15)  # ten working days after Monday 1 September
AFTER = AT + timedelta(days=16)
pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def drawn(monkeypatch):
    """The reports are not drawn: what happens to them is what counts here. The datasets that were drawn."""
    seen = []

    def draw(data):
        seen.append(data)
        return b"%PDF-" + data.canonical()

    for kind in ("ikc", "programme", "public"):
        monkeypatch.setattr(reports, f"render_{kind}_report", draw)
    return seen


@pytest.fixture
def batch(drawn):
    cycle = open_cycle()
    filled(return_of(cycle))
    batch = ordered(cycle)
    make_all(batch)
    return batch


def make_all(batch, at=AT):
    for report in batch.reports.filter(state="waiting"):
        assert reports.claim_report(report.pk, at=at)
        assert reports.make_report(report.pk, at=at)


@contextmanager
def on_the_clock(moment):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: moment)
        yield


def ikc_report(batch) -> AnnualReport:
    return batch.reports.get(kind="ikc")


def speaker(report, role):
    if role == "director":
        return UserFactory(director=True, ikc=report.agreement.ikc)
    party = next(party for voice, party in voices(report) if voice.role == role)
    return UserFactory(
        **{
            "municipality": {"signer": True, "organisation": party.organisation},
            "school_board": {"school_board": True, "organisation": party.organisation},
            "childcare": {"childcare_board": True, "organisation": party.organisation},
        }[role]
    )


def react(report, role, *, agrees=True, text="", at=AT):
    user = speaker(report, role)
    (voice,) = voices_of(user, report)
    return hearing.react(report, voice, agrees=agrees, text=text, by=user, at=at)


def discussed(batch, kind="development_group"):
    return AgendaItemFactory(
        discussed=True,
        subject=batch,
        title="Jaarrapporten",
        meeting__body__kind=kind,
        meeting__takes_place_on=AFTER.date(),
    )


def adopted(batch, leader):
    hearing.start_hearing(batch, until=UNTIL, by=leader, at=AT)
    report = ikc_report(batch)
    react(report, "school_board", agrees=False, text="De taalmeting was te vroeg in het jaar.")
    member = UserFactory(development_group=True)
    adopting.adopt_reports(batch, discussed(batch), by=member, at=AFTER)
    make_all(batch, at=AFTER)
    report.refresh_from_db()
    return report


# ---------------------------------------------------------------- hear and reply


def test_the_parties_get_ten_working_days_and_a_mail(batch, leader):
    director = speaker(ikc_report(batch), "director")
    assert hearing.first_last_day(AT.date()) == UNTIL
    with pytest.raises(hearing.NothingToHear, match="10 werkdagen"):
        hearing.start_hearing(batch, until=UNTIL - timedelta(days=1), by=leader, at=AT)
    (laid,) = hearing.start_hearing(batch, until=UNTIL, by=leader, at=AT)
    assert (laid.kind, laid.stage) == ("ikc", "hearing")
    assert OutgoingMail.objects.filter(to=director.email, subject__contains="concept").exists()
    with pytest.raises(hearing.NothingToHear):
        hearing.start_hearing(batch, until=UNTIL, by=leader, at=AT)


def test_each_party_and_the_director_react_once_and_in_time(batch, leader):
    report = ikc_report(batch)
    with pytest.raises(hearing.ReactionRefused):
        react(report, "school_board")
    hearing.start_hearing(batch, until=UNTIL, by=leader, at=AT)
    report.refresh_from_db()
    for role in ("municipality", "school_board", "childcare", "director"):
        user = speaker(report, role)
        assert [item.title for item in report_tasks(user, today=UNTIL)] == [
            f"Reageren op het jaarrapport van {report.title}"
        ]
        (voice,) = voices_of(user, report)
        hearing.react(report, voice, agrees=True, text="", by=user, at=AT)
        assert report_tasks(user, today=UNTIL) == []
        with pytest.raises(hearing.ReactionRefused, match="al gereageerd"):
            hearing.react(report, voice, agrees=True, text="", by=user, at=AT)
    row = ReportReaction.objects.get(role="director")
    assert (row.on_behalf_of, row.version) == (f"directeur van {report.title}", report.current)


def test_after_the_last_day_nobody_reacts(batch, leader):
    hearing.start_hearing(batch, until=UNTIL, by=leader, at=AT)
    with pytest.raises(hearing.ReactionRefused, match="nu niet"):
        react(ikc_report(batch), "childcare", at=AFTER)


def test_who_does_not_agree_says_why(client, batch, leader):
    hearing.start_hearing(batch, until=UNTIL, by=leader, at=AT)
    report = ikc_report(batch)
    user = speaker(report, "school_board")
    client.force_login(user)
    url = reverse("monitoring:report_react", args=[report.pk])
    (voice,) = voices_of(user, report)
    with on_the_clock(AT):
        response = client.post(url, {"voice": voice.value, "agrees": "no", "text": " "})
        assert response.status_code == 422
        assert "Schrijf op waar u het niet mee eens bent" in response.content.decode()
        assert (
            client.post(
                url, {"voice": voice.value, "agrees": "no", "text": "Te vroeg."}
            ).status_code
            == 302
        )
        page = client.get(report.get_absolute_url()).content.decode()
        assert "Te vroeg." in page
        assert client.get(url).status_code == 403


# ---------------------------------------------------------------- adoption


def test_adoption_waits_for_the_parties_and_for_a_meeting_of_the_group(batch, leader):
    member = UserFactory(development_group=True)
    hearing.start_hearing(batch, until=UNTIL, by=leader, at=AT)
    item = discussed(batch)
    report = ikc_report(batch)
    with pytest.raises(adopting.NotReady):
        adopting.adopt_reports(batch, item, only={report.pk}, by=member, at=AT)
    with pytest.raises(adopting.NotDiscussed):
        adopting.adopt_reports(batch, discussed(batch, "board_consultation"), by=member, at=AFTER)
    for role in ("municipality", "school_board", "childcare"):
        react(report, role)
    assert report in adopting.ready(batch, AT.date())


def test_the_year_waits_for_its_reports(drawn, leader):
    cycle = open_cycle()
    filled(return_of(cycle))
    (sentence,) = cycle_guards.obstacles("draft", cycle)
    assert "nog geen jaarrapporten" in sentence
    batch = ordered(cycle)
    assert cycle_guards.obstacles("draft", cycle) == ["3 jaarrapporten zijn nog niet gemaakt."]
    make_all(batch)
    assert cycle_guards.obstacles("draft", cycle) == []
    (sentence,) = cycle_guards.obstacles("publish", cycle)
    assert "publieksversie" in sentence
    adopted(batch, leader)
    assert cycle_guards.obstacles("publish", cycle) == []


def test_what_is_adopted_is_what_the_parties_read_with_their_reactions(batch, leader, drawn):
    concept = ikc_report(batch).current
    Measurement.objects.update(note="na het concept gewijzigd")
    report = adopted(batch, leader)
    assert (report.stage, report.state) == ("adopted", "done")
    assert report.current != concept
    was, now = concept.dataset, report.current.dataset
    assert {key for key in was if was[key] != now[key]} == {"edition", "reactions"}
    assert now["edition"] | {"status": "concept", "adopted_on": None} == was["edition"]
    told = {row["role"]: row for row in now["reactions"]}
    assert told["Schoolbestuur"]["text"] == "De taalmeting was te vroeg in het jaar."
    assert told["Gemeente"]["given_on"] is None
    assert set(AnnualReport.objects.values_list("stage", flat=True)) == {"adopted"}


def test_an_adopted_report_does_not_change_whatever_sql_tries(batch, leader):
    """Invariant 13."""
    report = adopted(batch, leader)
    with report.stored.file.open("rb") as file:
        before = file.read()
    version, stored = report.current_id, report.stored.pk
    with connection.cursor() as cursor:
        for statement in (
            f"UPDATE monitoring_annualreport SET stage = 'concept' WHERE id = {report.pk}",
            f"UPDATE monitoring_annualreport SET adopted_at = now() WHERE id = {report.pk}",
            f"UPDATE monitoring_annualreport SET state = 'waiting' WHERE id = {report.pk}",
            f"UPDATE monitoring_annualreport SET current_id = NULL, state = 'failed' WHERE id = {report.pk}",
            f"DELETE FROM monitoring_annualreport WHERE id = {report.pk}",
            f"UPDATE monitoring_reportversion SET dataset = '{{}}' WHERE id = {version}",
            f"UPDATE monitoring_reportversion SET stored_id = NULL, made_at = NULL WHERE id = {version}",
            f"DELETE FROM monitoring_reportversion WHERE id = {version}",
            f"UPDATE core_storedfile SET sha256 = repeat('0', 64) WHERE id = {stored}",
            f"DELETE FROM core_storedfile WHERE id = {stored}",
            "UPDATE monitoring_reportreaction SET text = 'anders'",
            "DELETE FROM monitoring_reportreaction",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement)
        cursor.execute("UPDATE monitoring_measurement SET note = 'later'")
    for model in (ReportVersion, ReportReaction):
        row = model.objects.filter(report=report).order_by("pk")[0]
        row.pk = None
        if isinstance(row, ReportVersion):
            row.number = 9
        else:
            row.role, row.organisation = "director", None
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)
    report.refresh_from_db()
    with report.stored.file.open("rb") as file:
        assert file.read() == before


def test_a_correction_is_a_next_number_and_the_adopted_one_holds_until_then(
    batch, leader, client, drawn
):
    first = adopted(batch, leader)
    adopting.publish_reports(batch, by=leader, at=AFTER)
    cycle = batch.cycle
    second = reports.order_reports(
        cycle, note="Teller van VVE hersteld.", only={first.agreement_id}, by=leader, at=AFTER
    )
    make_all(second, at=AFTER)
    first.refresh_from_db()
    assert first.stage == "published"
    correction = ikc_report(second)
    edition = correction.current.dataset["edition"]
    assert (edition["number"], edition["correction_note"]) == (2, "Teller van VVE hersteld.")
    later = AFTER + timedelta(days=20)
    hearing.start_hearing(second, until=later.date(), by=leader, at=AFTER)
    item = AgendaItemFactory(
        discussed=True,
        subject=second,
        meeting__body__kind="development_group",
        meeting__takes_place_on=later.date(),
    )
    adopting.adopt_reports(
        second, item, by=UserFactory(development_group=True), at=later + timedelta(days=1)
    )
    first.refresh_from_db()
    assert first.stage == "replaced"
    client.force_login(leader)
    page = client.get(first.get_absolute_url()).content.decode()
    assert "Vervangen." in page
    assert correction.get_absolute_url() in page
    assert client.get(reverse("monitoring:report_download", args=[first.pk])).status_code == 200


def test_an_unfinished_concept_goes_no_further_when_a_next_number_is_ordered(batch, leader):
    reports.order_reports(batch.cycle, note="Cijfers hersteld.", by=leader, at=AT)
    assert set(batch.reports.values_list("stage", flat=True)) == {"replaced"}


# ---------------------------------------------------------------- making


def test_an_order_is_stopped_and_what_was_stopped_can_be_made_later(leader, drawn):
    batch = ordered(open_cycle())
    busy = ikc_report(batch)
    assert reports.claim_report(busy.pk, at=AT)
    assert reports.cancel_reports(batch, by=leader, at=AT) == 3
    assert not reports.make_report(busy.pk, at=AT)
    assert set(batch.reports.values_list("state", flat=True)) == {"cancelled"}
    with pytest.raises(reports.NothingToCancel):
        reports.cancel_reports(batch, by=leader, at=AT)
    reports.retry_report(busy, by=leader, at=AT)
    make_all(batch)
    assert ikc_report(batch).state == "done"


def test_a_report_that_is_stopped_while_it_is_drawn_is_not_kept(leader, drawn, monkeypatch):
    batch = ordered(open_cycle())
    busy = ikc_report(batch)

    def draw(data):
        reports.cancel_reports(batch, by=leader, at=AT)
        return b"%PDF-"

    monkeypatch.setattr(reports, "render_ikc_report", draw)
    assert reports.claim_report(busy.pk, at=AT)
    assert not reports.make_report(busy.pk, at=AT)
    busy.refresh_from_db()
    assert (busy.state, busy.current) == ("cancelled", None)


def test_the_same_data_are_never_drawn_twice(batch, leader, drawn, monkeypatch):
    frozen = frozen_data("ikc", ikc_report(batch).current.dataset)
    second = reports.order_reports(batch.cycle, note="Nog eens.", by=leader, at=AT)
    monkeypatch.setattr(reports, "_dataset", lambda report, at: frozen)
    again = ikc_report(second)
    count = len(drawn)
    assert reports.claim_report(again.pk, at=AT)
    assert reports.make_report(again.pk, at=AT)
    again.refresh_from_db()
    assert len(drawn) == count
    assert again.stored == ikc_report(batch).stored


# ---------------------------------------------------------------- pages


def test_the_whole_way_on_the_screens(client, batch, leader, drawn):
    def post(user, name, **data):
        client.force_login(user)
        url = reverse(f"monitoring:{name}", args=[batch.pk])
        assert client.get(url).status_code == 200
        response = client.post(url, data)
        assert response.status_code == 302, response.content.decode()

    with on_the_clock(AT):
        post(leader, "hearing_start", until=UNTIL.isoformat())
    member = UserFactory(development_group=True)
    with on_the_clock(AFTER):
        client.force_login(member)
        url = reverse("monitoring:batch_adopt", args=[batch.pk])
        assert "nog geen overleg" in client.get(url).content.decode()
        item = discussed(batch)
        post(
            member,
            "batch_adopt",
            item=item.pk,
            reports=[str(pk) for pk in batch.reports.values_list("pk", flat=True)],
        )
        make_all(batch, at=AFTER)
        post(leader, "batch_publish")
    assert set(batch.reports.values_list("stage", flat=True)) == {"published"}
    client.force_login(member)
    for report in batch.reports.all():
        assert "Gepubliceerd" in client.get(report.get_absolute_url()).content.decode()
        url = reverse("monitoring:report_version", args=[report.pk, 1])
        assert client.get(url).status_code == 200


def test_the_pdf_prints_the_reactions_and_the_day(leader):
    cycle = open_cycle()
    filled(return_of(cycle))
    batch = ordered(cycle)
    report = ikc_report(batch)
    AnnualReport.objects.exclude(pk=report.pk).update(state="cancelled")
    make_all(batch)
    adopted_report = adopted(batch, leader)
    with adopted_report.stored.file.open("rb") as file:
        text = " ".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.read())).pages
        )
    text = " ".join(text.split())
    assert "De taalmeting was te vroeg in het jaar." in text
    assert "niet gereageerd" in text
    assert "17 september 2025" in text
