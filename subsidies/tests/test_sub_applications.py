"""The part of an application with its own amount and priority, and the answer about state aid."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from subsidies.models import DeMinimisAid, PriorityTier, StateAidStatement, SubApplication
from subsidies.receipts import filled_sections
from subsidies.services import state_aid_statements, sub_applications
from subsidies.services.contents import content_of
from subsidies.services.submission import submit_application
from subsidies.tests.factories import (
    DURING,
    ApplicationFactory,
    SubsidyRoundFactory,
    move,
    open_round,
)

pytestmark = pytest.mark.django_db
NAME = "Innovatie jonge kind"


def url(name, draft):
    return reverse(f"subsidies:application_{name}", args=[draft.pk])


@pytest.fixture
def with_part(director):
    round_ = open_round(sub_applications_allowed=True, sub_application_name=NAME)
    ikc = director.assignments.get().ikc
    return ApplicationFactory(ikc=ikc, director=director, round=round_)


def content(application):
    application = type(application).objects.get(pk=application.pk)
    return content_of(application, DURING.date())


def answers(**changed):
    return {
        "version": "0",
        "page": "p",
        "wanted": "true",
        "title": "Spelen in het bos",
        "description": "Elke week naar buiten met peuters.",
        "amount": "2.500",
        "young_child": "true",
        **changed,
    }


def test_the_part_is_asked_only_where_the_round_has_one(director_client, draft, with_part):
    assertNotContains(director_client.get(url("steps", draft)), "Deelaanvraag")
    assertContains(director_client.get(url("steps", with_part)), "Deelaanvraag")
    assertContains(director_client.get(url("sub", with_part)), NAME)


def test_the_answers_are_kept_and_lead_on(director_client, with_part):
    response = director_client.post(url("sub", with_part), answers())

    assertRedirects(response, url("budget", with_part))
    sub = SubApplication.objects.get()
    assert (sub.title, sub.amount, sub.young_child) == (
        "Spelen in het bos",
        Decimal(2500),
        True,
    )


def test_a_no_needs_nothing_more_and_lets_the_rest_go(director_client, with_part):
    director_client.post(url("sub", with_part), answers())

    response = director_client.post(url("sub", with_part), answers(wanted="false", version="1"))

    assert response.status_code == 302
    sub = SubApplication.objects.get()
    assert (sub.wanted, sub.title, sub.amount) == (False, "", None)
    assert sub_applications.gaps(with_part, content(with_part)) == []


WRONG = {
    "title": "Geef de deelaanvraag een titel.",
    "description": "Beschrijf wat u met de deelaanvraag doet, en waarom.",
    "amount": "Vul het bedrag van de deelaanvraag in.",
    "young_child": "Geef aan of de deelaanvraag voor kinderen tot en met 5 jaar is.",
}


@pytest.mark.parametrize("name", WRONG)
def test_after_a_yes_everything_is_needed(name, director_client, with_part):
    response = director_client.post(url("sub", with_part), answers(**{name: ""}))

    assertContains(response, WRONG[name], status_code=422)
    assert sub_applications.gaps(with_part, content(with_part)) == [WRONG[name]]


def test_the_question_itself_is_needed(with_part):
    assert sub_applications.gaps(with_part, content(with_part)) == [
        f"Geef aan of u ook de deelaanvraag ‘{NAME}’ doet."
    ]


def test_the_part_is_not_more_than_the_whole(with_part):
    SubApplication.objects.create(
        application=with_part, wanted=True, title="x", description="y",
        amount=with_part.requested_amount + 1, young_child=False,
    )  # fmt: skip

    (sentence,) = sub_applications.gaps(with_part, content(with_part))

    assert "meer dan het hele bedrag dat u vraagt: € 15.000,00" in sentence


@pytest.mark.parametrize(("young_child", "tier"), [(True, 3), (False, 4)])
def test_the_part_for_the_young_child_brings_the_application_forward(director, young_child, tier):
    round_ = SubsidyRoundFactory(
        bare=False, sub_applications_allowed=True, sub_application_name=NAME
    )
    PriorityTier.objects.create(round=round_, rank=3, rule=PriorityTier.Rule.YOUNG_CHILD)
    move(round_, state="open", decision_number="B 1", decided_on="2026-01-20",
         publication_reference="G 1", published_on="2026-02-02")  # fmt: skip
    application = ApplicationFactory(
        ikc=director.assignments.get().ikc, director=director, round=round_
    )
    SubApplication.objects.create(
        application=application, wanted=True, title="x", description="y", amount=900,
        young_child=young_child,
    )  # fmt: skip

    submit_application(
        application, signed_name="A", signed_job_title="b", declared=True, by=director, at=DURING
    )

    application.refresh_from_db()
    assert (application.tier, application.sub_application.tier) == (tier, tier)
    with pytest.raises(IntegrityError, match="filed cannot be changed"), transaction.atomic():
        SubApplication.objects.update(amount=1)


def test_the_part_stands_in_the_copy(with_part):
    SubApplication.objects.create(
        application=with_part, wanted=True, title="Bos", description="y", amount=900
    )

    sections = {one.title: one for one in filled_sections(with_part, content(with_part))}

    labels = {answer.label: answer.text for answer in sections["Subsidie"].answers}
    assert labels["Waarvan deelaanvraag"] == "€ 900,00"
    assert sections[f"Deelaanvraag {NAME}"].answers[0].text == "Bos"


CONSTRAINTS = {
    "sub_application_amount_is_in_range": {"wanted": True, "amount": -1},
    "sub_application_amount_only_when_wanted": {"wanted": False, "amount": 5},
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_a_part(name, draft):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SubApplication.objects.create(application=draft, **CONSTRAINTS[name])


def test_a_round_names_the_part_that_it_allows():
    with (
        pytest.raises(IntegrityError, match="round_sub_application_has_a_name"),
        transaction.atomic(),
    ):
        SubsidyRoundFactory(sub_applications_allowed=True)


# --- state aid


def aid(**changed):
    return {
        "version": "0",
        "page": "p",
        "reaches_undertaking": "true",
        "undertaking": "Kinderopvang Fryslân",
        "purpose": "uren van pedagogisch medewerkers",
        "received_before": "true",
        "year_2026": "10.000",
        "year_2025": "0",
        "year_2024": "5.000,50",
        **changed,
    }


def years(draft):
    return list(draft.de_minimis.order_by("-year").values_list("amount", flat=True))


def names(today):
    return {
        f"year_{year}": f"year_{old}"
        for year, old in zip(state_aid_statements.years_of(today), (2026, 2025, 2024), strict=True)
    }


def posted_aid(draft, **changed):
    """`aid` with the years of today."""
    data = aid(**changed)
    return {**data, **{now: data[old] for now, old in names(timezone.localdate()).items()}}


def test_a_no_asks_nothing_more(director_client, draft):
    response = director_client.post(
        url("state_aid", draft),
        {"version": "0", "page": "p", "reaches_undertaking": "false", "undertaking": "rest"},
    )

    assertRedirects(response, url("attachments", draft))
    statement = StateAidStatement.objects.get()
    assert (statement.reaches_undertaking, statement.undertaking) == (False, "")


def test_a_yes_asks_for_three_years(director_client, draft):
    director_client.post(url("state_aid", draft), posted_aid(draft))

    assert years(draft) == [Decimal(10000), Decimal(0), Decimal("5000.50")]
    assert state_aid_statements.gaps(content(draft), timezone.localdate()) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"undertaking": ""}, "Vul in naar welke onderneming het geld gaat."),
        ({"purpose": ""}, "Vul in waarvoor de onderneming het geld krijgt."),
        ({"received_before": ""}, "Geef aan of de onderneming al eerder"),
        ({"year_2025": ""}, "Vul in hoeveel steun er in"),
        ({"reaches_undertaking": ""}, "Geef aan of er geld van de subsidie naar een onderneming"),
    ],
)
def test_what_is_missing_is_said(changed, sentence, director_client, draft):
    response = director_client.post(url("state_aid", draft), posted_aid(draft, **changed))

    assertContains(response, sentence, status_code=422)


def test_the_statement_is_needed_before_signing(draft):
    StateAidStatement.objects.all().delete()

    assert state_aid_statements.gaps(content(draft), DURING.date()) == [
        "Geef aan of er geld van de subsidie naar een onderneming gaat."
    ]


def test_every_gap_of_the_statement_has_its_sentence(draft):
    StateAidStatement.objects.update(reaches_undertaking=True, received_before=True)

    assert len(state_aid_statements.gaps(content(draft), DURING.date())) == 3


AID_CONSTRAINTS = {
    "state_aid_more_only_after_yes": lambda draft: StateAidStatement.objects.update(
        undertaking="x"
    ),
    "de_minimis_once_a_year": lambda draft: [
        DeMinimisAid.objects.create(application=draft, year=2026, amount=1) for _ in range(2)
    ],
    "de_minimis_amount_is_in_range": lambda draft: DeMinimisAid.objects.create(
        application=draft, year=2026, amount=-1
    ),
}


@pytest.mark.parametrize("name", AID_CONSTRAINTS)
def test_the_database_refuses_a_statement(name, draft):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AID_CONSTRAINTS[name](draft)


def test_an_older_window_does_not_overwrite_a_statement(director_client, draft):
    director_client.post(url("state_aid", draft), posted_aid(draft, page="nieuw"))

    older = posted_aid(draft, page="oud", purpose="iets heel anders")
    response = director_client.post(url("state_aid", draft), older)

    assert response.status_code == 409
    assert StateAidStatement.objects.get().purpose == aid()["purpose"]
