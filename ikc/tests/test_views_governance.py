"""The pages of bodies, meetings and actions: who comes in, what they do, what they refuse."""

from datetime import date, time

import pytest
import time_machine
from django.urls import reverse

from ikc.models import ActionItem, AgendaItem, Body, Consultation
from ikc.tests.factories import (
    ActionItemFactory,
    AgendaItemFactory,
    BodyFactory,
    BodyMemberFactory,
    ConsultationFactory,
    IkcFactory,
    OrganisationFactory,
    PlusStatusFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_a_day_in_spring")]


@pytest.fixture
def _a_day_in_spring():
    with time_machine.travel("2023-04-03T10:00:00+02:00", tick=False):
        yield


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def _url(name, *args):
    return reverse(f"ikc:{name}", args=args)


def test_a_leader_goes_from_a_new_group_to_adopted_minutes(client, leader):
    ikc, municipality = IkcFactory(), OrganisationFactory(municipality=True)
    client.post(
        _url("body_create"),
        {
            "kind": "working_group",
            "name": "Werkgroep scholing",
            "purpose": "",
            "started_on": "1-1-2023",
        },
    )
    body = Body.objects.get()
    client.post(
        _url("member_add", body.pk),
        {
            "user": leader.pk,
            "organisation": municipality.pk,
            "function": "",
            "valid_from": "1-1-2023",
        },
    )
    client.post(
        _url("consultation_plan", body.pk),
        {"takes_place_on": "3-4-2023", "starts_at": "13.30", "location": "Stadskantoor"},
    )
    meeting = Consultation.objects.get()
    assert meeting.starts_at == time(13, 30)
    page = client.get(f"{_url('item_add', meeting.pk)}?over=ikc-{ikc.pk}")
    assert str(ikc) in page.content.decode()
    client.post(
        f"{_url('item_add', meeting.pk)}?over=ikc-{ikc.pk}",
        {
            "title": "Over dit IKC",
            "purpose": "decide",
            "subject": f"ikc-{ikc.pk}",
            "explanation": "",
        },
    )
    item = AgendaItem.objects.get()
    assert item.subject == ikc
    client.post(_url("consultation_hold", meeting.pk), {"attendance": "Wij twee"})
    client.post(
        _url("item_minutes", item.pk),
        {
            "outcome": "discussed", "minutes": "Goed.", "decision": "Zo doen wij het.",
            "action_title": "Uitvoeren", "action_owner": leader.pk, "action_due_on": "1-5-2023",
        },
    )  # fmt: skip
    client.post(_url("consultation_adopt", meeting.pk), {"adopted_on": "3-4-2023"})

    text = client.get(_url("consultation_detail", meeting.pk)).content.decode()
    assert "verslag vastgesteld" in text
    assert "B-2023-001" in text
    assert "Zo doen wij het." in text
    assert ikc.get_absolute_url() in text
    action = ActionItem.objects.get()
    client.post(_url("action_close", action.pk), {"result": "Gedaan."})
    action.refresh_from_db()
    assert action.state == "done"
    client.post(_url("action_reopen", action.pk))
    action.refresh_from_db()
    assert action.state == "open"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("body_create", {"kind": "", "name": "X"}, "Kies wat voor groep het is."),
        ("consultation_plan", {"takes_place_on": "31-2-2023"}, "Vul een datum in"),
        ("consultation_plan", {"takes_place_on": "1-1-1999"}, "Op deze dag bestaat deze groep niet."),
        ("action_add", {"action_title": "Iets"}, "Kies wie de actie doet."),
        ("consultation_cancel", {"reason": ""}, "Schrijf op waarom"),
        ("item_add", {"title": "T", "purpose": "inform", "subject": "ikc-99"}, "Dit kan niet op de agenda."),
    ],
)  # fmt: skip
def test_bad_input_is_answered_at_the_form_and_changes_nothing(
    client, leader, name, data, sentence
):
    meeting = ConsultationFactory(takes_place_on=date(2023, 5, 1))
    pk = {"body_create": (), "consultation_cancel": (meeting.pk,), "item_add": (meeting.pk,)}.get(
        name, (meeting.body_id,)
    )

    answer = client.post(_url(name, *pk), data)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Body.objects.count(), Consultation.objects.count(), AgendaItem.objects.count()) == (
        1,
        1,
        0,
    )


