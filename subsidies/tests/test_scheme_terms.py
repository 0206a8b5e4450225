"""What a version means for a round: its account, its instalments, its articles and its words in a letter."""

from datetime import date
from decimal import Decimal

import pytest

from kvk2.core.errors import DomainError
from subsidies.instalments import dated_instalments
from subsidies.models import AccountabilityRule, Decision, SchemeInstalment
from subsidies.services import decisions
from subsidies.services import schemes as services
from subsidies.services.scheme_terms import (
    account_due,
    articles,
    ordinances,
    payments,
    rule_for,
)
from subsidies.tests.factories import IN_FORCE, SchemeVersionFactory, SubsidyRoundFactory, move
from subsidies.tests.factories_assessment import ADVISED_AT, drafted_round

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 1)


@pytest.fixture
def draft():
    return SchemeVersionFactory(draft=True)


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        ("5000.00", "direct"),
        ("5000.01", "activity"),
        ("50000.00", "activity"),
        ("50000.01", "full"),
    ],
)
def test_the_bounds_belong_to_the_lighter_band(amount, band, draft):
    AccountabilityRule.objects.create(version=draft, order=0, band="direct", up_to=5_000)

    rule = rule_for(draft, Decimal(amount))

    assert rule.band == band
    due = account_due(rule, SubsidyRoundFactory(bare=True))
    assert due == (None if band == "direct" else date(2027, 10, 30))


def test_without_a_band_for_small_amounts_everything_is_accounted_for(draft):
    assert rule_for(draft, Decimal(1)).band == "activity"


def test_equal_instalments_follow_the_count_of_the_version(draft):
    draft.advance_count, draft.advance_percentage = 2, Decimal(50)
    draft.save()
    round_ = SubsidyRoundFactory(scheme_version=draft, bare=True)

    assert payments(round_, Decimal(10_000), today=TODAY) == [
        (Decimal("2500.00"), date(2026, 8, 1)),
        (Decimal("2500.00"), date(2027, 1, 30)),
    ]


def test_fixed_days_come_first_in_the_period_and_never_within_six_weeks(draft):
    for day, month, percentage in ((1, 9, 40), (1, 3, 40)):
        SchemeInstalment.objects.create(version=draft, percentage=percentage, day=day, month=month)
    round_ = SubsidyRoundFactory(scheme_version=draft, bare=True)

    assert payments(round_, Decimal("23375.00"), today=TODAY) == [
        (Decimal("9350.00"), date(2026, 9, 1)),
        (Decimal("9350.00"), date(2027, 3, 1)),
    ]
    late = payments(round_, Decimal("23375.00"), today=date(2026, 9, 1))
    assert [day for _, day in late] == [date(2026, 10, 13), date(2027, 3, 1)]


def test_what_is_determined_at_once_is_paid_at_once(draft):
    AccountabilityRule.objects.create(version=draft, order=0, band="direct", up_to=5_000)
    round_ = SubsidyRoundFactory(scheme_version=draft, bare=True)

    assert payments(round_, Decimal(5_000), today=TODAY) == [(Decimal(5_000), date(2026, 8, 1))]


def test_shares_are_floored_and_the_last_takes_the_remainder():
    schedule = dated_instalments(Decimal("100.01"), [Decimal(40), Decimal(40)])

    assert schedule.instalments == (Decimal("40.00"), Decimal("40.00"))
    assert (schedule.advance_total, schedule.balance) == (Decimal("80.00"), Decimal("20.01"))
    with pytest.raises(DomainError):
        dated_instalments(Decimal(100), [Decimal(60), Decimal(41)])


def test_a_decision_names_the_rules_of_its_version(draft):
    assert ordinances(draft) == "Algemene subsidieverordening Leeuwarden"
    assert articles(draft, ["ceiling", "unknown"]) == (
        "artikel 4:23 Awb",
        "artikel 4:25, tweede lid, Awb",
    )


def test_letter_and_decision_use_the_version_of_the_round_and_not_the_newest():
    old = SchemeVersionFactory(draft=True)
    old.letter_texts.filter(code="consequences").update(text="De oude gevolgen.")
    old.obligations.all().delete()
    old.obligations.create(text="De oude verplichting.", due_weeks=2)
    old.refusal_grounds.filter(code="ceiling").update(text="de oude pot leeg is")
    move(old, state="in_force", **IN_FORCE)
    round_ = drafted_round(applications=3, ceiling=25_000, scheme_version=old)
    new = services.create_version(old.scheme, valid_from=date(2026, 4, 1), by=None, at=ADVISED_AT)
    new.letter_texts.filter(code="consequences").update(text="De nieuwe gevolgen.")
    new.refusal_grounds.filter(code="ceiling").update(text="de nieuwe pot leeg is")
    services.put_in_force(new, **IN_FORCE, by=None, at=ADVISED_AT)

    by_kind = {decision.kind: decision for decision in decisions.standing_decisions(round_)}
    grant, refusal = by_kind[Decision.Kind.GRANT], by_kind[Decision.Kind.REFUSAL]
    letter = decisions.preview_context(grant, at=ADVISED_AT)

    assert str(letter.passages["consequences"][0]) == "De oude gevolgen."
    assert [(duty.text, duty.due_on) for duty in letter.obligations] == [
        ("De oude verplichting.", date(2027, 8, 14))
    ]
    assert "de oude pot leeg is" in refusal.motivation
    refused = decisions.preview_context(refusal, at=ADVISED_AT)
    assert "artikel 4:25, tweede lid, Awb" in refused.legal_basis.articles
    assert old.citation in str(refused.passages["legal_basis"][0])
