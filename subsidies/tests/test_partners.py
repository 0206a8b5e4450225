"""The consent of the childcare partner: asked, given or declined, and bound to what was read."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import IkcPartnerFactory, OrganisationFactory, UserFactory
from kvk2.core.audit import events_of
from subsidies.application_page import ApplicationPage
from subsidies.models import PartnerConfirmation, SubsidyRound
from subsidies.services import partners as services
from subsidies.tests.factories import ApplicationFactory, AttachmentFactory, move, open_round
from subsidies.worklist import intake

pytestmark = pytest.mark.django_db
REQUIRED = SubsidyRound.PartnerRule.REQUIRED


def url(name, draft):
    return reverse(f"subsidies:application_{name}", args=[draft.pk])


@pytest.fixture
def draft(director):
    round_ = open_round(partner_confirmation=REQUIRED)
    return ApplicationFactory(ikc=director.assignments.get().ikc, director=director, round=round_)


@pytest.fixture
def organisation(draft):
    return IkcPartnerFactory(ikc=draft.ikc).organisation


@pytest.fixture
def partner(organisation):
    return UserFactory(childcare_board=True, organisation=organisation)


def page(draft):
    return ApplicationPage(type(draft).objects.get(pk=draft.pk), now=timezone.now())


def lacks(draft):
    return [item.text for item in page(draft).missing]


def ask(draft):
    return services.ask_partners(draft, by=draft.created_by, at=timezone.now())


def answer(draft, organisation, partner, *, confirmed=True, reason="", read_hash=None):
    return services.answer_partner(
        draft,
        organisation,
        confirmed=confirmed,
        reason=reason,
        read_hash=read_hash or page(draft).content_hash,
        by=partner,
        at=timezone.now(),
    )


def test_the_director_asks_and_the_partner_confirms(
    client, director_client, draft, organisation, partner
):
    assert lacks(draft) == [f"Vraag {organisation} om het plan te bevestigen."]
    assertContains(director_client.get(url("partner", draft)), "Vraag om bevestiging")
    assertRedirects(director_client.post(url("partner", draft)), url("partner", draft))
    assert lacks(draft) == [
        f"{organisation} heeft nog niet geantwoord op uw vraag om een bevestiging."
    ]

    client.force_login(partner)
    (task,) = intake.tasks_for(partner, today=timezone.localdate())
    assert task.url == url("confirm", draft)
    shown = client.get(task.url)
    assertContains(shown, "vakdocenten in de naschoolse uren")
    data = {"read_hash": shown.context["page"].content_hash, "confirmed": "true"}
    assertRedirects(client.post(task.url, data), draft.get_absolute_url())

    assert lacks(draft) == []
    assert intake.tasks_for(partner, today=timezone.localdate()) == []
    verbs = [event.verb for event in events_of(draft)]
    assert verbs[:2] == ["confirmation_given", "confirmation_asked"]


def test_a_later_change_of_the_plan_asks_again(draft, organisation, partner):
    ask(draft)
    answer(draft, organisation, partner)
    move(draft.budget_lines.get(side="expenditure"), description="iets anders")

    assert lacks(draft) == [
        f"Het plan is gewijzigd nadat {organisation} het bevestigde. Vraag opnieuw om een bevestiging."
    ]
    assert ask(draft) == 1
    answer(draft, organisation, partner)
    assert lacks(draft) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: move(draft, title="Anders"),
        lambda draft: move(draft, requested_amount=14_000),
        lambda draft: move(draft, children_2_3=1),
        lambda draft: move(draft.plan, analysis="Anders"),
        lambda draft: move(draft.activities.get(), reach=1),
    ],
)
def test_whatever_is_confirmed_changes_the_mark(change, draft):
    before = page(draft).content_hash
    change(draft)

    assert page(draft).content_hash != before


def test_who_answers_the_telephone_is_not_what_was_confirmed(draft):
    before = page(draft).content_hash
    move(draft, contact_phone="058 999", version=9)

    assert page(draft).content_hash == before


def test_a_refusal_has_a_reason_and_stops_the_signing(
    client, draft, organisation, partner, director
):
    ask(draft)
    client.force_login(partner)
    data = {"read_hash": page(draft).content_hash, "confirmed": "false", "reason": " "}
    refused = client.post(url("confirm", draft), data)
    assertContains(refused, "Schrijf op waarom u niet akkoord bent.", status_code=422)

    client.post(url("confirm", draft), {**data, "reason": "Geen ruimte in de groep."})

    assert lacks(draft) == [
        f"{organisation} is niet akkoord met het plan. Pas het aan en vraag opnieuw."
    ]
    client.force_login(director)
    assertContains(client.get(url("partner", draft)), "Geen ruimte in de groep.")


def test_what_changed_while_reading_is_not_confirmed(client, draft, organisation, partner):
    ask(draft)
    client.force_login(partner)
    read = page(draft).content_hash
    move(draft, title="Anders")

    response = client.post(url("confirm", draft), {"read_hash": read, "confirmed": "true"})

    assertContains(response, "Het plan is intussen gewijzigd", status_code=422)
    assert PartnerConfirmation.objects.get().answer == ""


def test_nobody_is_asked_twice(draft, organisation, partner):
    ask(draft)
    with pytest.raises(services.NobodyToAsk):
        ask(draft)
    answer(draft, organisation, partner)
    with pytest.raises(services.NobodyToAsk):
        ask(draft)


def test_without_a_request_there_is_nothing_to_answer(draft, organisation, partner):
    with pytest.raises(services.NotAsked):
        answer(draft, organisation, partner)


def test_a_partner_without_an_account_signs_on_paper(director_client, draft, organisation):
    assert lacks(draft) == [f"Voeg bij de bijlagen een verklaring toe van {organisation}."]
    assertNotContains(director_client.get(url("partner", draft)), "Vraag om bevestiging</span>")
    with pytest.raises(services.NobodyToAsk):
        ask(draft)

    AttachmentFactory(application=draft, kind="partner")

    assert lacks(draft) == []


def test_without_a_known_partner_the_statement_is_needed_too(draft):
    assert lacks(draft) == [
        "Voeg bij de bijlagen een verklaring toe van de kinderopvang in uw IKC."
    ]


def test_a_round_may_leave_it_out(director):
    round_ = open_round(partner_confirmation=SubsidyRound.PartnerRule.OPTIONAL)
    application = ApplicationFactory(
        ikc=director.assignments.get().ikc, director=director, round=round_
    )
    IkcPartnerFactory(ikc=application.ikc)

    assert lacks(application) == []


MAY_CONFIRM = {
    "partner": 200,
    "other_partner": 404,
    "director": 403,
    "board": 403,
    "leader": 404,
}


@pytest.mark.parametrize("role", MAY_CONFIRM)
def test_only_the_partner_that_was_asked_confirms(role, client, draft, organisation, partner):
    ask(draft)
    users = {
        "partner": lambda: partner,
        "other_partner": lambda: UserFactory(childcare_board=True),
        "director": lambda: draft.created_by,
        "board": lambda: UserFactory(school_board=True, organisation=draft.board),
        "leader": lambda: UserFactory(project_leader=True),
    }
    client.force_login(users[role]())

    assert client.get(url("confirm", draft)).status_code == MAY_CONFIRM[role]


def test_a_partner_that_was_not_asked_reads_and_does_not_answer(client, draft, partner):
    client.force_login(partner)

    assert client.get(draft.get_absolute_url()).status_code == 200
    assert client.get(url("confirm", draft)).status_code == 403


def test_a_partner_of_the_past_is_not_asked(draft, organisation, partner):
    draft.ikc.partners.update(valid_from="2020-01-01", valid_until="2021-01-01")

    with pytest.raises(services.NobodyToAsk):
        ask(draft)


def test_an_answer_is_never_changed(draft, organisation, partner):
    ask(draft)
    answer(draft, organisation, partner)

    with pytest.raises(IntegrityError, match="answer of a partner"), transaction.atomic():
        PartnerConfirmation.objects.update(reason="toch niet")


CONSTRAINTS = {
    "partner_asked_once_at_a_time": {},
    "partner_answer_is_whole": {"answer": "confirmed"},
    "partner_declines_with_a_reason": {
        "answer": "declined",
        "content_hash": "0" * 64,
        "answered_at": timezone.now(),
    },
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses(name, draft):
    organisation = OrganisationFactory(kind="childcare")
    given = {
        "application": draft,
        "organisation": organisation,
        "asked_at": timezone.now(),
        "asked_by": draft.created_by,
    }
    changed = CONSTRAINTS[name]
    if "answered_at" in changed:
        changed = {**changed, "answered_by": draft.created_by}
    else:
        PartnerConfirmation.objects.create(**given)
        if changed:
            given["organisation"] = OrganisationFactory(kind="childcare")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PartnerConfirmation.objects.create(**given, **changed)
