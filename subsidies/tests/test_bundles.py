"""The deeds on all decisions of a round, by a worker when it is large, and letters that go out at one moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.workflow import TransitionNotAllowed
from subsidies import tasks
from subsidies.models import BundleDeed, Decision, Grant, Letter, Message
from subsidies.services import bundles, letters
from subsidies.services.bundles import Deed, DeedRuns
from subsidies.tests.factories_assessment import DECIDED_AT, SigningMandateFactory, ready_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(monkeypatch):
    """Every round is large."""
    monkeypatch.setattr(bundles, "AT_ONCE", 0)


def taken(signer=None):
    round_ = ready_round(applications=3)
    signer = signer or SigningMandateFactory().user
    bundles.do(round_, Deed.TAKE, by=signer, at=DECIDED_AT)
    return round_, BundleDeed.objects.filter(deed="take").first()


def states(round_):
    return set(Decision.objects.filter(application__round=round_).values_list("state", flat=True))


def decision_letters():
    return list(Letter.objects.filter(decision__isnull=False).order_by("pk"))


def test_nobody_gets_a_letter_before_all_of_them_are_made():
    round_, row = taken()
    first, *others = decision_letters()
    assert letters.render_letter(first.pk, at=DECIDED_AT)

    assert bundles.send_together(row.pk, at=DECIDED_AT) == 0
    assert not Message.objects.filter(letter=first).exists()
    assert states(round_) == {"taken"}
    assert not Grant.objects.exists()

    for letter in others:
        assert letters.render_letter(letter.pk, at=DECIDED_AT)
    moment = DECIDED_AT + timedelta(minutes=5)
    assert bundles.send_together(row.pk, at=moment) == 3
    assert states(round_) == {"sent"}
    posted = Message.objects.filter(letter__decision__isnull=False)
    assert set(posted.values_list("posted_at", flat=True)) == {moment}
    assert Grant.objects.count() == 3
    assert bundles.send_together(row.pk, at=moment) == 0


def test_one_that_cannot_be_announced_keeps_back_all_of_them():
    round_, row = taken()
    for letter in decision_letters():
        letters.render_letter(letter.pk, at=DECIDED_AT)
    last = Decision.objects.order_by("letter__pk").last()
    Decision.objects.filter(pk=last.pk).update(state="ready")  # it cannot be sent

    with pytest.raises(TransitionNotAllowed):
        bundles.send_together(row.pk, at=DECIDED_AT)

    assert states(round_) == {"taken", "ready"}
    assert not Message.objects.filter(letter__decision__isnull=False).exists()


def test_a_letter_of_yesterday_is_made_anew_and_dated_today():
    _, row = taken()
    for letter in decision_letters():
        letters.render_letter(letter.pk, at=DECIDED_AT)
    tomorrow = DECIDED_AT + timedelta(days=1)

    assert bundles.send_together(row.pk, at=tomorrow) == 0
    assert {letter.rendered_at for letter in decision_letters()} == {None}
    for letter in decision_letters():
        assert letters.render_letter(letter.pk, at=tomorrow)
    assert bundles.send_together(row.pk, at=tomorrow) == 3
    assert {letter.context["sent_on"] for letter in decision_letters()} == {
        tomorrow.date().isoformat()
    }
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Letter.objects.filter(pk=decision_letters()[0].pk).update(rendered_at=None, stored=None)


def test_a_letter_that_keeps_failing_does_not_hold_up_the_others():
    _, row = taken()
    broken, *others = decision_letters()
    Letter.objects.filter(pk=broken.pk).update(attempts=bundles.PATIENCE, error="KeyError")
    for letter in others:
        letters.render_letter(letter.pk, at=DECIDED_AT)

    assert bundles.send_together(row.pk, at=DECIDED_AT) == 2
    # it goes by itself once it can be made
    assert letters.render_letter(broken.pk, at=DECIDED_AT)
    assert Message.objects.filter(letter=broken).exists()


@pytest.mark.usefixtures("large")
def test_a_large_round_is_decided_by_a_worker_as_of_the_moment_of_signing():
    signer = SigningMandateFactory().user
    round_, row = taken(signer)
    assert states(round_) == {"ready"}
    assert row.is_waiting

    assert bundles.carry_out(row.pk, at=DECIDED_AT + timedelta(minutes=1))
    assert states(round_) == {"taken"}
    assert set(Decision.objects.values_list("taken_by", "taken_at")) == {(signer.pk, DECIDED_AT)}
    assert not bundles.carry_out(row.pk, at=DECIDED_AT)


@pytest.mark.usefixtures("large")
def test_what_the_worker_may_not_do_is_told_on_the_page_and_can_be_tried_again(client):
    leader = UserFactory(project_leader=True)
    round_, row = taken(UserFactory(signer=True))  # without a mandate
    assert not bundles.carry_out(row.pk, at=DECIDED_AT)
    row.refresh_from_db()
    assert "geen ondertekeningsmandaat" in row.refusal
    client.force_login(leader)
    page = client.get(reverse("subsidies:decision_bundle", args=[round_.pk])).content.decode()
    assert "Niet gelukt: besluiten nemen" in page
    assert "geen ondertekeningsmandaat" in page

    bundles.do(round_, Deed.TAKE, by=SigningMandateFactory().user, at=DECIDED_AT)
    tasks.carry_out_bundle_deeds()
    assert states(round_) == {"taken"}


@pytest.mark.usefixtures("large")
def test_one_deed_at_a_time_and_the_page_shows_how_far_it_is(client):
    round_, row = taken()
    with pytest.raises(DeedRuns):
        bundles.do(round_, Deed.TAKE, by=SigningMandateFactory().user, at=DECIDED_AT)
    with pytest.raises(IntegrityError, match="bundle_deed_one_at_a_time"), transaction.atomic():
        BundleDeed.objects.create(
            round=round_, deed="take", ordered_by=row.ordered_by, ordered_at=DECIDED_AT
        )
    client.force_login(UserFactory(project_leader=True))
    progress = reverse("subsidies:decision_progress", args=[round_.pk])
    assert "De besluiten worden genomen" in client.get(progress).content.decode()
    bundles.carry_out(row.pk, at=DECIDED_AT)
    letters.render_letter(decision_letters()[0].pk, at=DECIDED_AT)
    assert "1 van de 3 brieven" in client.get(progress).content.decode()
    for letter in decision_letters():
        letters.render_letter(letter.pk, at=DECIDED_AT)
    bundles.send_together(row.pk, at=DECIDED_AT)
    assert client.get(progress)["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("bundle_deed_ends_once", {"refusal": "Nee.", "done_at": DECIDED_AT}),
        ("bundle_deed_sends_what_was_taken", {"deed": "check", "sent_at": DECIDED_AT}),
    ],
)
def test_the_database_refuses(constraint, change):
    _, row = taken()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BundleDeed.objects.filter(pk=row.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_two_signers_at_once_decide_once():
    round_ = ready_round(applications=3)
    signers = [SigningMandateFactory().user for _ in range(2)]

    def sign(user):
        try:
            return len(bundles.do(round_, Deed.TAKE, by=user, at=DECIDED_AT))
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(map(str, pool.map(sign, signers)))
    assert outcomes == ["3", "TransitionNotAllowed"]
    assert Letter.objects.filter(decision__isnull=False).count() == 3
