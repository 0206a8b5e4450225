"""The pages after measuring: who may do what, what they show, and what they ask of the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.tests.factories import version_of
from ikc.tests.factories import UserFactory
from kvk2.core.models import OutgoingMail
from monitoring import datasets
from monitoring.models import Action, Conclusion, GoalReview, LearningMeeting, Practice
from monitoring.services import (
    acting,
    concluding,
    learning,
    learning_meetings,
    reminding,
    reviewing,
)
from monitoring.states_pdca import Effect, Verdict
from monitoring.tests.factories import AT, YEAR, open_cycle, ordered, return_of, submitted
from monitoring.tests.test_pdca import ANSWERS, TODAY, agreed, done, refuse, sql
from monitoring.worklist import tasks_for

pytestmark = pytest.mark.django_db

ROLES = (
    "project_leader",
    "own_director",
    "other_director",
    "development_group",
    "researcher",
    "signer",
    "own_board",
    "other_board",
    "own_childcare",
    "admin",
    "auditor",
    "nobody",
)
IKC_AND_BUREAU = {"own_director", "researcher"}
ACTS = {"project_leader", "own_director", "own_board", "own_childcare"}
READS = set(ROLES) - {"admin", "nobody"}
# Of the return and what hangs on it, filed and not adopted; the director owns the action, which is done.
MAY = {
    ("review_goal", "return"): IKC_AND_BUREAU,
    ("conclude", "return"): {"researcher", "project_leader"},
    ("reply_conclusion", "return"): {"own_board", "own_childcare"},
    ("adopt_conclusions", "return"): {"development_group"},
    ("agree_action", "return"): ACTS,
    ("propose_action", "return"): {"researcher"},
    ("explain_no_action", "return"): IKC_AND_BUREAU,
    ("start_amendment", "conclusion"): set(),
    ("move_action", "action"): {"project_leader", "own_director"},
    ("accept_action", "action"): {"own_director"},
    ("place_action", "action"): {"own_director"},
    ("judge_effect", "action"): {"project_leader", "researcher", "own_board", "own_childcare"},
    ("write_practice", "action"): set(),
    ("view_actions", ""): READS,
    ("view_practices", ""): READS,
    ("start_year_plan", ""): {"own_director", "other_director"},
    ("plan_learning_meeting", ""): {"project_leader"},
    ("change_practice", "practice"): {"project_leader", "own_director"},
    ("agree_practice", "practice"): {"own_director"},
    ("publish_practice", "practice"): {"project_leader"},
    ("withdraw_practice", "practice"): {"project_leader", "own_director"},
    ("follow_practice", "practice"): {"other_director"},
    ("answer_practice", "practice"): {"project_leader", "own_director"},
    ("ask_practice", "practice"): READS - {"signer", "auditor"},
    ("change_year_plan", "practice"): {"own_director"},
}


@pytest.fixture
def filed():
    return submitted(return_of(open_cycle()))


@pytest.fixture
def people(filed):
    ikc = filed.agreement.ikc
    partner = version_of(filed.agreement).parties.get(role="childcare").organisation
    special = {
        "own_director": {"director": True, "ikc": ikc},
        "other_director": {"director": True},
        "own_board": {"school_board": True, "organisation": ikc.board},
        "other_board": {"school_board": True},
        "own_childcare": {"childcare_board": True, "organisation": partner},
        "nobody": {},
    }
    return {role: UserFactory(**special.get(role, {role: True})) for role in ROLES}


def worked(filed, people, effect=Effect.WORKS):
    action = done(agreed(filed, people["own_director"]))
    return acting.judge_effect(
        action, effect=effect, note="14 meer.", by=people["project_leader"], at=AT
    )


def card_of(action):
    result = action.conclusion.result
    return learning.Card(
        title="Thuis langs",
        what="Gezinnen bezocht.",
        for_whom="ouders",
        age_group="2_4",
        took="Twee dagdelen.",
        seen="Draagt bij aan het bereik.",
        goal=result.goal,
    )


def shared(filed, people):
    action, director = worked(filed, people), people["own_director"]
    practice = learning.write_card(action, card_of(action), by=director, at=AT)
    learning.move_card(practice, "agree", by=director, at=AT)
    return learning.move_card(practice, "publish", by=people["project_leader"], at=AT)


def test_who_may_do_what(filed, people):
    action = done(agreed(filed, people["own_director"]))
    things = {
        "": None,
        "return": filed,
        "conclusion": filed.conclusions.for_page()[0],
        "action": action,
        "practice": Practice(ikc=filed.agreement.ikc),
    }
    found = {
        (verb, thing): {
            role
            for role, user in people.items()
            if user.has_perm(f"monitoring.{verb}", things[thing])
        }
        for verb, thing in MAY
    }
    assert found == MAY


def test_adopted_figures_and_judged_actions_change_what_may_be_done(filed, people):
    action = worked(filed, people)
    assert not people["project_leader"].has_perm("monitoring.judge_effect", action)
    assert people["own_director"].has_perm("monitoring.write_practice", action)
    Conclusion.objects.filter(of_return=filed).update(
        verdict=Verdict.AMEND, override_reason="x", state="adopted"
    )
    conclusion = filed.conclusions.for_page()[0]
    assert people["project_leader"].has_perm("monitoring.start_amendment", conclusion)
    filed.cycle.state = "adopted"
    assert not people["own_director"].has_perm("monitoring.review_goal", filed)


def test_the_four_questions_stand_beside_the_figures(client, filed, people):
    goal = filed.version.results.order_by("pk")[0].goal
    url = reverse("monitoring:goal_review", args=[filed.pk, goal.pk])
    client.force_login(people["own_director"])
    page = client.get(url).content.decode()
    assert all(word in page for word in ("Herkennen", "Verbeteren", "Waarom deze kleur?"))
    refused = client.post(url, {**ANSWERS, "value": "woord " * 121, "finish": "1"})
    assert refused.status_code == 422
    assert "121 woorden" in refused.content.decode()
    assert client.post(url, {**ANSWERS, "finish": "1"}).status_code == 302
    assert GoalReview.objects.get().is_done
    client.force_login(people["own_board"])
    assert ANSWERS["explain"] in client.get(url).content.decode()
    assert client.post(url, ANSWERS).status_code == 403
    client.force_login(people["other_director"])
    assert client.get(url).status_code == 404


def test_the_bureau_concludes_the_board_replies_and_the_group_adopts(client, filed, people):
    result = filed.version.results.order_by("pk")[0]
    url = reverse("monitoring:conclusion_edit", args=[filed.pk, result.pk])
    client.force_login(people["researcher"])
    assert client.post(url, {"verdict": "amend"}).status_code == 422
    typed = {"verdict": "amend", "override_reason": "Nieuwe meting."}
    assert client.post(url, typed).status_code == 302
    conclusion = filed.conclusions.get(result=result)
    client.force_login(people["own_board"])
    reply = reverse("monitoring:conclusion_reply", args=[conclusion.pk])
    data = {"organisation": filed.agreement.ikc.board_id, "text": "Eens."}
    assert client.post(reply, data).status_code == 302
    client.force_login(people["development_group"])
    adopt = reverse("monitoring:conclusions_adopt", args=[filed.pk])
    assert client.get(adopt).status_code == 200
    assert client.post(adopt).status_code == 302
    assert client.post(adopt).status_code == 422
    client.force_login(people["project_leader"])
    amend = reverse("monitoring:amendment_start", args=[conclusion.pk])
    year = filed.cycle.year.programme.years.get(index=YEAR + 1)
    answer = client.post(amend, {"effective_year": year.pk, "reason": "Nieuwe meting."})
    assert answer.status_code == 302
    conclusion.refresh_from_db()
    version = conclusion.amendment.version
    assert conclusion.get_absolute_url() in client.get(version.get_absolute_url()).content.decode()
    page = client.get(conclusion.get_absolute_url()).content.decode()
    assert version.get_absolute_url() in page


def test_an_action_goes_from_agreement_to_effect_on_the_screens(client, filed, people):
    director, result = people["own_director"], filed.version.results.order_by("pk")[0]
    client.force_login(director)
    url = reverse("monitoring:action_create", args=[filed.pk, result.pk])
    data = {
        "title": "Ouders uitnodigen",
        "owner": director.pk,
        "due_on": "1-3-2100",
        "effect_check_on": "1-2-2100",
    }
    assert client.post(url, data).status_code == 422
    assert client.post(url, {**data, "effect_check_on": "1-6-2100"}).status_code == 302
    action = Action.objects.get()
    assert client.post(reverse("monitoring:action_start", args=[action.pk])).status_code == 302
    finish = reverse("monitoring:action_finish", args=[action.pk])
    assert client.post(finish, {"result": ""}).status_code == 422
    assert client.post(finish, {"result": "Gedaan."}).status_code == 302
    effect = reverse("monitoring:action_effect", args=[action.pk])
    assert client.get(effect).status_code == 403
    client.force_login(people["project_leader"])
    assert client.post(effect, {"effect": "too_early", "note": "x"}).status_code == 422
    assert client.post(effect, {"effect": "works", "note": "14 meer."}).status_code == 302
    assert "Praktijkkaart maken" in client.get(action.get_absolute_url()).content.decode()


def test_the_list_of_actions_asks_the_same_at_one_and_three_rows(client, filed, people):
    client.force_login(people["project_leader"])
    url = reverse("monitoring:action_list")

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url, {"q": "ouders", "state": "planned"}).status_code == 200
        return len(asked)

    agreed(filed, people["own_director"])
    queries()
    first = queries()
    for _ in range(2):
        agreed(filed, people["own_director"])
    assert queries() == first
    assert client.get(url, {"csv": "1"}).getvalue().decode().count("Ouders thuis") == 3


def test_the_report_tells_reviews_conclusions_and_actions_of_this_year_and_the_last(filed, people):
    goal = filed.version.results.order_by("pk")[0].goal
    reviewing.save_review(filed, goal, ANSWERS, finish=True, by=people["own_director"], at=AT)
    action = worked(filed, people)
    told = datasets.ikc_report(ordered(filed.cycle), filed, at=AT)
    assert told.goals[0].review.improve == ANSWERS["improve"]
    assert len(told.conclusions) == filed.conclusions.count()
    assert [(row.title, row.effect) for row in told.actions] == [(action.title, "werkt")]
    assert told.earlier_actions == ()
    later = open_cycle(agreements=0, index=YEAR + 1)
    told = datasets.ikc_report(ordered(later), return_of(later), at=AT)
    assert [row.title for row in told.earlier_actions] == [action.title]


def test_what_waits_stands_on_the_desk_and_comes_by_e_mail_once(filed, people):
    director, leader = people["own_director"], people["project_leader"]
    action = agreed(filed, director)
    late = TODAY + timedelta(days=31)
    titles = {item.title for item in tasks_for(director, today=late)}
    assert action.title in titles
    assert any(title.startswith("Kijk terug op") for title in titles)
    group = [item.title for item in tasks_for(people["development_group"], today=TODAY)]
    assert any(title.startswith("Stel de conclusies") for title in group)
    assert reminding.remind(at=AT + timedelta(days=25)) == 1
    assert reminding.remind(at=AT + timedelta(days=26)) == 0
    assert reminding.remind(at=AT + timedelta(days=31)) == 1
    done(action)
    assert reminding.remind(at=AT + timedelta(days=61)) == 1
    about = OutgoingMail.objects.filter(subject__contains=action.title).order_by("pk")
    assert [mail.to for mail in about][:2] == [director.email] * 2
    assert leader.email in [mail.to for mail in about][2:]
    assert director.email not in [mail.to for mail in about][2:]
    day = TODAY + timedelta(days=61)
    assert any("effect" in item.title for item in tasks_for(leader, today=day))
    assert not any("effect" in item.title for item in tasks_for(director, today=day))


# --- learning ---


def test_a_card_is_shared_after_the_ikc_agreed_to_be_named(filed, people):
    director, leader = people["own_director"], people["project_leader"]
    action = done(agreed(filed, director))
    with pytest.raises(learning.PracticeRefused, match="die werkt"):
        learning.write_card(action, card_of(action), by=director, at=AT)
    acting.judge_effect(action, effect=Effect.PARTLY, note="Deels.", by=leader, at=AT)
    practice = learning.write_card(action, card_of(action), by=director, at=AT)
    assert not Practice.objects.visible_to(people["other_director"]).exists()
    refuse(
        "practice_shared_with_consent",
        sql(
            "UPDATE monitoring_practice SET state = 'published', published_by_id = written_by_id, published_at = now()"
        ),
    )
    learning.move_card(practice, "agree", by=director, at=AT)
    learning.move_card(practice, "publish", by=leader, at=AT)
    assert Practice.objects.visible_to(people["other_director"]).exists()
    refuse("stays as the IKC agreed", sql("UPDATE monitoring_practice SET what = 'anders'"))


def test_other_ikcs_find_a_card_do_it_too_and_ask(client, filed, people):
    practice = shared(filed, people)
    client.force_login(people["other_director"])
    found = client.get(reverse("monitoring:practice_list"), {"q": "langs", "sorteer": "gevolgd"})
    assert practice.title in found.content.decode()
    nothing = client.get(reverse("monitoring:practice_list"), {"q": "zzz"}).content.decode()
    assert "Geen kaarten gevonden" in nothing
    follow = reverse("monitoring:practice_follow", args=[practice.pk])
    assert client.post(follow).status_code == 302
    assert client.post(follow).status_code == 302
    assert practice.adoptions.count() == 1
    ask = reverse("monitoring:practice_ask", args=[practice.pk])
    assert client.post(ask, {"text": "Hoe?"}).status_code == 302
    answer = reverse("monitoring:question_answer", args=[practice.questions.get().pk])
    assert client.post(answer, {"text": "Zo."}).status_code == 403
    client.force_login(people["own_director"])
    assert client.post(answer, {"text": "Via de buren."}).status_code == 302
    assert "Via de buren." in client.get(practice.get_absolute_url()).content.decode()


def test_a_full_meeting_takes_nobody_more(client, people):
    leader = people["project_leader"]
    meeting = learning_meetings.plan_meeting(
        learning_meetings.NewMeeting(
            title="Training", kind="training", takes_place_on=TODAY, starts_at="14:00",
            location="Zaal 2", about="Oefenen.", places=1,
        ),
        practices=[], by=leader, at=AT,
    )  # fmt: skip
    learning_meetings.sign_up(meeting, by=people["own_director"], at=AT)
    with pytest.raises(learning_meetings.MeetingRefused, match="bezet"):
        learning_meetings.sign_up(meeting, by=leader, at=AT)
    refuse(
        "all places are taken",
        sql(
            "INSERT INTO monitoring_learningsignup (meeting_id, user_id, signed_up_at) VALUES (%s, %s, now())",
            meeting.pk,
            leader.pk,
        ),
    )
    learning_meetings.sign_off(meeting, by=people["own_director"], at=AT)
    learning_meetings.sign_up(meeting, by=leader, at=AT)
    learning_meetings.cancel_meeting(meeting, reason="Ziek.", by=leader, at=AT)
    with pytest.raises(learning_meetings.MeetingRefused, match="niet door"):
        learning_meetings.sign_off(meeting, by=leader, at=AT)
    client.force_login(leader)
    assert "Ziek." in client.get(meeting.get_absolute_url()).content.decode()
    data = {
        "title": "Bezoek", "kind": "visit", "takes_place_on": "1-3-2100", "starts_at": "14:00",
        "location": "IKC", "places": "8", "about": "Kijken.",
    }  # fmt: skip
    assert client.post(reverse("monitoring:meeting_create"), data).status_code == 302
    new = LearningMeeting.objects.get(title="Bezoek")
    assert client.post(reverse("monitoring:meeting_signup", args=[new.pk])).status_code == 302
    assert new.signups.count() == 1


def test_conclusions_are_read_in_a_fixed_number_of_questions(client, filed, people):
    client.force_login(people["own_board"])
    url = reverse("monitoring:review_overview", args=[filed.pk])
    assert client.get(url).status_code == 200
    concluding.refresh(filed, [], at=AT)
    assert filed.conclusions.count() == filed.version.results.count()
