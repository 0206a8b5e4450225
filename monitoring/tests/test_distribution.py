"""A published report is sent, opened and confirmed: who gets it, what the database keeps, and who sees what."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from ikc.models import NoticePreference
from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.models import OutgoingMail
from monitoring.models import AnnualReport, ReportRecipient
from monitoring.services import adopting, distributing, reports
from monitoring.tests.factories import AT
from monitoring.tests.test_report_life import (
    AFTER,
    adopted,
    batch,  # noqa: F401 - fixtures
    drawn,  # noqa: F401
    ikc_report,
    leader,  # noqa: F401
    on_the_clock,
    speaker,
)

LATER = AFTER + timedelta(hours=3)
pytestmark = pytest.mark.django_db


@pytest.fixture
def people(batch):  # noqa: F811
    report = ikc_report(batch)
    roles = ("municipality", "school_board", "childcare", "director")
    return {role: speaker(report, role) for role in roles} | {
        "group": UserFactory(development_group=True)
    }


@pytest.fixture
def report(batch, leader, people) -> AnnualReport:  # noqa: F811
    """Published, and so sent."""
    adopted(batch, leader)
    adopting.publish_reports(batch, by=leader, at=AFTER)
    return ikc_report(batch)


def row_of(report, user) -> ReportRecipient:
    return ReportRecipient.objects.with_receipts().get(report=report, user=user)


def outside(report, by, email="krant@example.org") -> ReportRecipient:
    return distributing.add_recipient(
        report, name="A. de Vries", organisation="De Krant", email=email, by=by, at=LATER
    )


def path_of(row, name="sent_report") -> str:
    token = distributing.link_of(row).rstrip("/").rsplit("/", 1)[1]
    return reverse(f"monitoring:{name}", args=[token])


# ---------------------------------------------------------------- sending


def test_parties_director_and_group_get_one_mail_with_their_reports(report, people):
    for role, user in people.items():
        row = row_of(report, user)
        assert (row.capacity, row.sent_at, row.times_sent) == (role, AFTER, 1)
        assert report.get_absolute_url() in row.mail.body
    own = ReportRecipient.objects.filter(user=people["group"])
    assert set(own.values_list("report__kind", flat=True)) == {"ikc", "programme", "public"}
    assert len(set(own.values_list("mail", flat=True))) == 1
    kinds = ReportRecipient.objects.filter(user=people["director"])
    assert [row.report for row in kinds] == [report]
    assert [event.verb for event in events_of(report)][:2] == ["report_sent", "report_published"]


def test_who_wants_no_mail_stands_in_the_list_all_the_same(batch, leader, people):  # noqa: F811
    for role, choice in (("director", "never"), ("childcare", "daily")):
        NoticePreference.objects.create(user=people[role], kind="report", choice=choice)
    adopted(batch, leader)
    adopting.publish_reports(batch, by=leader, at=AFTER)
    report = ikc_report(batch)
    never, daily = (row_of(report, people[role]) for role in ("director", "childcare"))
    assert (never.mail, never.notice, never.times_sent) == (None, None, 1)
    assert daily.mail is None
    assert daily.notice.user == people["childcare"]


def test_again_only_to_who_did_not_open_it(report, people, leader):  # noqa: F811
    distributing.note_opened([report], by=people["director"], at=LATER)
    before = report.recipients.count()
    assert distributing.resend(report, by=leader, at=LATER) == before - 1
    assert row_of(report, people["director"]).times_sent == 1
    assert row_of(report, people["group"]).times_sent == 2
    for user in people.values():
        distributing.note_opened([report], by=user, at=LATER)
    opened = {row.user for row in report.recipients.with_receipts() if row.opened_at}
    assert opened == set(people.values())


def test_an_address_outside_waits_for_publication_and_is_known_once(batch, leader):  # noqa: F811
    report = ikc_report(batch)
    row = outside(report, leader)
    assert row.sent_at is None
    with pytest.raises(distributing.NotSent, match="al"):
        outside(report, leader, "Krant@Example.org")
    adopted(batch, leader)
    adopting.publish_reports(batch, by=leader, at=AFTER)
    row.refresh_from_db()
    assert row.sent_at == AFTER
    assert path_of(row).split("/")[1] == "ontvangen"
    assert "/ontvangen/" in row.mail.body
    reports.order_reports(batch.cycle, note="Hersteld.", by=leader, at=AFTER)


def test_what_was_sent_and_confirmed_stays_so_whatever_sql_tries(report, people):
    row = distributing.confirm_receipt(
        row_of(report, people["director"]), by=people["director"], at=LATER
    )
    with connection.cursor() as cursor:
        for statement in (
            f"UPDATE monitoring_reportrecipient SET confirmed_at = NULL WHERE id = {row.pk}",
            f"UPDATE monitoring_reportrecipient SET sent_at = now() WHERE id = {row.pk}",
            f"UPDATE monitoring_reportrecipient SET email = 'x@example.org' WHERE id = {row.pk}",
            f"UPDATE monitoring_reportrecipient SET user_id = NULL WHERE id = {row.pk}",
            f"DELETE FROM monitoring_reportrecipient WHERE id = {row.pk}",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement)


def test_nothing_is_sent_of_a_report_that_is_not_published(batch, leader):  # noqa: F811
    row = outside(ikc_report(batch), leader)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportRecipient.objects.filter(pk=row.pk).update(sent_at=AT, last_sent_at=AT, times_sent=1)
    with pytest.raises(distributing.NotSent, match="gepubliceerd"):
        distributing.resend(ikc_report(batch), by=leader, at=AT)


# ---------------------------------------------------------------- readers


def test_a_reader_opens_and_confirms_once(client, report, people):
    user = people["school_board"]
    client.force_login(user)
    assert "Ontvangst bevestigen" in client.get(report.get_absolute_url()).content.decode()
    assert row_of(report, user).opened_at is None  # the page about it is not the report
    client.get(reverse("monitoring:report_download", args=[report.pk]))
    first = row_of(report, user).opened_at
    client.get(reverse("monitoring:report_data", args=[report.pk, "csv"]))
    assert row_of(report, user).opened_at == first
    url = reverse("monitoring:report_receipt", args=[report.pk])
    assert client.post(url).status_code == 302
    assert row_of(report, user).confirmed_at
    assert client.post(url).status_code == 403
    client.force_login(UserFactory(researcher=True))
    assert client.post(url).status_code == 403
    client.force_login(UserFactory(director=True))
    assert client.post(url).status_code == 404


def test_a_link_shows_the_published_report_and_takes_the_receipt(client, report, leader):  # noqa: F811
    row = outside(report, leader)
    page = client.get(path_of(row))
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "A. de Vries" in page.content.decode()
    found = ReportRecipient.objects.with_receipts()
    assert found.get(pk=row.pk).opened_at is None
    assert client.get(path_of(row, "sent_report_pdf")).getvalue().startswith(b"%PDF")
    assert client.get(path_of(row, "sent_report_read")).status_code == 200
    assert found.get(pk=row.pk).opened_at is not None
    assert client.post(path_of(row)).status_code == 302
    assert found.get(pk=row.pk).confirmed_at is not None
    # and nothing else of the portal
    assert client.get(report.get_absolute_url()).status_code == 302


def test_a_link_ends(client, report, leader, people):  # noqa: F811
    row = outside(report, leader)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: AFTER.timestamp())
        old = path_of(row)
    assert client.get(old).status_code == 410
    assert client.get(reverse("monitoring:sent_report", args=["x" * 40])).status_code == 404
    assert client.get(path_of(row_of(report, people["group"]))).status_code == 404
    link = path_of(row)
    distributing.withdraw_recipient(row, by=leader, at=LATER)
    assert client.get(link).status_code == 404
    again = outside(report, leader)
    AnnualReport.objects.filter(pk=report.pk).update(stage="replaced")
    assert client.get(path_of(again)).status_code == 410


# ---------------------------------------------------------------- the page of the sender


def test_the_sender_sees_who_opened_at_the_same_cost_however_many(
    client,
    report,
    people,
    leader,  # noqa: F811
    django_assert_num_queries,
    django_assert_max_num_queries,
):
    client.force_login(leader)
    url = reverse("monitoring:report_distribution", args=[report.pk])
    distributing.note_opened([report], by=people["director"], at=LATER)
    outside(report, leader)
    client.get(url)  # what is looked up once for all pages is no matter here
    with django_assert_max_num_queries(20) as few:
        page = client.get(url).content.decode()
    assert f"1 van {report.recipients.count()} ontvangers openden het rapport" in page
    for number in range(4):
        outside(report, leader, f"lezer{number}@example.org")
    with django_assert_num_queries(len(few)):
        client.get(url)
    found = client.get(url, {"stand": "unopened", "q": "krant"}).content.decode()
    assert "5 ontvangers gevonden" in found
    lines = client.get(url, {"csv": 1}).content.decode().splitlines()
    assert len(lines) == 1 + report.recipients.count()
    assert lines[0].startswith("\ufeffNaam;Organisatie")


def test_adding_sending_again_and_withdrawing_on_the_screens(client, report, leader):  # noqa: F811
    client.force_login(leader)
    add = reverse("monitoring:recipient_add", args=[report.pk])
    typed = {"name": "A. de Vries", "organisation": "De Krant", "email": "geen adres"}
    answer = client.post(add, typed)
    assert answer.status_code == 422
    assert "Vul een geldig e-mailadres in" in answer.content.decode()
    with on_the_clock(LATER):
        assert client.post(add, typed | {"email": "krant@example.org"}).status_code == 302
        assert client.post(add, typed | {"email": "krant@example.org"}).status_code == 422
        again = reverse("monitoring:report_resend", args=[report.pk])
        assert client.get(again).status_code == 200
        assert client.post(again).status_code == 302
        row = ReportRecipient.objects.get(user=None)
        assert row.times_sent == 2
        assert OutgoingMail.objects.filter(to="krant@example.org").count() == 2
        gone = reverse("monitoring:recipient_withdraw", args=[row.pk])
        assert "werkt daarna niet meer" in client.get(gone).content.decode()
        assert client.post(gone).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is not None


@pytest.mark.parametrize("name", ["report_distribution", "recipient_add", "report_resend"])
def test_addresses_are_for_who_sends(client, report, people, name):
    url = reverse(f"monitoring:{name}", args=[report.pk])
    client.force_login(people["director"])
    assert client.get(url).status_code == 403
    client.force_login(UserFactory(director=True))
    assert client.get(url).status_code == 404
    client.force_login(UserFactory(auditor=True))
    assert client.get(url).status_code == (200 if name == "report_distribution" else 403)


def test_who_may_not_send_does_not_learn_that_an_address_exists(client, report, people, leader):  # noqa: F811
    row = outside(report, leader)
    url = reverse("monitoring:recipient_withdraw", args=[row.pk])
    for user, status in ((people["director"], 404), (UserFactory(auditor=True), 403)):
        client.force_login(user)
        assert client.get(url).status_code == status
