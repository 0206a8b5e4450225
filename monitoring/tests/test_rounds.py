"""The way of returns and years, by the services: who hears, what waits, what closes by itself (domain reference 5.6)."""

from datetime import date, timedelta

import pytest

from ikc.tests.factories import UserFactory
from kvk2.core.deadlines import local_date
from kvk2.core.models import OutgoingMail
from kvk2.core.workflow import TransitionNotAllowed
from monitoring import cycle_guards
from monitoring.figures import Figure
from monitoring.models import Measurement, ReturnTransition
from monitoring.services import cycles, measuring, returns
from monitoring.tasks import keep_terms
from monitoring.tests.factories import (
    AT,
    adopted,
    analysed,
    discussed,
    in_state,
    indicators,
    on_target,
    open_cycle,
    planned_cycle,
    return_of,
    submitted,
)
from monitoring.worklist import tasks_for

pytestmark = pytest.mark.django_db
UNTIL = local_date(AT) + timedelta(days=10)
LATER = AT + timedelta(hours=1)
AFTER = AT + timedelta(days=11)


@pytest.fixture
def return_():
    return return_of(open_cycle())


@pytest.fixture
def reopened():
    """Adopted, locked, frozen, and open again for ten days."""
    return_ = return_of(analysed(open_cycle()))
    return returns.reopen_return(
        return_, reason="Noemer", until=UNTIL, by=UserFactory(development_group=True), at=LATER
    )


def test_each_step_leaves_a_row(return_):
    adopted(return_)
    steps = ReturnTransition.objects.order_by("pk").values_list("step", "source", "target")
    assert list(steps) == [
        ("submit", "draft", "submitted"),
        ("check", "submitted", "checked"),
        ("adopt", "checked", "adopted"),
    ]


def test_who_types_hears_that_figures_are_asked_and_come_back():
    stranger = UserFactory(director=True)
    return_ = return_of(open_cycle())
    director = UserFactory(director=True, ikc=return_.agreement.ikc)
    submitted(return_)
    returns.send_back(return_, reason="De noemer.", by=UserFactory(researcher=True), at=AT)
    mail = OutgoingMail.objects.get(to=director.email)
    assert "De noemer." in mail.body
    assert not OutgoingMail.objects.filter(to=stranger.email).exists()


def test_the_group_hears_once_that_all_is_checked():
    cycle = open_cycle(agreements=2)
    group = UserFactory(development_group=True)
    for return_ in cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"):
        submitted(return_)
        returns.check_return(return_, by=UserFactory(researcher=True), at=AT)
    assert OutgoingMail.objects.filter(to=group.email).count() == 1


def test_what_waits_for_whom(return_):
    by, other = UserFactory(researcher=True), UserFactory(researcher=True)
    group = UserFactory(development_group=True)

    def waiting(user):
        titles = [item.title for item in tasks_for(user, today=local_date(AT))]
        return [title for title in titles if title.startswith("Cijfers")]

    submitted(return_, by)
    assert waiting(other) == ["Cijfers controleren van 1 IKC"]
    assert waiting(by) == []
    assert waiting(group) == []
    returns.check_return(return_, by=other, at=AT)
    assert waiting(group) == ["Cijfers vaststellen van 1 IKC"]


def test_submitting_again_asks_everybody_to_look_again(return_):
    by = UserFactory(researcher=True)
    submitted(return_, by)
    checker = UserFactory(researcher=True)
    returns.check_return(return_, by=checker, at=AT)
    returns.send_back(return_, reason="Toch niet.", by=checker, at=AT)
    again = returns.submit_return(return_, by=by, at=AT)
    assert (again.checked_by, again.checked_at) == (None, None)


def test_a_whole_year_is_adopted_at_once_and_none_when_one_may_not(return_):
    submitted(return_)
    both = UserFactory(researcher=True, development_group=True)
    with pytest.raises(returns.NothingToAdopt):
        returns.adopt_returns(return_.cycle, by=both, at=AT)
    returns.check_return(return_, by=both, at=AT)
    with pytest.raises(returns.NotYourself):
        returns.adopt_returns(return_.cycle, by=both, at=AT)
    group = UserFactory(development_group=True)
    assert returns.adopt_returns(return_.cycle, by=group, at=AT) == 1


def test_a_year_is_not_frozen_before_all_is_adopted(return_):
    cycles.close_cycle(return_.cycle, by=None, at=AT)
    with pytest.raises(cycles.StepNotReady, match="1 aanlevering is nog niet vastgesteld"):
        cycles.start_analysis(return_.cycle, by=UserFactory(), at=AT)


def test_the_same_figures_give_the_same_hash():
    cycle = analysed(open_cycle())
    first = cycle.datasets.get()
    again = cycles.freezing.frozen_cycle(cycle)
    assert again.digest() == first.sha256


def test_what_the_system_filed_with_nothing_can_be_checked(return_):
    cycles.close_cycle(return_.cycle, by=None, at=AT)
    checked = returns.check_return(return_, by=UserFactory(researcher=True), at=AT)
    assert checked.state == "checked"


