"""Where content comes from: an earlier application, figures of the portal, the hands of a colleague."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.models import Mandate, PupilCount
from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.audit import events_of
from subsidies.differences import amount_changes, word_pieces
from subsidies.models import (
    AnalysisFigure,
    Application,
    ApplicationCopy,
    BudgetLine,
    HandOver,
)
from subsidies.services import commission, copies, figures, hand_overs
from subsidies.services.applications import NoMandate, start_application
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, open_round
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    admitted,
    assigned,
    board,
    declared_member,
)
from subsidies.timelines import applicant_timeline
from subsidies.worklist import intake

pytestmark = pytest.mark.django_db


def url(name, application):
    return reverse(f"subsidies:application_{name}", args=[application.pk])


# --- an earlier application


@pytest.fixture
def round_():
    return open_round(year=2027, period_start="2027-08-01", period_end="2028-07-31")


@pytest.fixture
def earlier(director, round_):
    before = SubsidyRoundFactory(open=True, opens_at=round_.opens_at - timedelta(days=300))
    application = ApplicationFactory(
        ikc=director.assignments.get().ikc, director=director, round=before
    )
    line = application.budget_lines.get(side="expenditure")
    line.activity = application.activities.get()
    line.save()
    Application.objects.filter(pk=application.pk).update(
        state="submitted", number="KVK2-2026-0777", received_at=timezone.now(),
        signed_by=director, signed_name="S", max_amount=17_375, eligible_amount=15_000, tier=3,
    )  # fmt: skip
    application.refresh_from_db()
    return application


@pytest.fixture
def copy(director_client, director, earlier, round_):
    director_client.post(
        reverse("subsidies:application_start", args=[round_.pk]),
        {"ikc": earlier.ikc_id, "earlier": "1"},
    )
    return Application.objects.get(round=round_)


def test_a_draft_may_begin_with_the_words_of_the_last_application(director_client, earlier, round_):
    page = director_client.get(reverse("subsidies:application_start", args=[round_.pk]))

    assertContains(page, "Beginnen met de tekst van KVK2-2026-0777")


def test_everything_written_comes_along_and_the_dates_move(copy, earlier):
    assert (copy.title, copy.requested_amount) == (earlier.title, Decimal(15_000))
    assert copy.plan.analysis == earlier.plan.analysis
    activity = copy.activities.get()
    assert activity.title == earlier.activities.get().title
    assert (activity.starts_on.year, activity.ends_on.year) == (2027, 2028)
    assert copy.budget_lines.get(side="expenditure").activity == activity
    assert ApplicationCopy.objects.get().source == earlier


def test_what_must_be_new_does_not_come_along(copy):
    assert copy.state == "draft"
    assert copy.number == ""
    assert not copy.attachments.exists()
    assert not copy.confirmations.exists()


def test_what_the_applicant_did_is_not_told_as_done_by_the_municipality(copy, director):
    figures.take_figures(copy, [], by=director, at=timezone.now())

    lines = applicant_timeline(events_of(copy))

    assert {line.actor for line in lines} == {str(director)}


def test_without_an_earlier_application_there_is_nothing_to_begin_with(director, round_):
    with pytest.raises(copies.NoEarlierApplication):
        copies.start_from_earlier(
            director.assignments.get().ikc, round_, by=director, at=timezone.now()
        )
    assert not Application.objects.exists()


def test_the_differences_are_marked(director_client, copy, earlier):
    copy.plan.analysis = earlier.plan.analysis.replace("derde", "vierde")
    copy.plan.save()
    BudgetLine.objects.filter(application=copy, side="expenditure").update(amount=17_000)

    page = director_client.get(url("differences", copy))

    assertContains(page, "<del>derde</del> <ins>vierde</ins>")
    assertContains(page, "€\xa017.000,00")
    assertContains(page, earlier.number)


@pytest.mark.parametrize(
    ("role", "answer"), [("director", 200), ("leader", 200), ("stranger", 404)]
)
def test_who_reads_both_reads_the_difference(role, answer, client, copy, director):
    Application.objects.filter(pk=copy.pk).update(
        state="submitted", number="KVK2-2027-0777", received_at=timezone.now(),
        signed_by=director, signed_name="S", max_amount=17_375, eligible_amount=15_000, tier=3,
    )  # fmt: skip
    users = {
        "director": lambda: director,
        "leader": lambda: UserFactory(project_leader=True),
        "stranger": lambda: UserFactory(director=True),
    }
    client.force_login(users[role]())

    assert client.get(url("differences", copy)).status_code == answer


@pytest.mark.usefixtures("spring")
def test_the_commission_is_offered_only_what_it_may_read(client):
    ikc = IkcFactory(board=board())
    round_ = SubsidyRoundFactory(assessing=True)
    before = SubsidyRoundFactory(assessing=True, opens_at=round_.opens_at - timedelta(days=300))
    admitted(before, ikc=ikc)
    application = admitted(round_, ikc=ikc)
    member = declared_member(round_)
    assigned(round_)
    client.force_login(member.user)
    assertNotContains(client.get(application.get_absolute_url()), url("differences", application))

    commission.declare_interests(member, before, by=member.user, at=ASSESSED_AT)
    assigned(before)
    assertContains(client.get(application.get_absolute_url()), url("differences", application))
    assert client.get(url("differences", application)).status_code == 200


def test_a_first_application_has_no_difference(director_client, draft):
    assert director_client.get(url("differences", draft)).status_code == 404


def test_words_are_compared_as_words():
    pieces = word_pieces("Elke week lezen", "Elke dag lezen wij")

    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Elke "),
        ("gone", "week"),
        ("new", "dag"),
        ("same", " lezen"),
        ("new", " wij"),
    ]


def test_amounts_are_compared_per_kind():
    old = [BudgetLine(kind="material", amount=Decimal(100))]
    new = [
        BudgetLine(kind="material", amount=Decimal(70)),
        BudgetLine(kind="material", amount=Decimal(50)),
        BudgetLine(kind="overhead", amount=Decimal(10)),
    ]

    assert [(row.label, row.difference) for row in amount_changes(old, new)] == [
        ("materiaal", Decimal(20)),
        ("overhead", Decimal(10)),
    ]


# --- figures


@pytest.fixture
def pupils(draft):
    PupilCount.objects.create(ikc=draft.ikc, year=2025, pupils=1234, source="DUO")
    PupilCount.objects.create(ikc=draft.ikc, year=2024, pupils=3, source="DUO")
    PupilCount.objects.create(ikc=draft.ikc, year=2023, fewer_than_5=True, source="DUO")


def test_small_numbers_are_hidden(draft, pupils):
    found = {row.period: row.value for row in figures.available_figures(draft.ikc)}

    assert found == {"2025": "1.234", "2024": "<5", "2023": "<5"}


def test_chosen_figures_are_frozen_and_shown(director_client, draft, pupils):
    assertContains(director_client.get(url("figures", draft)), "1.234")
    director_client.post(url("figures", draft), {"codes": ["pupils-2025"]})
    PupilCount.objects.filter(year=2025).update(pupils=1)

    figure = AnalysisFigure.objects.get()
    assert (figure.value, figure.period, figure.source) == ("1.234", "2025", "DUO")
    assertContains(director_client.get(url("plan", draft)), "1.234")
    assertContains(director_client.get(url("sign", draft)), "1.234 (2025; bron: DUO)")


def test_a_figure_that_is_no_longer_ticked_goes(director_client, draft, pupils):
    director_client.post(url("figures", draft), {"codes": ["pupils-2025", "pupils-2024"]})
    director_client.post(url("figures", draft), {"codes": ["pupils-2024"]})

    assert list(draft.figures.values_list("code", flat=True)) == ["pupils-2024"]


def test_only_figures_of_the_list_are_taken(director_client, draft, pupils):
    refused = director_client.post(url("figures", draft), {"codes": ["verzonnen"]})

    assertContains(refused, "Kies cijfers uit de lijst.", status_code=422)


def test_an_ikc_without_figures_is_told_so(director_client, draft):
    assertContains(director_client.get(url("figures", draft)), "Er zijn nog geen cijfers")


def test_a_figure_stands_once(draft):
    for _ in range(1):
        AnalysisFigure.objects.create(application=draft, code="x", taken_at=timezone.now())
    with pytest.raises(IntegrityError, match="figure_once_per_application"), transaction.atomic():
        AnalysisFigure.objects.create(application=draft, code="x", taken_at=timezone.now())


# --- handing over


@pytest.fixture
def successor(draft):
    return UserFactory(director=True, ikc=draft.ikc)


def test_a_successor_goes_on_with_the_draft(client, director_client, draft, successor):
    response = director_client.post(
        url("hand_over", draft), {"to": successor.pk, "note": "De begroting nog."}
    )

    assertRedirects(response, url("steps", draft))
    draft.refresh_from_db()
    assert draft.contact_email == successor.email
    assert events_of(draft).first().verb == "application_handed_over"
    client.force_login(successor)
    page = client.get(url("steps", draft))
    assertContains(page, "droeg deze aanvraag aan u over")
    assertContains(page, "De begroting nog.")
    (task,) = [
        t for t in intake.tasks_for(successor, today=timezone.localdate()) if "af voor" in t.title
    ]
    assert "droeg deze aanvraag aan u over" in task.hint


def test_the_one_who_gave_it_sees_no_notice(director_client, draft, successor):
    director_client.post(url("hand_over", draft), {"to": successor.pk})

    assertNotContains(director_client.get(url("steps", draft)), "droeg deze aanvraag aan u over")


def test_only_a_colleague_with_authority_can_get_it(director_client, draft):
    stranger = UserFactory(director=True)

    refused = director_client.post(url("hand_over", draft), {"to": stranger.pk})

    assertContains(refused, "Er is nog geen collega die verder kan gaan", status_code=422)
    assert not HandOver.objects.exists()
    with pytest.raises(hand_overs.NotAColleague):
        hand_overs.hand_over(draft, to=stranger, note="", by=draft.created_by, at=timezone.now())


def test_an_expired_mandate_is_refused_in_one_sentence(draft):
    Mandate.objects.update(valid_until=timezone.localdate() - timedelta(days=1))

    with pytest.raises(NoMandate, match=r"liep af op .* Vraag uw bestuur om een nieuwe\."):
        start_application(draft.ikc, draft.round, by=draft.created_by, at=timezone.now())


def test_the_mandate_is_shown_with_its_end(director_client, draft):
    Mandate.objects.update(valid_until="2031-05-14")

    assertContains(director_client.get(url("steps", draft)), "geldig tot en met 14\xa0mei 2031")


def test_a_draft_is_not_handed_to_oneself(draft):
    with pytest.raises(IntegrityError, match="hand_over_to_another"), transaction.atomic():
        HandOver.objects.create(
            application=draft, given_by=draft.created_by, given_to=draft.created_by,
            given_at=timezone.now(),
        )  # fmt: skip


def test_an_application_is_no_copy_of_itself(draft):
    with pytest.raises(IntegrityError, match="copy_is_of_another"), transaction.atomic():
        ApplicationCopy.objects.create(
            application=draft, source=draft, copied_at=timezone.now(), copied_by=draft.created_by
        )


def test_a_text_that_was_written_anew_is_shown_whole():
    pieces = word_pieces("Ouders lezen mee in het atelier", "Dit jaar kiezen wij samen de thema's")

    assert [piece.kind for piece in pieces] == ["gone", "new"]
    assert pieces[0].text == "Ouders lezen mee in het atelier"
