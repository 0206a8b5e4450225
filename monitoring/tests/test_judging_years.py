"""Figures judged over several years, and against the first version of an agreement (monitoring reference 4)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from agreements.models import ContributionStep, IndicatorDefinition, YearTarget
from agreements.services.drafting import draft_new_version
from agreements.tests.factories import (
    SIGNED_AT,
    definition_named,
    offer,
    sign_all,
)
from ikc.tests.factories import UserFactory
from monitoring import datasets
from monitoring.models import Measurement, StatusResult
from monitoring.services import judging, measuring
from monitoring.services.measuring import Figure
from monitoring.tests.factories import (
    AT,
    indicators,
    open_cycle,
    ordered,
    planned_cycle,
    return_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def researcher():
    return UserFactory(researcher=True)


def enter(return_, code: str, by, **facts) -> StatusResult:
    indicator = next(
        row for row in indicators(return_) if row.definition_version.definition.code == code
    )
    figure = Figure(**{"note": "gecontroleerd", **facts})
    measuring.enter_figure(return_, indicator, figure, by=by, at=AT)
    return StatusResult.objects.get(of_return=return_, series_key=indicator.series_key)


def two_years(code: str, calculation: str, *, first: int = 3):
    """The returns of two years of one agreement, of which the indicator is judged over the years."""
    definition_named(code, number=calculation == "cumulative")
    IndicatorDefinition.objects.filter(code=code).update(
        calculation=calculation, is_flow=calculation == "cumulative"
    )
    before = return_of(open_cycle(index=first))
    return before, return_of(measuring.open_cycle(planned_cycle(first + 1), by=None, at=AT))


def test_three_years_are_judged_as_one_group_of_children(researcher):
    third, fourth = two_years("meedoen-1", "three_years")
    enter(third, "meedoen-1", researcher, numerator=24, denominator=40)
    result = enter(fourth, "meedoen-1", researcher, numerator=9, denominator=10)
    assert result.value == 66  # 33 of 50, not 90%
    assert "33 van 50 kinderen in 2 jaren samen" in result.explanation
    # one of the 10 did not take part: neither that nor the sum is told outside
    assert "33" not in result.public_explanation
    assert "niet te tonen" in result.public_explanation


def test_a_sum_over_the_years_wants_every_year(researcher):
    third, fourth = two_years("overleg-1", "cumulative")
    enter(third, "overleg-1", researcher, value=Decimal(30))
    result = enter(fourth, "overleg-1", researcher, value=Decimal(25))
    assert (result.status, result.reason, result.value) == ("NO_DATA", "INCOMPLETE_SUM", 55)
    assert "55 keer of meer; een eerder jaar ontbreekt" in result.explanation.replace(
        "per jaar ", ""
    )


def test_a_sum_begins_in_the_first_year_with_a_target(researcher):
    first, second = two_years("overleg-1", "cumulative", first=1)
    enter(first, "overleg-1", researcher, value=Decimal(30))
    result = enter(second, "overleg-1", researcher, value=Decimal(20))
    assert (result.status, result.value) == ("GREEN", 50)


def test_part_of_a_year_of_a_sum_starts_where_the_year_before_ended():
    fourth = two_years("overleg-1", "cumulative")[1]
    indicator = next(
        row for row in indicators(fourth) if row.definition_version.definition.code == "overleg-1"
    )
    agreed = judging.agreed_of(indicator, judging.target_of(indicator, fourth.cycle.year_id))
    assert (agreed.prev_target, agreed.target) == (55, 60)


@pytest.mark.parametrize(
    ("code", "calculation"), [("meedoen-1", "cumulative"), ("overleg-1", "three_years")]
)
def test_the_database_refuses_a_calculation_that_does_not_fit(code, calculation):
    definition_named(code, number=code.startswith("overleg"))
    with pytest.raises(IntegrityError, match="calculation_fits"), transaction.atomic():
        IndicatorDefinition.objects.filter(code=code).update(calculation=calculation)


def amended():
    """The return of year 4 under a second version, in which the target of that year went from 60 to 50."""
    agreement = return_of(open_cycle(index=3)).agreement
    second = draft_new_version(
        agreement,
        kind="amendment",
        reason="De wijk verandert.",
        effective_year=agreement.programme.years.get(index=4),
        by=None,
        at=SIGNED_AT,
    )
    YearTarget.objects.filter(indicator__version=second, year__index__gte=4).update(value=50)
    sign_all(offer(second))
    return return_of(measuring.open_cycle(planned_cycle(4), by=None, at=AT))


def test_an_amended_target_is_judged_twice(researcher):
    return_ = amended()
    assert return_.version.number == 2
    result = enter(return_, "overleg-1", researcher, value=Decimal(50))
    assert (result.status, result.original_status) == ("GREEN", "RED")
    assert result.explanation.startswith("Doel 50")
    assert result.original_explanation.startswith("Doel 60")
    page = ordered(return_.cycle)
    shown = datasets.ikc_report(page, return_, at=AT).goals[0].indicators[1].years[3]
    assert (shown.status, shown.original_status) == ("GREEN", "RED")


def test_the_first_version_is_judged_once(researcher):
    result = enter(return_of(open_cycle()), "overleg-1", researcher, value=Decimal(50))
    assert (result.original_status, result.original_explanation) == ("", "")


def test_an_amended_return_costs_as_many_questions_for_one_figure_as_for_more(
    researcher, django_assert_max_num_queries
):
    return_ = amended()
    rules = return_.cycle.ruleset.rules()
    enter(return_, "overleg-1", researcher, value=Decimal(50))
    with django_assert_max_num_queries(12) as asked:
        judging.store_judgements(return_, rules=rules, at=AT, day=AT.date())
    one = len(asked)
    enter(return_, "overleg-2", researcher, value=Decimal(50))
    enter(return_, "overleg-3", researcher, value=Decimal(50))
    with django_assert_max_num_queries(one):
        judging.store_judgements(return_, rules=rules, at=AT, day=AT.date())


def test_what_was_given_stands_beside_what_was_promised():
    return_ = return_of(open_cycle())
    (row,) = return_.version.parties.filter(role="municipality")
    pledge = row.contributions.get()
    ContributionStep.objects.create(
        contribution=pledge, kind="confirmed", amount=12500, recorded_at=AT
    )
    ContributionStep.objects.create(
        contribution=pledge, kind="realised", amount=9000, recorded_at=AT
    )
    report = datasets.ikc_report(ordered(return_.cycle), return_, at=AT)
    given = {row.party: (row.realised, row.status) for row in report.contributions}
    assert given[row.organisation_name] == (Decimal(9000), "RED")
    assert [value for party, value in given.items() if party != row.organisation_name] == [
        (None, "NO_DATA")
    ] * 2
    summary = datasets.programme_report(ordered_again(return_), at=AT)
    assert [total.realised for total in summary.contributions if total.party == "Gemeente"] == [
        9000
    ]


def ordered_again(return_):
    return return_.cycle.batches.get()


def test_a_figure_of_a_small_group_stays_out_of_the_sentence_for_others(researcher):
    return_ = return_of(open_cycle())
    result = enter(return_, "overleg-1", researcher, value=Decimal(3))
    assert "3" in result.explanation
    assert "gemeten 3" not in result.public_explanation
    assert Measurement.objects.get(of_return=return_).value == 3
