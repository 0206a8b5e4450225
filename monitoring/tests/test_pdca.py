"""Reviews, conclusions, actions: what the database refuses, what the services do, and who may."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ikc.tests.factories import UserFactory
from monitoring import cycle_guards
from monitoring.models import Action, Conclusion, ConclusionReply, GoalReview, Return, StatusResult
from monitoring.services import (
    acting,
    amending,
    concluding,
    cycles,
    measuring,
    returns,
    reviewing,
    year_plans,
)
from monitoring.states_pdca import Effect, Verdict
from monitoring.tests.factories import (
    AT,
    YEAR,
    filled,
    in_state,
    indicators,
    on_target,
    open_cycle,
    return_of,
    submitted,
)

pytestmark = pytest.mark.django_db
TODAY = AT.date()
ANSWERS = {"recognise": "Ja.", "explain": "Door.", "value": "Goed.", "improve": "Meer."}


@pytest.fixture
def return_():
    return return_of(open_cycle())


@pytest.fixture
def director(return_):
    return UserFactory(director=True, ikc=return_.agreement.ikc)


def refuse(name, deed):
    with pytest.raises((IntegrityError, DatabaseError), match=name), transaction.atomic():
        deed()


def sql(statement, *values):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


def off_course(return_):
    """All figures entered, those of one core indicator far below target."""
    filled(return_)
    core = next(
        row
        for row in indicators(return_)
        if row.is_core and row.definition_version.definition.is_percentage
    )
    by = UserFactory(researcher=True)
    figure = on_target(return_, core, numerator=1)
    measuring.enter_figure(return_, core, figure, by=by, at=AT)
    return core


def plan(owner, **changes):
    facts = {
        "title": "Ouders thuis uitnodigen",
        "owner": owner,
        "due_on": TODAY + timedelta(days=30),
        "effect_check_on": TODAY + timedelta(days=60),
    }
    return acting.Plan(**{**facts, **changes})


def agreed(return_, owner, **changes):
    result = return_.version.results.order_by("pk")[0]
    return acting.add_action(
        return_, result, plan(owner, **changes), as_proposal=False, by=owner, at=AT
    )


def done(action):
    return acting.move_action(action, "finish", result="Gedaan.", by=action.owner, at=AT)


# --- invariant 15 ---


def test_a_core_indicator_off_course_asks_for_an_action_before_filing(return_, director):
    core = off_course(return_)
    researcher = UserFactory(researcher=True)
    with pytest.raises(measuring.ReturnIncomplete, match="Spreek een actie af"):
        returns.submit_return(return_, by=researcher, at=AT)
    action = acting.add_action(
        return_, core.result, plan(director), as_proposal=False, by=director, at=AT
    )
    acting.move_action(action, "drop", result="Toch niet.", by=director, at=AT)
    with pytest.raises(measuring.ReturnIncomplete):
        returns.submit_return(return_, by=researcher, at=AT)
    concluding.explain_no_action(return_, core.result, reason="Loopt al.", by=director, at=AT)
    returns.submit_return(return_, by=researcher, at=AT)
    assert return_.conclusions.get(result=core.result).suggested == Verdict.ADJUST


def test_sql_cannot_file_past_a_core_indicator_off_course(return_, director):
    core = off_course(return_)
    file = sql(
        "UPDATE monitoring_return SET state = 'submitted', submitted_at = now(), submitted_by_id = %s WHERE id = %s",
        director.pk,
        return_.pk,
    )
    refuse("no action and no reason why not", file)
    acting.add_action(return_, core.result, plan(director), as_proposal=False, by=director, at=AT)
    file()
    assert Return.objects.get(pk=return_.pk).state == "submitted"


def test_what_nobody_filed_in_time_says_that_an_action_is_still_to_come(return_):
    core = off_course(return_)
    cycles.close_cycle(return_.cycle, by=None, at=AT)
    conclusion = return_.conclusions.get(result=core.result)
    assert "nog niet gesproken" in conclusion.no_action_reason
    assert conclusion.verdict == Verdict.ADJUST


def test_a_year_does_not_close_before_each_verdict_has_its_follow_up(return_, director):
    core = off_course(return_)
    action = acting.add_action(
        return_, core.result, plan(director), as_proposal=False, by=director, at=AT
    )
    returns.submit_return(return_, by=UserFactory(researcher=True), at=AT)
    cycle = return_.cycle
    assert cycle_guards.obstacles("close", cycle) == []
    acting.move_action(action, "drop", result="Toch niet.", by=director, at=AT)
    assert cycle_guards.obstacles("close", cycle) == [
        "1 conclusie heeft nog geen actie of bijstelling."
    ]
    concluding.explain_no_action(return_, core.result, reason="Loopt al.", by=director, at=AT)
    assert cycle_guards.obstacles("close", cycle) == []
    return_.conclusions.filter(result=core.result).update(
        verdict=Verdict.AMEND, override_reason="Het doel is te hoog."
    )
    assert len(cycle_guards.obstacles("close", cycle)) == 1


# --- reviews ---


def test_a_review_is_kept_and_finished_when_all_is_answered(return_, director):
    goal = return_.version.results.order_by("pk")[0].goal
    with pytest.raises(reviewing.ReviewIncomplete, match="alle vier"):
        reviewing.save_review(return_, goal, {"recognise": "Ja."}, finish=True, by=director, at=AT)
    long = {**ANSWERS, "value": "woord " * 121}
    with pytest.raises(reviewing.ReviewIncomplete, match="121 woorden"):
        reviewing.save_review(return_, goal, long, finish=False, by=director, at=AT)
    review = reviewing.save_review(return_, goal, ANSWERS, finish=True, by=director, at=AT)
    assert review.is_done
    again = reviewing.save_review(return_, goal, ANSWERS, finish=False, by=director, at=AT)
    assert (again.pk, again.is_done) == (review.pk, False)


def test_the_database_keeps_the_law_of_reviews(return_, director):
    goal = return_.version.results.order_by("pk")[0].goal
    review = reviewing.save_review(return_, goal, ANSWERS, finish=False, by=director, at=AT)
    set_value = "UPDATE monitoring_goalreview SET value = %s, state = %s WHERE id = %s"
    refuse("goal_review_answers_are_short", sql(set_value, "woord " * 121, "draft", review.pk))
    refuse("goal_review_done_answers_all", sql(set_value, "", "done", review.pk))
    sql(set_value, "woord " * 120, "done", review.pk)()
    in_state(return_.cycle, "adopted")
    refuse("adopted year", sql(set_value, "anders", "done", review.pk))
    return_ = return_of(return_.cycle)
    with pytest.raises(reviewing.ReviewIsClosed):
        reviewing.save_review(return_, goal, ANSWERS, finish=False, by=director, at=AT)
    assert GoalReview.objects.count() == 1


# --- conclusions ---


def test_filing_writes_what_the_rules_suggest_for_each_result(return_):
    submitted(return_)
    rows = Conclusion.objects.filter(of_return=return_)
    assert rows.count() == return_.version.results.count()
    assert {row.verdict for row in rows} == {Verdict.ON_COURSE}
    assert not any(row.differs for row in rows)


def test_bereikt_is_suggested_when_all_is_at_the_target_of_year_eight(return_):
    rows = indicators(return_)
    first = rows[0].result_id
    by = UserFactory(researcher=True)
    for row in rows:
        target = max(row.targets.all(), key=lambda one: one.year.index).value
        figure = (
            on_target(return_, row, numerator=int(target * 2))
            if row.definition_version.definition.is_percentage
            else on_target(return_, row, value=target)
        )
        measuring.enter_figure(return_, row, figure, by=by, at=AT)
    assert concluding.suggestions(return_, rows)[first] == Verdict.REACHED


def test_another_verdict_than_the_rules_has_a_reason(return_):
    result = return_.version.results.order_by("pk")[0]
    by = UserFactory(researcher=True)
    words = {"verdict": Verdict.AMEND, "by": by, "at": AT}
    with pytest.raises(concluding.NotFiledYet):
        concluding.conclude(return_, result, override_reason="x", **words)
    filed = submitted(return_)
    with pytest.raises(concluding.ReasonMissing):
        concluding.conclude(filed, result, override_reason=" ", **words)
    conclusion = concluding.conclude(filed, result, override_reason="Nieuwe meting.", **words)
    refuse(
        "conclusion_other_verdict_has_a_reason",
        sql("UPDATE monitoring_conclusion SET override_reason = '' WHERE id = %s", conclusion.pk),
    )
    StatusResult.objects.filter(of_return=filed).update(status="NO_DATA")
    concluding.refresh(filed, indicators(filed), at=AT)
    conclusion.refresh_from_db()
    assert (conclusion.suggested, conclusion.verdict) == (Verdict.NOT_JUDGEABLE, Verdict.AMEND)


def test_boards_are_heard_before_adoption_and_then_it_stands(return_):
    filed = submitted(return_)
    conclusion = filed.conclusions.in_order()[0]
    board, group = UserFactory(), UserFactory(development_group=True)
    words = {"organisation": filed.agreement.ikc.board, "text": "Eens.", "by": board, "at": AT}
    said = concluding.reply(conclusion, **words)
    refuse("stays as it was", sql("UPDATE monitoring_conclusionreply SET text = 'x'"))
    assert concluding.adopt_all(filed, by=group, at=AT) == filed.conclusions.count()
    with pytest.raises(concluding.NothingToAdopt):
        concluding.adopt_all(filed, by=group, at=AT)
    with pytest.raises(concluding.ConclusionIsAdopted):
        concluding.reply(conclusion, **words)
    refuse(
        "adopted conclusion",
        sql("UPDATE monitoring_conclusion SET verdict = 'adjust', override_reason = 'x'"),
    )
    refuse("adopted conclusion", sql("DELETE FROM monitoring_conclusion"))
    assert list(ConclusionReply.objects.all()) == [said]


def test_a_conclusion_is_about_a_result_of_the_text_that_judges():
    one, two = open_cycle(agreements=2).returns.order_by("pk")
    other = two.version.results.order_by("pk")[0]
    refuse(
        "another text",
        lambda: Conclusion.objects.create(
            of_return=one, result=other, suggested="adjust", verdict="adjust", concluded_at=AT
        ),
    )


# --- bijstellen ---


def test_bijstellen_begins_a_draft_of_the_agreement_once(return_):
    filed, leader = submitted(return_), UserFactory(project_leader=True)
    result = filed.version.results.order_by("pk")[0]
    conclusion = concluding.conclude(
        filed, result, verdict=Verdict.AMEND, override_reason="Nieuwe meting.", by=leader, at=AT
    )
    year = filed.cycle.year.programme.years.get(index=YEAR + 1)
    words = {"effective_year": year, "reason": "Nieuwe meting.", "by": leader, "at": AT}
    with pytest.raises(amending.NothingToAmend):
        amending.start_amendment(conclusion, **words)
    concluding.adopt_all(filed, by=UserFactory(development_group=True), at=AT)
    version = amending.start_amendment(conclusion, **words)
    assert (version.kind, version.state, version.number) == ("amendment", "draft", 2)
    assert version.trigger.conclusion == conclusion
    with pytest.raises(amending.NothingToAmend, match="al een"):
        amending.start_amendment(conclusion, **words)
    other = filed.conclusions.exclude(pk=conclusion.pk)[0]
    refuse(
        "only an adopted conclusion to amend",
        sql(
            "INSERT INTO monitoring_amendmenttrigger (conclusion_id, version_id, started_by_id, started_at)"
            " SELECT %s, version_id, %s, now() FROM monitoring_return WHERE id = %s",
            other.pk,
            leader.pk,
            filed.pk,
        ),
    )


# --- actions ---


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("action_due_after_it_was_agreed", "due_on = created_on - 1"),
        ("action_effect_after_it_is_due", "effect_check_on = due_on - 1"),
        ("action_closed_says_how", "state = 'done'"),
        ("action_effect_is_whole", "effect = 'works'"),
        (
            "action_effect_by_another",
            "state = 'done', result = 'x', closed_on = now(), effect = 'works', effect_note = 'x',"
            " effect_on = now(), effect_by_id = owner_id",
        ),
    ],
)
def test_an_action_that_cannot_be_is_refused(return_, director, name, change):
    agreed(return_, director)
    refuse(name, sql(f"UPDATE monitoring_action SET {change}"))


def test_an_action_is_for_somebody_concerned_and_ends_after_it_begins(return_, director):
    with pytest.raises(acting.ActionRefused, match="Kies iemand"):
        agreed(return_, UserFactory(director=True))
    with pytest.raises(acting.ActionRefused, match="verleden"):
        agreed(return_, director, due_on=TODAY - timedelta(days=1))
    with pytest.raises(acting.ActionRefused, match="niet eerder"):
        agreed(return_, director, effect_check_on=TODAY)


def test_somebody_else_judges_the_effect_and_a_judgement_stands(return_, director):
    action = done(agreed(return_, director))
    other = UserFactory(project_leader=True)
    with pytest.raises(acting.ActionRefused, match="iemand anders"):
        acting.judge_effect(action, effect=Effect.WORKS, note="Ja.", by=director, at=AT)
    with pytest.raises(acting.ActionRefused, match="latere dag"):
        acting.judge_effect(action, effect=Effect.TOO_EARLY, note="Nog niet.", by=other, at=AT)
    later = TODAY + timedelta(days=90)
    action = acting.judge_effect(
        action, effect=Effect.TOO_EARLY, note="Nog niet.", check_again_on=later, by=other, at=AT
    )
    assert (action.effect_check_on, action.waits_for_judgement) == (later, True)
    acting.judge_effect(action, effect=Effect.WORKS, note="14 meer.", by=other, at=AT)
    with pytest.raises(acting.ActionRefused):
        acting.judge_effect(action, effect=Effect.NOT, note="Toch niet.", by=other, at=AT)
    refuse("is judged", sql("UPDATE monitoring_action SET effect = 'not'"))
    refuse("thrown away", sql("DELETE FROM monitoring_action"))


def test_what_the_bureau_proposes_its_owner_takes_over(return_, director):
    result = return_.version.results.order_by("pk")[0]
    action = acting.add_action(
        return_, result, plan(director), as_proposal=True, by=UserFactory(researcher=True), at=AT
    )
    assert action.state == "proposed"
    assert acting.move_action(action, "accept", by=director, at=AT).state == "planned"


def test_an_action_finds_its_place_in_the_plan_of_its_own_ikc(return_, director):
    year = return_.cycle.year
    mine = year_plans.start_plan(return_.agreement.ikc, year, focus="x", by=director, at=AT)
    with pytest.raises(year_plans.YearPlanRefused):
        year_plans.start_plan(return_.agreement.ikc, year, focus="x", by=director, at=AT)
    item = year_plans.add_item(mine, title="Peuters", measure=None, by=director, at=AT)
    with pytest.raises(year_plans.YearPlanRefused, match="staat al"):
        year_plans.add_item(mine, title="Peuters", measure=None, by=director, at=AT)
    action = acting.place_in_plan(agreed(return_, director), item, by=director, at=AT)
    assert action.plan_item == item
    elsewhere = UserFactory(director=True)
    other = year_plans.start_plan(
        elsewhere.assignments.get().ikc, year, focus="x", by=elsewhere, at=AT
    )
    foreign = year_plans.add_item(other, title="Peuters", measure=None, by=elsewhere, at=AT)
    with pytest.raises(acting.ActionRefused, match="ander IKC"):
        acting.place_in_plan(action, foreign, by=director, at=AT)


def test_actions_are_late_or_wait_to_be_judged_by_the_clock(return_, director):
    action = agreed(return_, director)
    assert list(Action.objects.overdue(TODAY + timedelta(days=31))) == [action]
    done(action)
    assert not Action.objects.overdue(date(2030, 1, 1)).exists()
    assert not Action.objects.to_judge(TODAY).exists()
    assert list(Action.objects.to_judge(TODAY + timedelta(days=60))) == [action]
