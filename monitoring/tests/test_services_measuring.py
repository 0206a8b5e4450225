from datetime import date, timedelta
from decimal import Decimal

import pytest

from agreements.services.drafting import draft_new_version
from agreements.tests.factories import AgreementFactory
from ikc.tests.factories import UserFactory
from kvk2.core.models import AuditEvent
from kvk2.core.workflow import TransitionNotAllowed
from monitoring.models import Measurement, StatusResult
from monitoring.services import cycles, judging, measuring, returns
from monitoring.services.measuring import Figure
from monitoring.services.moving import CommentMissing
from monitoring.tests.factories import (
    AT,
    filled,
    indicators,
    on_target,
    open_cycle,
    planned_cycle,
    return_of,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def researcher():
    return UserFactory(researcher=True)


@pytest.fixture
def return_():
    return return_of(open_cycle())


def test_opening_gives_each_agreement_in_force_a_return():
    AgreementFactory(in_force=True)
    AgreementFactory(in_force=True)
    AgreementFactory()  # a draft is not measured
    cycle = measuring.open_cycle(planned_cycle(), by=None, at=AT)
    assert cycle.state == "collecting"
    assert cycle.returns.count() == 2
    assert AuditEvent.objects.get(verb="cycle_opened").data == {"returns": 2}


def test_a_year_without_agreements_cannot_be_measured():
    with pytest.raises(measuring.NothingToMeasure, match="nog geen resultaatafspraak"):
        measuring.open_cycle(planned_cycle(), by=None, at=AT)


def test_an_agreement_that_takes_effect_later_is_not_measured():
    AgreementFactory(in_force=True, effective_year=5)
    with pytest.raises(measuring.NothingToMeasure):
        measuring.open_cycle(planned_cycle(index=4), by=None, at=AT)


def test_a_cycle_opens_once():
    cycle = open_cycle()
    with pytest.raises(TransitionNotAllowed):
        measuring.open_cycle(cycle, by=None, at=AT)


def test_a_draft_version_does_not_judge_a_year(return_):
    draft_new_version(
        return_.agreement,
        kind="amendment",
        reason="Bijstelling",
        effective_year=return_.agreement.programme.years.get(index=4),
        by=None,
        at=AT,
    )
    assert measuring.version_for_year(return_.agreement, return_.cycle.year).number == 1


def test_entering_a_figure_judges_it_at_once(return_, researcher):
    indicator = indicators(return_)[0]
    measuring.enter_figure(return_, indicator, on_target(return_, indicator), by=researcher, at=AT)
    result = StatusResult.objects.get(series_key=indicator.series_key)
    assert result.status == "GREEN"
    assert result.explanation.endswith("dus op koers.")


def test_entering_twice_keeps_one_figure_and_both_in_the_trail(return_, researcher):
    indicator = indicators(return_)[0]
    for _ in range(2):
        measuring.enter_figure(
            return_, indicator, on_target(return_, indicator), by=researcher, at=AT
        )
    assert Measurement.objects.count() == 1
    assert list(
        AuditEvent.objects.filter(verb__startswith="figure_")
        .order_by("pk")
        .values_list("verb", flat=True)
    ) == ["figure_entered", "figure_changed"]


@pytest.mark.parametrize(
    ("figure", "field"),
    [
        (Figure(), "numerator"),
        (Figure(numerator=5), "numerator"),
        (Figure(numerator=5, denominator=4), "numerator"),
        (Figure(numerator=1, denominator=20, reference_date=date(2026, 1, 1)), "reference_date"),
    ],
)
def test_an_impossible_percentage_is_refused_at_its_field(return_, researcher, figure, field):
    indicator = next(
        row for row in indicators(return_) if row.definition_version.definition.is_percentage
    )
    with pytest.raises(measuring.FigureRefused) as refusal:
        measuring.enter_figure(return_, indicator, figure, by=researcher, at=AT)
    assert refusal.value.field == field
    assert not Measurement.objects.exists()


def test_a_value_outside_what_is_possible_is_refused(return_, researcher):
    indicator = next(
        row for row in indicators(return_) if not row.definition_version.definition.is_percentage
    )
    with pytest.raises(measuring.FigureRefused, match="hoogstens 100"):
        measuring.enter_figure(return_, indicator, Figure(value=Decimal(101)), by=researcher, at=AT)


def test_missing_is_a_reason_and_not_zero(return_, researcher):
    indicator = indicators(return_)[0]
    measuring.enter_figure(
        return_, indicator, Figure(missing_reason="NO_TARGET_GROUP"), by=researcher, at=AT
    )
    assert StatusResult.objects.get().status == "NOT_APPLICABLE"


def test_filing_needs_every_figure(return_, researcher):
    with pytest.raises(measuring.ReturnIncomplete, match="vul het cijfer in"):
        returns.submit_return(return_, by=researcher, at=AT)


def test_after_filing_nothing_can_be_typed(return_, researcher):
    submitted(return_)
    indicator = indicators(return_)[0]
    with pytest.raises(measuring.ReturnIsClosed):
        measuring.enter_figure(
            return_, indicator, on_target(return_, indicator), by=researcher, at=AT
        )


def test_a_return_given_back_can_be_changed_again(return_, researcher):
    submitted(return_)
    returns.send_back(return_, reason="Noemer klopt niet", by=researcher, at=AT)
    indicator = indicators(return_)[0]
    measuring.enter_figure(return_, indicator, on_target(return_, indicator), by=researcher, at=AT)
    assert AuditEvent.objects.get(verb="return_sent_back").reason == "Noemer klopt niet"


def test_giving_back_says_why(return_, researcher):
    submitted(return_)
    with pytest.raises(CommentMissing):
        returns.send_back(return_, reason=" ", by=researcher, at=AT)


def test_closing_fixes_the_figures_and_counts_what_is_missing(return_, researcher):
    cycles.close_cycle(return_.cycle, by=None, at=AT)
    assert set(StatusResult.objects.values_list("status", flat=True)) == {"NO_DATA"}
    indicator = indicators(return_)[0]
    with pytest.raises(measuring.ReturnIsClosed):
        measuring.enter_figure(
            return_, indicator, on_target(return_, indicator), by=researcher, at=AT
        )


def test_before_its_day_a_missing_figure_is_not_yet_missing(return_):
    judging.store_judgements(
        return_, rules=return_.cycle.ruleset.rules(), at=AT, day=return_.cycle.submit_by
    )
    assert set(StatusResult.objects.values_list("status", flat=True)) == {"NOT_YET_DUE"}
    judging.store_judgements(
        return_,
        rules=return_.cycle.ruleset.rules(),
        at=AT,
        day=return_.cycle.submit_by + timedelta(days=1),
    )
    assert set(StatusResult.objects.values_list("status", flat=True)) == {"NO_DATA"}


def test_stored_judgements_equal_a_new_computation(return_):
    filled(return_)
    rules = return_.cycle.ruleset.rules()
    measurements = judging.measurements_by_series(return_)
    for indicator in indicators(return_):
        stored = StatusResult.objects.get(of_return=return_, series_key=indicator.series_key)
        again = judging.judge(
            indicator,
            measurements[indicator.series_key],
            year_id=return_.cycle.year_id,
            rules=rules,
            due=True,
            on=AT.date(),
        )
        assert (stored.status, stored.reason, stored.gap, stored.explanation) == (
            again.result.status.value,
            again.result.reason.value,
            again.result.gap,
            again.explanation,
        )


def test_a_small_group_is_hidden_from_outsiders(return_, researcher):
    indicator = next(
        row for row in indicators(return_) if row.definition_version.definition.is_percentage
    )
    measuring.enter_figure(
        return_, indicator, Figure(numerator=3, denominator=40), by=researcher, at=AT
    )
    measurement = Measurement.objects.get()
    assert judging.is_hidden(measurement, indicator)
    result = StatusResult.objects.get()
    assert "3 van 40" in result.explanation
    assert "3 van 40" not in result.public_explanation