def test_a_member_reads_and_does_not_organise_and_a_stranger_sees_nothing(client):
    item = AgendaItemFactory(title="Vertrouwelijk punt")
    meeting, body = item.meeting, item.meeting.body
    member = BodyMemberFactory(body=body, user=UserFactory(school_board=True)).user
    stranger = UserFactory(childcare_board=True)
    pages = [_url("body_detail", body.pk), _url("consultation_detail", meeting.pk)]
    deeds = [
        _url("consultation_plan", body.pk), _url("item_add", meeting.pk),
        _url("item_minutes", item.pk), _url("item_remove", item.pk), _url("body_end", body.pk),
    ]  # fmt: skip

    client.force_login(member)
    assert [client.get(url).status_code for url in pages] == [200, 200]
    assert {client.get(url).status_code for url in deeds} == {403}
    assert "Vertrouwelijk" in client.get(pages[1]).content.decode()
    client.force_login(stranger)
    assert {client.get(url).status_code for url in [*pages, *deeds]} == {404}
    for name in ("body_list", "consultation_list", "action_list"):
        assert body.name not in client.get(_url(name)).content.decode()


def test_what_a_point_is_about_is_named_only_to_who_may_see_it(client):
    status = PlusStatusFactory(state="conditions_check", valid_from=None, valid_until=None)
    item = AgendaItemFactory(subject=status)
    leader = UserFactory(project_leader=True)
    client.force_login(leader)
    page = client.get(_url("item_add", item.meeting_id)).content.decode()
    assert f"plusstatus-{status.pk}" in page
    assert str(status) in client.get(_url("consultation_detail", item.meeting_id)).content.decode()


def test_who_does_an_action_closes_it_and_nobody_else(client):
    action = ActionItemFactory(owner=UserFactory(director=True))
    client.force_login(action.owner)

    assert client.get(_url("action_detail", action.pk)).status_code == 200
    assert action.title in client.get(reverse("start")).content.decode()
    assert client.get(_url("action_drop", action.pk)).status_code == 403
    assert client.post(_url("action_close", action.pk), {"result": ""}).status_code == 422
    assert client.post(_url("action_close", action.pk), {"result": "Klaar."}).status_code == 302
    client.force_login(UserFactory(director=True))
    assert client.get(_url("action_detail", action.pk)).status_code == 404


@pytest.mark.parametrize("name", ["body_list", "consultation_list", "action_list"])
def test_a_list_asks_the_same_whatever_its_length(client, leader, name, django_assert_num_queries):
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    def make():
        body = BodyFactory()
        AgendaItemFactory(meeting__body=body, meeting__takes_place_on=date(2023, 5, 1))
        ActionItemFactory(body=body)

    make()
    client.get(_url(name))
    with CaptureQueriesContext(connection) as one:
        client.get(_url(name))
    make()
    make()
    with django_assert_num_queries(len(one)):
        client.get(_url(name))


def test_lists_are_searched_filtered_and_taken_along(client, leader):
    ActionItemFactory(title="=Brief schrijven", due_on=date(2023, 3, 20))
    ActionItemFactory(title="Iets anders", due_on=date(2023, 6, 1))

    page = client.get(f"{_url('action_list')}?state=overdue").content.decode()
    assert "Brief schrijven" in page
    assert "Iets anders" not in page
    export = client.get(f"{_url('action_list')}?q=brief&export=csv").content.decode("utf-8-sig")
    assert "'=Brief schrijven" in export
    assert "te laat" in export
    AgendaItemFactory(title="Herijking van de gebieden")
    found = client.get(f"{_url('consultation_list')}?q=herijking&state=planned").content.decode()
    assert "1 overleg" in found
