import re
from datetime import date
from pathlib import Path

import pytest

from agreements import worklist
from agreements.events import SENTENCES
from agreements.models import AgreementTopic
from agreements.tests.factories import AgreementFactory, signer_of, version_of
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def titles(user) -> list[str]:
    return [task.title for task in worklist.tasks_for(user, today=TODAY)]


def test_whoever_must_sign_is_asked_to_until_it_is_signed():
    version = version_of(AgreementFactory(offered=True))

    for party in version.parties.in_order():
        (task,) = worklist.tasks_for(signer_of(party), today=TODAY)
        assert task.title == f"Onderteken de resultaatafspraak van {version.ikc_name}"
        assert task.hint == f"namens {party.organisation_name}"


def test_nothing_is_asked_of_parties_once_it_is_in_force():
    version = version_of(AgreementFactory(in_force=True))

    for party in version.parties.in_order():
        assert titles(signer_of(party)) == []


def test_the_project_leader_sees_what_drafts_lack_and_which_are_ready():
    ready = version_of(AgreementFactory(complete=True))
    AgreementFactory()
    leader = UserFactory(project_leader=True)

    tasks = worklist.tasks_for(leader, today=TODAY)

    assert sorted((task.badge, task.hint) for task in tasks) == [
        ("Concept", "nog 15 punten"),
        ("Klaar", "alles is ingevuld"),
    ]
    AgreementTopic.objects.filter(version=ready, code="goals").update(text="")
    hints = {task.hint for task in worklist.tasks_for(leader, today=TODAY)}
    assert "nog 1 punt" in hints


def test_a_director_is_asked_for_the_goals_of_the_own_ikc_only():
    draft = version_of(AgreementFactory())
    AgreementFactory()
    director = UserFactory(director=True, ikc=draft.agreement.ikc)

    assert titles(director) == [f"Vul de doelen aan van de resultaatafspraak van {draft.ikc_name}"]


@pytest.mark.parametrize("role", ["admin", "researcher", "member", "auditor"])
def test_others_have_nothing_to_do_here(role):
    AgreementFactory(offered=True)
    AgreementFactory()

    assert titles(UserFactory(**{role: True})) == []


def test_the_panel_counts_per_state():
    AgreementFactory(in_force=True)
    AgreementFactory(offered=True)
    AgreementFactory()

    (panel,) = worklist.panels_for(UserFactory(development_group=True), today=TODAY)

    assert [(tile.label, tile.value) for tile in panel.context["tiles"]] == [
        ("In werking", 1),
        ("Ter ondertekening", 1),
        ("In overleg", 0),
        ("Concept", 1),
    ]
    assert worklist.panels_for(UserFactory(researcher=True), today=TODAY) == []


def test_there_is_no_panel_without_agreements():
    assert worklist.panels_for(UserFactory(project_leader=True), today=TODAY) == []


@pytest.mark.parametrize("drafts", [1, 3])
def test_the_start_page_costs_the_same_for_one_draft_and_for_three(
    drafts, django_assert_num_queries
):
    for _ in range(drafts):
        AgreementFactory(complete=True)
    leader = UserFactory(project_leader=True)
    assert leader.active_roles

    with django_assert_num_queries(15):
        desk = worklist.desk_of(leader, today=TODAY)
    assert (len(desk.tasks), len(desk.panels)) == (drafts, 1)


def test_every_deed_has_a_sentence_and_every_sentence_a_deed():
    folder = Path(__file__).parent.parent / "services"
    written = {
        verb
        for path in folder.glob("*.py")
        for verb in re.findall(
            r'"((?:agreement|clause|contribution|definition|funding|staffing)\.\w+)"',
            path.read_text(encoding="utf-8"),
        )
    }

    assert written == set(SENTENCES)
