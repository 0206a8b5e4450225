"""Every law of the database refused once, by its name."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ikc.tests.factories import UserFactory
from monitoring.models import (
    AnnualReport,
    Measurement,
    MonitoringCycle,
    ReportBatch,
    Return,
    RuleSet,
)
from monitoring.tests.factories import (
    AT,
    filled,
    indicators,
    open_cycle,
    ordered,
    planned_cycle,
    return_of,
    ruleset,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def return_():
    return return_of(open_cycle())


def refuse(name, deed):
    with pytest.raises((IntegrityError, DatabaseError), match=name), transaction.atomic():
        deed()


def measurement(return_, **changes):
    indicator = indicators(return_)[0]
    facts = {
        "of_return": return_,
        "series_key": indicator.series_key,
        "definition_version": indicator.definition_version,
        "value": Decimal(1),
        "source": "telling",
        "reference_date": date(2025, 7, 1),
        "entered_at": AT,
        "entered_by": UserFactory(),
    }
    return lambda: Measurement.objects.create(**{**facts, **changes})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("measurement_figure_or_reason", {"value": None}),
        ("measurement_figure_or_reason", {"missing_reason": "OTHER"}),
        ("measurement_figure_or_reason", {"numerator": 1, "denominator": 2}),
        (
            "measurement_numerator_within_denominator",
            {"value": None, "numerator": 3, "denominator": 2, "n": 2},
        ),
        ("measurement_coverage_is_a_part", {"coverage": Decimal(0)}),
    ],
)
def test_a_figure_that_cannot_be_is_refused(return_, name, changes):
    refuse(name, measurement(return_, **changes))


def test_a_series_has_one_figure_a_year(return_):
    measurement(return_)()
    refuse("measurement_(once_per_series_and_year|revision_once)", measurement(return_))


def test_a_year_has_one_cycle():
    cycle = planned_cycle()
    refuse(
        "year_id",
        lambda: MonitoringCycle.objects.create(
            year=cycle.year, ruleset=cycle.ruleset, submit_by=date(2025, 1, 1)
        ),
    )


def test_an_unknown_state_is_refused():
    cycle = planned_cycle()
    refuse(
        "cycle_state_is_known",
        lambda: MonitoringCycle.objects.filter(pk=cycle.pk).update(state="paused"),
    )


def test_a_filed_return_says_who_and_when(return_):
    refuse(
        "return_was_submitted",
        lambda: Return.objects.filter(pk=return_.pk).update(state="submitted"),
    )
    refuse(
        "return_state_is_known",
        lambda: Return.objects.filter(pk=return_.pk).update(state="lost"),
    )


def test_an_agreement_files_once_per_cycle(return_):
    refuse(
        "return_once_per_cycle",
        lambda: Return.objects.create(
            cycle=return_.cycle, agreement=return_.agreement, version=return_.version
        ),
    )


@pytest.mark.parametrize(
    "deed", [lambda rows: rows.update(note="anders"), lambda rows: rows.delete()]
)
def test_figures_of_a_filed_return_stand_still(return_, deed):
    submitted(return_)
    refuse(
        "figures of a filed return cannot be changed",
        lambda: deed(Measurement.objects.filter(of_return=return_)),
    )


def test_rules_in_use_stand_still():
    planned_cycle()
    refuse(
        "a rule set in use cannot be changed",
        lambda: RuleSet.objects.update(parameters={}),
    )


def test_rules_not_in_use_may_change():
    ruleset()
    assert RuleSet.objects.update(adopted_by="college") == 1


def test_earlier_values_of_a_figure_stay_readable(return_):
    filled(return_)
    row = return_.measurements.order_by("pk")[0]
    Measurement.objects.filter(pk=row.pk).update(note="tweede versie")
    assert [event.note for event in row.events.order_by("pgh_id")][-2:] == [
        row.note,
        "tweede versie",
    ]


def test_a_second_order_needs_a_note(return_):
    batch = ordered(return_.cycle)
    refuse(
        "batch_correction_has_a_note",
        lambda: ReportBatch.objects.create(
            cycle=batch.cycle, number=2, ordered_at=AT, ordered_by=batch.ordered_by
        ),
    )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("report_once_per_ikc", {}),
        ("report_once_per_ikc", {"kind": "public"}),
        ("report_kind_fits_agreement", {"kind": "ikc"}),
    ],
)
def test_reports_are_one_per_ikc_and_one_summary(return_, name, changes):
    batch = ordered(return_.cycle)
    facts = {"batch": batch, "kind": "programme", "next_attempt_at": AT}
    refuse(name, lambda: AnnualReport.objects.create(**{**facts, **changes}))


def test_a_report_is_not_done_without_a_file(return_):
    ordered(return_.cycle)
    refuse("report_done_is_complete", lambda: AnnualReport.objects.update(state="done"))
