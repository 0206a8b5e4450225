"""Every stored judgement once more: the command finds what does not follow from the figures, and writes nothing."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import IndicatorDefinition
from agreements.tests.factories import definition_named
from ikc.tests.factories import UserFactory
from monitoring.models import StatusResult
from monitoring.services import measuring
from monitoring.services.measuring import Figure
from monitoring.services.rejudging import rejudge_all
from monitoring.tests.factories import AT, filled, indicators, open_cycle, planned_cycle, return_of

pytestmark = pytest.mark.django_db


def two_years_of_a_sum():
    definition_named("overleg-1", number=True)
    IndicatorDefinition.objects.filter(code="overleg-1").update(
        calculation="cumulative", is_flow=True
    )
    by = UserFactory(researcher=True)
    first = return_of(open_cycle(index=1))
    second = return_of(measuring.open_cycle(planned_cycle(2), by=None, at=AT))
    for return_, value in ((first, 30), (second, 40)):
        for indicator in indicators(return_):
            if indicator.definition_version.definition.code == "overleg-1":
                figure = Figure(value=Decimal(value), note="gecontroleerd")
                measuring.enter_figure(return_, indicator, figure, by=by, at=AT)
    return second


def test_what_is_stored_follows_from_the_figures():
    second = two_years_of_a_sum()
    filled(second)
    out = StringIO()
    call_command("check_statuses", stdout=out)
    assert out.getvalue() == (
        f"Alle {StatusResult.objects.count()} oordelen kloppen met de cijfers en de rekenregels.\n"
    )


def test_a_colour_that_does_not_follow_is_named_and_stays():
    second = two_years_of_a_sum()
    wrong = StatusResult.objects.get(of_return=second)
    before = wrong.value
    StatusResult.objects.filter(pk=wrong.pk).update(value=before + 1, explanation="Zomaar.")
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 van 2 oordelen wijken af"):
        call_command("check_statuses", stdout=out)
    assert f"oordeel {wrong.pk} (aanlevering {second.pk}): value, explanation" in out.getvalue()
    wrong.refresh_from_db()
    assert wrong.value == before + 1


def test_more_agreements_cost_no_more_questions():
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            recounts = list(rejudge_all())
        assert not any(recount.differences for recount in recounts)
        return len(queries)

    cycle = open_cycle(agreements=3)
    returns = list(cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"))
    filled(returns[0])
    one = asked()
    for return_ in returns[1:]:
        filled(return_)
    assert asked() == one
