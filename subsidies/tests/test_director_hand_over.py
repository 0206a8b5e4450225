"""A director leaves an IKC: role, mandate, drafts and actions pass at once, or the IKC is a task (domain reference 6.1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from ikc.models import DirectorHandOver, Ikc
from ikc.services import hand_overs
from ikc.services.accounts import RoleRefused
from ikc.services.hand_overs import HandOverRefused
from ikc.tests.factories import ActionItemFactory, IkcFactory, UserFactory
from ikc.tests.factories_support import SupportRequestFactory
from ikc.worklist import tasks_for
from kvk2.core.audit import events_of
from subsidies.models import HandOver
from subsidies.services.letters import recipients
from subsidies.tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 8, tzinfo=UTC)
TODAY = date(2026, 5, 20)
NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def ikc():
    return IkcFactory()


@pytest.fixture
def role(ikc):
    """The role of the director who leaves."""
    return UserFactory(director=True, ikc=ikc).assignments.get()


def complete(role, leader, successor, **changes):
    words = {"last_day": TODAY, "mandate_reference": "MB-9", "note": "Sleutel bij Anke."}
    return hand_overs.complete(role, successor=successor, by=leader, at=AT, **words | changes)


def test_everything_passes_on_one_day(role, leader, ikc):
    draft = ApplicationFactory(
        ikc=ikc, director=role.user, contact_email=role.user.email.upper(), lines=False
    )
    others = ApplicationFactory(ikc=ikc, director=role.user, contact_email="x@y.nl", lines=False)
    action = ActionItemFactory(owner=role.user)
    successor = UserFactory()

    done = complete(role, leader, successor)

    role.refresh_from_db()
    draft.refresh_from_db()
    action.refresh_from_db()
    new = successor.assignments.get()
    mandate = successor.mandates.get()
    assert (role.valid_until, new.valid_from, new.ikc, new.organisation) == (
        TODAY, NEXT, ikc, role.organisation,
    )  # fmt: skip
    assert role.user.mandates.get().valid_until == TODAY
    assert (mandate.reference, mandate.valid_from, mandate.organisation) == (
        "MB-9",
        NEXT,
        ikc.board,
    )
    assert (draft.contact_email, draft.contact_name) == (successor.email, successor.full_name)
    assert HandOver.objects.get(application=draft).given_to == successor
    assert not HandOver.objects.filter(application=others).exists()
    assert action.owner == successor
    assert (done.completed_by, done.successor, done.is_open) == (leader, successor, False)
    assert events_of(ikc)[0].verb == "ikc.director_handed_over"
    assert events_of(action.body)[0].verb == "body.action_passed"
    with pytest.raises(HandOverRefused, match="al overgedragen"):
        complete(role, leader, UserFactory())


def test_who_left_hears_of_no_letters_any_more(role, leader, ikc):
    application = ApplicationFactory(
        ikc=ikc, director=role.user, contact_email=role.user.email, lines=False
    )
    complete(role, leader, None)

    assert role.user.email in recipients(application, day=TODAY)
    assert role.user.email not in recipients(application, day=NEXT)


def test_without_a_successor_it_is_a_task_until_somebody_follows(role, leader, ikc):
    draft = ApplicationFactory(
        ikc=ikc, director=role.user, contact_email=role.user.email, lines=False
    )
    complete(role, leader, None)

    draft.refresh_from_db()
    assert draft.contact_email == role.user.email
    assert events_of(ikc)[0].verb == "ikc.director_left"
    assert list(Ikc.objects.without_director(NEXT)) == [ikc]
    assert not Ikc.objects.without_director(TODAY).exists()
    (task,) = [task for task in tasks_for(leader, today=NEXT) if "directeur" in task.title]
    assert (task.title, task.badge) == ("Zoek een directeur voor 1 IKC", "zonder directeur")
    UserFactory(director=True, ikc=ikc)
    assert not Ikc.objects.without_director(NEXT).exists()


def test_what_cannot_be_changes_nothing(role, leader, ikc):
    present = UserFactory(director=True, ikc=ikc)
    for successor, changes, refusal, words in (
        (role.user, {}, HandOverRefused, "volgt zichzelf niet op"),
        (present, {}, HandOverRefused, "dan al directeur"),
        (UserFactory(is_active=False), {}, HandOverRefused, "geblokkeerd"),
        (None, {"last_day": date(2020, 1, 1)}, HandOverRefused, "vóór het begin"),
        # found halfway: all that went before is undone with it
        (UserFactory(auditor=True), {}, RoleRefused, "gaat niet samen"),
    ):
        with pytest.raises(refusal, match=words), transaction.atomic():
            complete(role, leader, successor, **changes)
    role.refresh_from_db()
    assert role.valid_until is None
    assert not DirectorHandOver.objects.exists()


@pytest.mark.parametrize(
    ("name", "columns", "values"),
    [
        ("director_hand_over_once", "", ""),
        ("director_hand_over_to_another", ", successor_id", ", leaving_id"),
        ("director_hand_over_completed_by_somebody", ", completed_at", ", now()"),
    ],
)
def test_the_database_refuses(role, ikc, name, columns, values):
    row = hand_overs.prepare(role, successor=None, last_day=NEXT, note="", by=role.user, at=AT)
    if columns:
        hand_overs.withdraw(row, by=role.user, at=AT)
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ikc_directorhandover (ikc_id, assignment_id, leaving_id, last_day, note, "
            f"prepared_by_id, prepared_at{columns}) SELECT ikc_id, assignment_id, leaving_id, "
            f"last_day, '', prepared_by_id, prepared_at{values} FROM ikc_directorhandover"
        )


def test_the_director_prepares_and_the_leader_completes(client, role, leader, ikc):
    SupportRequestFactory(ikc=ikc)
    successor = UserFactory()
    page = reverse("ikc:director_leave", args=[role.pk])
    client.force_login(UserFactory(director=True, ikc=ikc))
    assert client.get(page).status_code == 403  # of a colleague
    client.force_login(role.user)
    assert page in client.get(ikc.get_absolute_url()).content.decode()
    assert "verzoek om ondersteuning" in client.get(page).content.decode().lower()
    day = (datetime.now(tz=UTC) + timedelta(days=40)).date()
    words = {"last_day": f"{day:%d-%m-%Y}", "successor": "niemand@nergens.example"}
    assert client.post(page, words).status_code == 422
    assert client.post(page, words | {"successor": successor.email}).status_code == 302
    role.refresh_from_db()
    assert role.valid_until is None
    (task,) = [task for task in tasks_for(leader, today=TODAY) if task.badge == "klaargezet"]
    assert task.due == day

    stay = reverse("ikc:director_stay", args=[role.pk])
    assert client.get(stay).status_code == 200
    client.force_login(leader)
    assert "stopt als directeur" in client.get(ikc.get_absolute_url()).content.decode()
    assert "check=hand_over" in task.url
    assert ikc.name in client.get(task.url).content.decode()
    assert successor.email in client.get(page).content.decode()
    given = words | {"successor": successor.email, "mandate_reference": "MB-9"}
    assert client.post(page, given).status_code == 302
    role.refresh_from_db()
    assert role.valid_until == day
    assert client.get(stay).status_code == 404
    html = client.get(ikc.get_absolute_url()).content.decode()
    assert "vastgelegd dat een andere directeur volgt" in html


def test_who_prepared_it_may_stay(client, role, ikc):
    row = hand_overs.prepare(role, successor=None, last_day=NEXT, note="", by=role.user, at=AT)
    client.force_login(role.user)
    assert client.post(reverse("ikc:director_stay", args=[role.pk]), {}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    with pytest.raises(HandOverRefused):
        hand_overs.withdraw(row, by=role.user, at=AT)
