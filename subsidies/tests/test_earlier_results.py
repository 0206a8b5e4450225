"""What the commission reads beside the scores: automatic checks, and what came of earlier rounds (domain 6.3)."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from ikc.tests.factories import OrganisationFactory
from kvk2.core.together import keep
from subsidies.automatic_checks import checks_of
from subsidies.models import BudgetLine, BudgetRule, CommissionMember, EarlierGrant, Review
from subsidies.services import commission, reviews
from subsidies.services.budgets import budget_state
from subsidies.services.contents import Dossier, dossier_of
from subsidies.services.standing import standing_at_submission
from subsidies.tests.factories import SubsidyRoundFactory
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    admitted,
    assessing_round,
    assigned,
)

pytestmark = pytest.mark.django_db
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def round_():
    return assessing_round(applications=1, members=3, name="Ronde van nu")


@pytest.fixture
def review(round_):
    return assigned(round_)[0]


def earlier(review: Review, name: str = "Ronde van toen", **fields):
    """An application of the same IKC in a round before this one."""
    past = SubsidyRoundFactory(
        assessing=True,
        name=name,
        period_start=date(2024, 8, 1),
        period_end=date(2025, 7, 31),
    )
    return admitted(past, ikc=review.application.ikc, title="Plan van toen", **fields)


def page_of(client, review: Review, user=None) -> str:
    client.force_login(user or review.member.user)
    response = client.get(reverse("subsidies:review_edit", args=[review.pk]))
    assert response.status_code == 200
    return response.content.decode().replace(NBSP, " ")


def test_the_checks_show_the_sum_and_what_was_answered(review, client):
    client.force_login(review.member.user)
    page = client.get(review.get_absolute_url()).context["page"]
    texts = [check.text for check in page.checks]
    assert any(page.budget.maximum.explanation in text for text in texts)
    assert any(text.startswith("De begroting sluit: inkomsten € 16.000,00") for text in texts)
    assert "Voor deze kosten is nergens anders geld gevraagd." in texts
    assert "Dit IKC hoort bij de doelgroep van de ronde." in texts
    assert "Er gaat volgens de aanvrager geen geld naar een onderneming." in texts
    assert "Een bewijs van draagvlak is toegevoegd." in texts
    assert all(check.ok for check in page.checks)


def test_a_broken_norm_is_told_to_the_reader_and_not_to_the_applicant(review):
    application = review.application
    dossier = dossier_of(application, date(2026, 4, 20))
    rules = [
        BudgetRule(kind="hourly_rate", limit=Decimal(80)),
        BudgetRule(kind="preparation", limit=Decimal(40)),
        BudgetRule(kind="overhead", limit=Decimal(20), severity="warning"),
    ]
    keep(application.round, "budget_rules", rules)
    lines = [
        line("professional", hours=Decimal(100), rate=Decimal("80.01")),
        line("preparation", hours=Decimal(40), rate=Decimal(60)),
        line("overhead", amount=Decimal("3000.01")),
    ]
    budget = budget_state(application, lines, standing_at_submission(application))
    checks = checks_of(application, Dossier(dossier.content, lines, []), budget)
    told = {check.text.replace(NBSP, " "): check.ok for check in checks}
    assert told["Het hoogste uurtarief is € 80,01; de norm is € 80,00."] is False
    assert told[
        "Voorbereiding is 40 uur naast 100 uur met kinderen of ouders; de norm is 40%, dat is 40 uur."
    ]
    assert (
        told[
            "Overhead is € 3.000,01; de norm is 20% van de subsidie, dat is € 3.000,00. "
            "Dit mag, als de aanvrager het uitlegt."
        ]
        is False
    )
    assert told["Er is geen bewijs van draagvlak van team, ouders, MR of IKC-raad."] is False
    assert not any("U vulde" in text for text in told)


def line(kind: str, **fields) -> BudgetLine:
    fields.setdefault("amount", Decimal(1000))
    return BudgetLine(side="expenditure", kind=kind, description="omdat het nodig is", **fields)


def test_an_earlier_application_shows_what_was_promised_and_what_is_unknown(review, client):
    past = earlier(review)
    EarlierGrant.objects.create(
        ikc=past.ikc, year=2019, name="KvK 2019", amount=Decimal(8000), source="register"
    )
    text = page_of(client, review)
    assert "Plan van toen" in text
    assert "Muziek en taal in de middag. Verwacht bereik: 40." in text
    assert "Nog niet bekend" in text
    assert "2019, KvK 2019: € 8.000" in text


def test_what_the_reader_has_an_interest_in_is_left_out_whole(review, client):
    """The board of then was another: who has an interest in it reads nothing of that application, no count either."""
    other = OrganisationFactory()
    past = earlier(review, board=other)
    member = review.member
    assert past.title in page_of(client, review)
    declaration = member.declarations.get(round=review.application.round)
    declaration.organisations.add(other)
    text = page_of(client, review)
    assert past.title not in text
    assert past.round.name not in text
    assert "Er zijn geen eerdere aanvragen van dit IKC die u hier kunt lezen." in text


def test_who_stepped_aside_then_reads_nothing_of_it_now(review, client):
    past = earlier(review)
    commission.declare_interests(review.member, past.round, by=review.member.user, at=ASSESSED_AT)
    own = Review.objects.create(application=past, member=review.member)
    reviews.recuse_review(own, reason="familie", by=review.member.user, at=ASSESSED_AT)
    assert past.title not in page_of(client, review)
    colleague = Review.objects.filter(application=review.application).exclude(pk=review.pk)[0]
    assert past.title in page_of(client, colleague)


def test_an_interest_in_the_application_itself_keeps_everything_away(review, client):
    earlier(review)
    member = CommissionMember.objects.get(pk=review.member_id)
    member.organisation = review.application.board
    member.save(update_fields=["organisation"])
    client.force_login(member.user)
    assert client.get(review.get_absolute_url()).status_code == 404