def test_a_reopened_figure_is_revised_adopted_locked_and_frozen_anew(reopened):
    by = UserFactory(researcher=True)
    one = indicators(reopened)[0]
    measuring.enter_figure(reopened, one, on_target(reopened, one, note="anders"), by=by, at=LATER)
    returns.submit_return(reopened, by=by, at=LATER)
    returns.check_return(reopened, by=UserFactory(researcher=True), at=LATER)
    returns.adopt_return(reopened, by=UserFactory(development_group=True), at=LATER)
    reopened.refresh_from_db()
    assert reopened.state == "locked"
    numbers = list(reopened.cycle.datasets.order_by("number").values_list("number", "sha256"))
    assert [number for number, _ in numbers] == [1, 2]
    assert numbers[0][1] != numbers[1][1]
    assert not reopened.exceptions.filter(ended_at=None).exists()


def test_a_lock_closes_by_itself_with_the_figures_that_were_adopted(reopened):
    by = UserFactory(researcher=True)
    one, two = indicators(reopened)[:2]
    before = reopened.measurements.get(series_key=one.series_key)
    for _ in range(2):
        measuring.enter_figure(
            reopened, one, Figure(missing_reason="OTHER", note="weg"), by=by, at=LATER
        )
    assert returns.lock_again(at=AT + timedelta(days=10)) == 0  # up to and including the day
    assert returns.lock_again(at=AFTER) == 1
    assert returns.lock_again(at=AFTER) == 0
    reopened.refresh_from_db()
    assert reopened.state == "locked"
    assert reopened.checked_by is not None
    assert reopened.measurements.get(series_key=one.series_key) == before
    assert Measurement.revisions.filter(series_key=one.series_key).count() == 3
    assert reopened.measurements.filter(series_key=two.series_key).count() == 1
    with pytest.raises(measuring.ReturnIsClosed):
        measuring.enter_figure(reopened, one, on_target(reopened, one), by=by, at=AFTER)
    # a second time, the chain of revisions goes on
    returns.reopen_return(
        reopened,
        reason="Weer",
        until=local_date(AFTER),
        by=UserFactory(development_group=True),
        at=AFTER,
    )
    measuring.enter_figure(reopened, one, on_target(reopened, one), by=by, at=AFTER)
    assert reopened.measurements.get(series_key=one.series_key).revision == 4
    returns.lock_again(at=AFTER + timedelta(days=1))
    assert reopened.measurements.get(series_key=one.series_key) == before


@pytest.mark.parametrize("days", [-1, 31])
def test_a_lock_opens_from_today_for_thirty_days_at_most(days):
    return_ = return_of(analysed(open_cycle()))
    with pytest.raises(returns.ExceptionTooLong, match="hoogstens 30 dagen"):
        returns.reopen_return(
            return_,
            reason="x",
            until=local_date(AT) + timedelta(days=days),
            by=UserFactory(development_group=True),
            at=AT,
        )


def test_a_year_goes_on_to_its_end_with_the_guards_that_others_add(monkeypatch):
    cycle = in_state(planned_cycle(), "analysing")
    researcher, group = UserFactory(researcher=True), UserFactory(development_group=True)
    leader = UserFactory(project_leader=True)
    monkeypatch.setattr(cycle_guards, "_GUARDS", {})
    cycle_guards.register("draft", lambda cycle: "Er is nog geen rapport.")
    with pytest.raises(cycles.StepNotReady, match="nog geen rapport"):
        cycles.draft_report(cycle, by=researcher, at=AT)
    monkeypatch.setattr(cycle_guards, "_GUARDS", {})
    cycles.draft_report(cycle, by=researcher, at=AT)
    checking = cycles.start_fact_check(cycle, by=researcher, at=AT)
    assert checking.fact_check_until == date(2025, 9, 15)  # ten working days after 1 September
    with pytest.raises(cycles.StepNotReady, match="feiten nog controleren"):
        cycles.adopt_cycle(cycle, item=discussed(cycle), by=group, at=AT)
    later = AT + timedelta(days=15)
    with pytest.raises(cycles.StepNotReady, match="Kies een vergadering"):
        cycles.adopt_cycle(cycle, item=discussed(planned_cycle(5)), by=group, at=later)
    cycles.adopt_cycle(cycle, item=discussed(cycle), by=group, at=later)
    for step in ("publish", "act", "close"):
        cycles.advance(cycle, step, by=leader, at=later)
    cycle.refresh_from_db()
    assert cycle.state == "closed"
    with pytest.raises(TransitionNotAllowed):
        cycles.advance(cycle, "close", by=leader, at=later)


def test_working_days_leave_out_weekends_and_holidays():
    assert cycles.working_days_after(date(2025, 12, 19), 5) == date(2025, 12, 30)


def test_the_sweep_does_both():
    assert keep_terms() == (0, 0)
