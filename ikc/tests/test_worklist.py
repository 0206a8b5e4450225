import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from ikc.events import SENTENCES
from ikc.models import Ikc, Mandate
from ikc.tests.factories import (
    ROLE_TRAITS,
    ChildCountFactory,
    IkcFactory,
    IkcSuccessionFactory,
    RoleAssignmentFactory,
    UserFactory,
)
from ikc.worklist import panels_for, tasks_for


@pytest.fixture
def world(db):
    UserFactory()
    RoleAssignmentFactory(valid_until=timezone.localdate() + timedelta(days=3))
    IkcSuccessionFactory()
    IkcFactory(form=Ikc.Form.AREA)
    ChildCountFactory(disputed=True, disputed_by=UserFactory(researcher=True))


def tasks(**traits) -> list[str]:
    user = UserFactory(**traits)
    return [task.title for task in tasks_for(user, today=timezone.localdate())]


def test_the_administrator_hears_of_accounts(world):
    assert tasks(admin=True) == [
        "Geef een rol aan 1 gebruiker",
        "Bekijk welke rollen binnenkort aflopen (1)",
    ]


def test_the_project_leader_hears_of_the_register(world):
    assert tasks(project_leader=True) == [
        "Beslis over 1 betwist aantal kinderen",
        "Bevestig 1 samenvoeging van IKC’s",
        "Leg het aandachtsgebied vast van 1 IKC",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_director_with_a_mandate_confirms_the_counts_of_the_past_year(
    db, count, django_assert_num_queries
):
    ikc, today = IkcFactory(), timezone.localdate()
    director = UserFactory(director=True, ikc=ikc)
    days = [today - timedelta(days=number) for number in (9, 8, 7)][:count]
    for day in days:
        ChildCountFactory(ikc=ikc, reference_date=day)
    ChildCountFactory(ikc=ikc, reference_date=today - timedelta(days=400))
    ChildCountFactory(reference_date=today)  # of another IKC
    confirmed = today - timedelta(days=5)
    ChildCountFactory(
        ikc=ikc, reference_date=confirmed, confirmed_at=timezone.now(), confirmed_by=director
    )
    ChildCountFactory(
        ikc=ikc, reference_date=today - timedelta(days=3), disputed=True, disputed_by=director
    )
    director.active_assignments  # noqa: B018 - read before, as the page does
    with django_assert_num_queries(2):  # and the own actions
        tasks = tasks_for(director, today=today)
    assert [task.url for task in tasks] == [
        reverse("ikc:child_count_confirm", args=[ikc.pk, day.isoformat()]) for day in reversed(days)
    ]
    Mandate.objects.all().delete()
    assert tasks_for(director, today=today) == []


def test_the_administrator_sees_how_many_can_log_in(world):
    UserFactory(is_active=False)
    admin = UserFactory(admin=True)
    today = timezone.localdate()

    (panel,) = panels_for(admin, today=today)
    figures = {tile.label: tile.value for tile in panel.context["tiles"]}
    assert figures["Geblokkeerd"] == 1
    assert figures["Gebruikers"] >= 2
    assert panels_for(UserFactory(auditor=True), today=today) == []


@pytest.mark.parametrize("trait", sorted(set(ROLE_TRAITS) - {"admin", "project_leader", "second_project_leader"}))  # fmt: skip
def test_nobody_else_is_bothered(world, django_assert_num_queries, trait):
    user = UserFactory(**{trait: True})
    # The roles and the own actions; for a director whether there are counts to confirm, for a signer whether there are
    # accounts to check or a list of attention areas to adopt.
    with django_assert_num_queries({"director": 3, "signer": 4}.get(trait, 2)):
        assert tasks_for(user, today=timezone.localdate()) == []


@pytest.mark.django_db
def test_with_nothing_to_do_there_are_no_tasks():
    assert tasks(admin=True) == []
    assert tasks(project_leader=True) == []


def test_each_task_leads_to_what_it_is_about(client, world):
    for trait in ("admin", "project_leader"):
        user = UserFactory(**{trait: True})
        client.force_login(user)
        for task in tasks_for(user, today=timezone.localdate()):
            response = client.get(task.url)
            assert len(response.context["table"].rows) == 1, task.title


def test_every_event_has_its_sentence():
    folders = [Path(settings.BASE_DIR, app, "services") for app in ("ikc", "subsidies")]
    # a file that is read is recorded where it is handed over
    files = [Path(settings.BASE_DIR, "subsidies/views/plus_deliveries.py")]
    files += [file for folder in folders for file in folder.glob("*.py")]
    texts = [file.read_text("utf-8") for file in files]
    mine = "|".join(sorted({verb.partition(".")[0] for verb in SENTENCES}))
    verbs = {verb for text in texts for verb in re.findall(rf'"((?:{mine})\.[a-z_]+)"', text)}
    recorded = re.compile(r'\brecord\(\s*[\w.]+,\s*"([a-z_]+\.[a-z_]+)"')
    own = "\n".join(file.read_text("utf-8") for file in folders[0].glob("*.py"))

    assert verbs == set(SENTENCES)
    assert set(recorded.findall(own)) <= set(SENTENCES)
