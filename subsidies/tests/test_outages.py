"""An outage before the closing: what is kept of it, and that the round closes at the later moment everywhere."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.models import Ikc
from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.audit import events_of
from kvk2.core.models import OutgoingMail
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies.closing import closing_moment
from subsidies.models import Application, ClosingExtension, Outage, SubsidyRound
from subsidies.services import outages as services
from subsidies.services.applications import RoundNotOpen, require_open
from subsidies.services.rounds import close_due_rounds
from subsidies.states import ApplicationState, RoundState
from subsidies.tests.factories import (
    CLOSES_AT,
    OPENS_AT,
    ApplicationFactory,
    SubsidyRoundFactory,
    move,
)
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_views_rounds import url

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = CLOSES_AT - MINUTE
LATER = CLOSES_AT + timedelta(days=1)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def round_():
    return SubsidyRoundFactory(open=True)


def broke(leader, **fields):
    values = {
        "started_at": CLOSES_AT - 3 * HOUR,
        "ended_at": CLOSES_AT - HOUR,
        "description": "Inloggen werkte niet.",
        **fields,
    }
    return services.record_outage(**values, by=leader, at=NOW)


def decided(outage, **fields):
    values = {
        "new_closing": LATER,
        "decision_number": "B&W 2026-101",
        "decided_on": CLOSES_AT.date(),
        "reason": "Wie op de laatste dag wilde indienen, kon dat niet.",
        **fields,
    }
    return services.ExtensionDecision(outage=outage, **values)


@pytest.fixture
def extended(round_, leader):
    services.extend_closing(round_, decided(broke(leader)), by=leader, at=NOW)
    return SubsidyRound.objects.get(pk=round_.pk)


def test_the_round_closes_at_the_later_moment(extended):
    assert closing_moment(extended) == LATER
    event = events_of(extended).get()
    assert event.verb == "closing_extended"
    assert event.data["changes"] == [
        ["Sluiting", "15 april 2026, 17.00 uur", "16 april 2026, 17.00 uur"]
    ]


@pytest.mark.parametrize("at", [CLOSES_AT, CLOSES_AT + MINUTE, LATER - timedelta(seconds=1)])
def test_between_the_old_and_the_new_closing_one_may_submit(at, extended):
    require_open(extended, at)


def test_from_the_new_closing_one_is_too_late(extended):
    with pytest.raises(RoundNotOpen, match=r"16 april 2026 om 17\.00 uur"):
        require_open(extended, LATER)


def test_the_sweep_waits_for_the_new_closing(extended):
    draft = ApplicationFactory(round=extended)
    other = SubsidyRoundFactory(open=True)

    assert close_due_rounds(at=CLOSES_AT) == 1
    assert close_due_rounds(at=LATER - timedelta(seconds=1)) == 0
    assert Application.objects.get(pk=draft.pk).state == ApplicationState.DRAFT
    assert close_due_rounds(at=LATER) == 1

    states = dict(SubsidyRound.objects.values_list("pk", "state"))
    assert states == {extended.pk: RoundState.CLOSED, other.pk: RoundState.CLOSED}
    assert Application.objects.get(pk=draft.pk).state == ApplicationState.LAPSED


def test_a_closing_may_be_put_off_again(extended, leader):
    again = decided(Outage.objects.get(), new_closing=LATER + HOUR)

    extension = services.extend_closing(extended, again, by=leader, at=LATER - MINUTE)

    assert (extension.old_closing, extension.new_closing) == (LATER, LATER + HOUR)


@pytest.mark.parametrize("state", ["adopted", "published", "closed", "assessing", "cancelled"])
def test_the_closing_of_an_open_round_moves_and_no_other(state, leader):
    round_ = SubsidyRoundFactory(**{state: True})

    with pytest.raises(services.ClosingNotExtendable):
        services.extend_closing(round_, decided(broke(leader)), by=leader, at=NOW)


WRONG = {
    "the same moment": {"new_closing": CLOSES_AT},
    "earlier": {"new_closing": CLOSES_AT - HOUR},
    "no number": {"decision_number": " "},
    "no reason": {"reason": ""},
    "decided tomorrow": {"decided_on": CLOSES_AT.date() + timedelta(days=1)},
    "decided before the outage": {"decided_on": date(2026, 4, 14)},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_decision_that_cannot_be_right_is_refused(what, round_, leader):
    decision = replace(decided(broke(leader)), **WRONG[what])

    with pytest.raises(services.ExtensionIncomplete):
        services.extend_closing(round_, decision, by=leader, at=NOW)
    assert not ClosingExtension.objects.exists()


def test_a_moment_that_has_passed_is_no_new_closing(round_, leader):
    with pytest.raises(services.ExtensionIncomplete, match="verleden"):
        services.extend_closing(round_, decided(broke(leader)), by=leader, at=LATER + MINUTE)


def test_an_outage_of_another_time_moves_no_closing(round_, leader):
    before = broke(leader, started_at=OPENS_AT - 2 * HOUR, ended_at=OPENS_AT)

    with pytest.raises(services.ExtensionIncomplete, match="viel niet in de tijd"):
        services.extend_closing(round_, decided(before), by=leader, at=NOW)


def test_the_end_of_an_outage_is_written_once(leader):
    outage = broke(leader, ended_at=None)

    services.end_outage(outage, ended_at=CLOSES_AT - HOUR, by=leader, at=NOW)

    with pytest.raises(services.OutageEnded):
        services.end_outage(outage, ended_at=NOW, by=leader, at=NOW)
    assert [event.verb for event in events_of(outage)] == ["outage_ended", "outage_recorded"]


@pytest.mark.parametrize(
    "fields",
    [
        {"description": " "},
        {"started_at": NOW + MINUTE, "ended_at": None},
        {"ended_at": NOW + MINUTE},
        {"ended_at": CLOSES_AT - 3 * HOUR},
    ],
)
def test_an_outage_that_cannot_be_is_refused(fields, leader):
    with pytest.raises(services.OutageIncomplete):
        broke(leader, **fields)


def test_what_was_written_is_kept(extended, leader):
    outage, extension = Outage.objects.get(), ClosingExtension.objects.get()
    running = broke(leader, ended_at=None)

    refuses("outage is kept", move, outage, ended_at=NOW)
    refuses("outage is kept", move, running, description="anders")
    refuses("outage is kept", Outage.objects.filter(pk=running.pk).delete)
    refuses("extension of a closing is kept", move, extension, reason="anders")
    refuses("extension of a closing is kept", ClosingExtension.objects.all().delete)


def test_no_other_hand_moves_the_closing(extended, round_):
    refuses("cannot be changed", move, extended, extended_until=LATER + HOUR)
    refuses("cannot be changed", move, extended, extended_until=None)
    refuses("round_extension_is_later", move, SubsidyRoundFactory(), extended_until=LATER)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("outage_ends_after_it_starts", {"ended_at": CLOSES_AT}),
        ("outage_is_described", {"description": ""}),
    ],
)
def test_the_database_refuses_an_impossible_outage(name, fields, leader):
    values = {"started_at": CLOSES_AT, "description": "x", "recorded_at": NOW, **fields}

    refuses(name, Outage.objects.create, recorded_by=leader, **values)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("closing_extension_is_later", {"new_closing": CLOSES_AT}),
        ("closing_extension_is_decided", {"decision_number": ""}),
        ("closing_extension_is_decided", {"reason": ""}),
    ],
)
def test_the_database_refuses_an_impossible_extension(name, fields, round_, leader):
    values = {
        "round": round_,
        "outage": broke(leader),
        "old_closing": CLOSES_AT,
        "new_closing": LATER,
        "decision_number": "1",
        "decided_on": NOW.date(),
        "reason": "x",
        "extended_at": NOW,
        "extended_by": leader,
        **fields,
    }

    refuses(name, ClosingExtension.objects.create, **values)


def test_the_project_leader_does_it_by_the_pages_and_everybody_reads_it(client, round_, leader):
    with time_machine.travel(NOW, tick=False):
        client.force_login(leader)
        record, extend = url("outage_record", round_.pk), url("closing_extend", round_.pk)
        assertContains(client.get(extend), "Leg eerst de storing vast")
        data = {
            "started_on": "15-4-2026",
            "started_time": "14:00",
            "description": "Alles lag stil.",
        }
        assertRedirects(client.post(record, data), record)
        outage = Outage.objects.get()
        end = f"{record}{outage.pk}/einde/"
        assertContains(client.get(record), end)
        assertContains(client.get(end), "Alles lag stil.")
        assertRedirects(client.post(end, {"ended_on": "15-4-2026", "ended_time": "16:00"}), record)
        assert client.get(end).status_code == 404

        data = {
            "outage": outage.pk,
            "closes_on": "16-4-2026",
            "closes_time": "17:00",
            "decision_number": "B&W 2026-101",
            "decided_on": "15-4-2026",
            "reason": "Indienen kon niet.",
        }
        unsure = client.post(extend, data)
        assertContains(unsure, "Vergelijk de nieuwe dag en tijd", status_code=422)
        assertRedirects(client.post(extend, {**data, "confirmed": "on"}), round_.get_absolute_url())

        client.force_login(UserFactory(director=True))
        page = client.get(round_.get_absolute_url())
        assertContains(
            page, f"verlengd van {dutch_datetime(CLOSES_AT)} naar {dutch_datetime(LATER)}"
        )
        assertContains(page, "Alles lag stil.")
        assertContains(client.get(url("round_list")), dutch_date(LATER))
        assertNotContains(client.get(url("round_list")), dutch_date(CLOSES_AT))


def test_half_an_end_is_asked_for_again_and_what_was_typed_stays(client, leader):
    client.force_login(leader)
    round_ = SubsidyRoundFactory(
        open=True, opens_at=timezone.now() - HOUR, closes_at=timezone.now() + HOUR
    )
    data = {
        "started_on": "1-1-2026",
        "started_time": "10:00",
        "ended_on": "1-1-2026",
        "description": "Niets werkte.",
    }

    response = client.post(url("outage_record", round_.pk), data)

    assertContains(response, "of geen van beide", status_code=422)
    assertContains(response, "Niets werkte.", status_code=422)


def test_who_can_still_apply_hears_that_the_round_closes_later(leader):
    forms = [form for form in Ikc.Form.values if form != Ikc.Form.VILLAGE]
    round_ = SubsidyRoundFactory(open=True, eligible_forms=forms)
    drafting, filed, idle, village = (
        UserFactory(director=True, ikc=ikc)
        for ikc in (IkcFactory(), IkcFactory(), IkcFactory(), IkcFactory(form="village"))
    )
    ikcs = {user: user.assignments.get().ikc for user in (drafting, filed, idle, village)}
    draft = ApplicationFactory(
        round=round_, ikc=ikcs[drafting], director=drafting, contact_email="Team@school.example"
    )
    ApplicationFactory(round=round_, ikc=ikcs[filed], director=filed, submitted=True)
    services.extend_closing(round_, decided(broke(leader)), by=leader, at=NOW)
    mails = OutgoingMail.objects.all()
    assert {drafting.email, idle.email, "team@school.example"} <= {mail.to for mail in mails}
    assert not {filed.email, village.email} & {mail.to for mail in mails}
    assert f"sluit op {dutch_date(LATER)}, 17.00 uur" in mails[0].body
    assert draft.state == ApplicationState.DRAFT


def test_the_list_sorts_on_the_closing_that_it_shows(client, extended, leader):
    between = SubsidyRoundFactory(open=True, closes_at=CLOSES_AT + 2 * HOUR)
    client.force_login(leader)
    page = client.get("/rondes/", {"sort": "closes_at"})
    assert [row.record.pk for row in page.context["table"].rows] == [between.pk, extended.pk]
