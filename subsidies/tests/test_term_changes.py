"""More time for one applicant, a later decision, a clock that stands still: what moves, what is told and what is refused."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.audit import events_of
from subsidies.decision_terms import decision_term
from subsidies.models import ClockStop, CompletionExtension, LaterDecision, Letter
from subsidies.services import term_changes as services
from subsidies.services.completions import close_request, expire_completions, request_completion
from subsidies.services.letters import render_letter
from subsidies.states import ApplicationState
from subsidies.tests.completing import ASKED_AT, BEFORE_END, CONTACT, DUE_ON, ENDS_AT, state_of
from subsidies.tests.factories import ApplicationFactory
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_permissions_intake import applications, ikc, people  # noqa: F401

pytestmark = pytest.mark.django_db


def printed(text):
    """As the portal writes a date: the day and the month stay together."""
    return re.sub(r"(\d) (mei|juni|juli|augustus|september) ", "\\1\N{NO-BREAK SPACE}\\2 ", text)


# The scheme of the factories: thirteen weeks after the closing of 15 April 2026, a term that never moves (Atw 1).
LAST_DAY = date(2026, 7, 15)
NEW_DUE = date(2026, 5, 18)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def application():
    application = ApplicationFactory(submitted=True)
    application.board.electronic_consent_at = ASKED_AT
    application.board.save()
    return application


@pytest.fixture
def asked(application, leader):
    return request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)


def page_of(name, application, *more):
    return reverse(f"subsidies:{name}", args=[application.pk, *more])


# --- more time to complete


def test_one_applicant_gets_more_time_and_the_clock_stands_still_as_long(asked, leader):
    application = asked.application
    extension = services.extend_completion(
        application, due_on=NEW_DUE, reason=" De directeur is ziek. ", by=leader, at=BEFORE_END
    )
    assert (extension.old_due_on, extension.new_due_on) == (DUE_ON, NEW_DUE)
    asked.refresh_from_db()
    assert asked.due_on == NEW_DUE
    # 21 April up to 18 May: the last day of the term itself counts again (T-DL-05).
    assert decision_term(application, today=BEFORE_END.date()).last_day == LAST_DAY + timedelta(27)
    assert expire_completions(at=ENDS_AT + timedelta(hours=1)) == 0
    assert state_of(application) == ApplicationState.INCOMPLETE
    letter = Letter.objects.get(code="L02V")
    assert printed("18 mei 2026") in letter.context["lead"]
    assert printed("4 mei 2026") in letter.context["lead"]
    assert render_letter(letter.pk, at=BEFORE_END)
    event = events_of(application).get(verb="completion_extended")
    assert (event.actor, event.reason) == (leader, "De directeur is ziek.")


def test_the_longer_term_ends_at_midnight_of_its_own_last_day_also_in_winter_time(
    application, leader
):
    asked = request_completion(
        application, items=CONTACT, by=leader, at=datetime(2026, 10, 12, 9, tzinfo=UTC)
    )
    assert asked.ends_at == datetime(2026, 10, 26, 23, tzinfo=UTC)
    services.extend_completion(
        application,
        due_on=date(2026, 11, 9),
        reason="Herfstvakantie.",
        by=leader,
        at=datetime(2026, 10, 26, 22, 59, 59, tzinfo=UTC),
    )
    asked.refresh_from_db()
    assert asked.ends_at == datetime(2026, 11, 9, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"due_on": DUE_ON}, "Aanvullen kan nu tot en met 4 mei 2026"),
        ({"due_on": date(2026, 7, 14)}, "Langer dan tot en met 13 juli 2026"),
        ({"reason": "  "}, "Schrijf op waarom"),
    ],
)
def test_an_extension_that_cannot_be(change, sentence, asked, leader):
    values = {"due_on": NEW_DUE, "reason": "Ziekte.", **change}
    with pytest.raises(services.TermChangeIncomplete, match=printed(sentence)):
        services.extend_completion(asked.application, **values, by=leader, at=BEFORE_END)


def test_a_term_that_is_over_cannot_be_extended(asked, leader):
    with pytest.raises(services.NoTermRuns):
        services.extend_completion(
            asked.application, due_on=NEW_DUE, reason="Ziekte.", by=leader, at=ENDS_AT
        )


# --- a later decision


def told(application, leader, at, **fields):
    values = {"expected_on": date(2026, 9, 1), "reason": "Er kwamen veel aanvragen.", **fields}
    return services.tell_later_decision(application, **values, by=leader, at=at)


def test_telling_that_it_will_be_later_does_not_move_the_term(application, leader):
    at = datetime(2026, 7, 1, 9, tzinfo=UTC)
    row = told(application, leader, at)
    assert (row.term_ended_on, row.expected_on) == (LAST_DAY, date(2026, 9, 1))
    assert decision_term(application, today=at.date()).last_day == LAST_DAY
    letter = Letter.objects.get(code="L04")
    assert letter.context["lead"] == printed(
        "Wij zouden uiterlijk op 15 juli 2026 beslissen over uw aanvraag. Dat lukt niet. "
        "U krijgt ons besluit uiterlijk op 1 september 2026."
    )
    assert "artikel 4:17" in letter.context["parts"][1]["paragraphs"][0]
    assert render_letter(letter.pk, at=at)
    letter.refresh_from_db()
    assert letter.message.subject.startswith("Bericht latere beslissing")
    with pytest.raises(services.TermChangeIncomplete, match="eerder bericht"):
        told(application, leader, at)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"expected_on": LAST_DAY}, "loopt tot en met 15 juli 2026"),
        ({"expected_on": date(2027, 2, 1)}, "binnen een half jaar"),
        ({"reason": ""}, "Schrijf op waarom"),
    ],
)
def test_a_later_decision_that_cannot_be(change, sentence, application, leader):
    with pytest.raises(services.TermChangeIncomplete, match=printed(sentence)):
        told(application, leader, datetime(2026, 7, 1, 9, tzinfo=UTC), **change)


def test_after_the_decision_there_is_nothing_to_tell(application, leader):
    type(application).objects.filter(pk=application.pk).update(state="withdrawn")
    with pytest.raises(services.NoTermRuns):
        told(application, leader, datetime(2026, 7, 1, 9, tzinfo=UTC))


# --- a clock that stands still for another reason


def stopped(application, leader, at=datetime(2026, 6, 1, 9, tzinfo=UTC), **fields):
    values = {
        "reason": ClockStop.Reason.AGREED,
        "first_day": date(2026, 6, 8),
        "resumes_on": date(2026, 6, 22),
        "note": "De aanvrager stemde in met de brief van 29 mei.",
        **fields,
    }
    return services.stop_clock(application, **values, by=leader, at=at)


def test_agreed_delay_moves_the_term_and_is_told(application, leader):
    stopped(application, leader)
    assert decision_term(application, today=date(2026, 6, 1)).last_day == LAST_DAY + timedelta(14)
    letter = Letter.objects.get(code="L04O")
    assert printed("loopt weer verder op 22 juni 2026") in letter.context["lead"]
    assert printed("29 juli 2026") in letter.context["parts"][1]["paragraphs"][0]


def test_force_majeure_runs_until_it_is_over(application, leader):
    stop = stopped(
        application,
        leader,
        reason=ClockStop.Reason.FORCE_MAJEURE,
        first_day=date(2026, 5, 25),
        resumes_on=None,
        note="Brand in het stadhuis.",
    )
    # The days up to and with today have stood still.
    assert decision_term(application, today=date(2026, 6, 3)).stopped_days == 10
    services.resume_clock(
        stop, resumes_on=date(2026, 6, 4), by=leader, at=datetime(2026, 6, 4, 9, tzinfo=UTC)
    )
    assert decision_term(application, today=date(2026, 7, 1)).stopped_days == 10
    with pytest.raises(services.NoTermRuns):
        services.resume_clock(
            stop, resumes_on=date(2026, 6, 5), by=leader, at=datetime(2026, 6, 5, 9, tzinfo=UTC)
        )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": "completion"}, "Kies waarom"),
        ({"note": " "}, "Schrijf op"),
        ({"first_day": date(2026, 7, 16)}, "eindigde op 15 juli 2026"),
        ({"first_day": date(2026, 3, 1)}, "na de dag van ontvangst"),
        ({"resumes_on": None}, "tot wanneer de aanvrager"),
        ({"resumes_on": date(2026, 6, 8)}, "op een dag na de eerste"),
        ({"reason": "force_majeure"}, "in de toekomst"),
    ],
)
def test_a_stop_that_cannot_be(change, sentence, application, leader):
    with pytest.raises(services.TermChangeIncomplete, match=printed(sentence)):
        stopped(application, leader, **change)


# --- the database


def test_what_must_never_be(asked, leader):
    extension = {
        "request": asked,
        "old_due_on": DUE_ON,
        "reason": "x",
        "extended_at": BEFORE_END,
        "extended_by": leader,
    }
    later = {
        "application": asked.application,
        "term_ended_on": LAST_DAY,
        "told_at": BEFORE_END,
        "told_by": leader,
    }
    refuses(
        "completion_extension_is_later",
        CompletionExtension.objects.create,
        **extension,
        new_due_on=DUE_ON,
    )
    refuses(
        "completion_extension_has_a_reason",
        CompletionExtension.objects.create,
        **{**extension, "reason": ""},
        new_due_on=NEW_DUE,
    )
    refuses(
        "later_decision_is_after_the_term",
        LaterDecision.objects.create,
        **later,
        expected_on=LAST_DAY,
        reason="x",
    )
    refuses(
        "later_decision_has_a_reason",
        LaterDecision.objects.create,
        **later,
        expected_on=date(2026, 9, 1),
        reason="",
    )
    rows = (
        CompletionExtension.objects.create(**extension, new_due_on=NEW_DUE),
        LaterDecision.objects.create(**later, expected_on=date(2026, 9, 1), reason="x"),
    )
    for row in rows:
        for deed in (row.delete, lambda row=row: type(row).objects.update(reason="y")):
            with (
                pytest.raises(IntegrityError, match="kept as it was written"),
                transaction.atomic(),
            ):
                deed()


# --- who may

ALL_OPEN = {
    "submitted",
    "checking",
    "incomplete",
    "admitted",
    "in_review",
    "advised",
    "intent",
}
MATRIX = {
    "subsidies.extend_completion": {"project_leader": {"incomplete"}},
    "subsidies.tell_later_decision": {"project_leader": ALL_OPEN},
    "subsidies.stop_clock": {"project_leader": ALL_OPEN},
}


@pytest.mark.parametrize("permission", MATRIX)
def test_who_may_change_a_term(permission, people, applications):  # noqa: F811
    may = {
        role: {state for state, one in applications.items() if user.has_perm(permission, one)}
        for role, user in people.items()
    }
    assert {role: states for role, states in may.items() if states} == MATRIX[permission]


# --- the pages


def test_the_leader_gives_more_time_and_sees_it(client, asked, leader):
    client.force_login(leader)
    application = asked.application
    with time_machine.travel(BEFORE_END, tick=False):
        page = client.get(page_of("application_term", application))
        assertContains(page, "Meer tijd geven om aan te vullen")
        address = page_of("completion_extend", application)
        assertContains(client.get(address), printed("4 mei 2026"))
        refused = client.post(address, {"due_on": "4-5-2026", "reason": "Ziekte."})
        assertContains(refused, "Kies later", status_code=422)
        assertContains(refused, "Ziekte.", status_code=422)
        done = client.post(address, {"due_on": "18-5-2026", "reason": "Ziekte."})
        assertRedirects(done, page_of("application_term", application))
        assertContains(
            client.get(done.url), printed("Verlengd van 4 mei 2026 tot en met 18 mei 2026: Ziekte.")
        )


def test_the_letter_of_a_later_decision_is_read_before_it_is_sent(client, application, leader):
    client.force_login(leader)
    address = page_of("decision_later", application)
    values = {"expected_on": "1-9-2026", "reason": "Er kwamen veel aanvragen."}
    with time_machine.travel(datetime(2026, 7, 20, 9, tzinfo=UTC), tick=False):
        preview = client.post(address, {**values, "preview": "1"})
        assert preview["Content-Type"] == "application/pdf"
        assert not LaterDecision.objects.exists()
        assert not Letter.objects.filter(code="L04").exists()
        assertRedirects(client.post(address, values), page_of("application_term", application))
        page = client.get(page_of("application_term", application))
    assertContains(page, "5 dagen te laat")
    assertContains(page, printed("Besluit uiterlijk op 1 september 2026"))
    assert Letter.objects.filter(code="L04").count() == 1


def test_an_opschorting_is_recorded_and_ended_on_its_pages(client, application, leader):
    client.force_login(leader)
    values = {"reason": "force_majeure", "first_day": "25-5-2026", "note": "Brand."}
    with time_machine.travel(datetime(2026, 6, 3, 9, tzinfo=UTC), tick=False):
        assertContains(client.get(page_of("clock_stop", application)), printed("15 juli 2026"))
        assertRedirects(
            client.post(page_of("clock_stop", application), values),
            page_of("application_term", application),
        )
        stop = ClockStop.objects.get()
        address = page_of("clock_resume", application, stop.pk)
        assertContains(client.get(page_of("application_term", application)), address)
        assertContains(
            client.post(address, {"resumes_on": "25-5-2026"}), "op een dag na", status_code=422
        )
        assert client.post(address, {"resumes_on": "4-6-2026"}).status_code == 302
        assert client.get(address).status_code == 404


def test_who_sees_the_terms_and_who_only_looks(client, application):
    page = page_of("application_term", application)
    strangers = (
        UserFactory(director=True, ikc=IkcFactory()),
        UserFactory(member=True),
        UserFactory(researcher=True),
    )
    for user in strangers:
        client.force_login(user)
        assert client.get(page).status_code == 404
    for user in (
        UserFactory(director=True, ikc=application.ikc),
        UserFactory(signer=True),
        UserFactory(auditor=True),
    ):
        client.force_login(user)
        assertNotContains(client.get(page), "Wat kunt u doen?")
        for name in ("decision_later", "clock_stop", "completion_extend"):
            assert client.get(page_of(name, application)).status_code == 403


def test_a_draft_has_no_terms(client, leader):
    draft = ApplicationFactory()
    client.force_login(UserFactory(director=True, ikc=draft.ikc))
    assert client.get(page_of("application_term", draft)).status_code == 404


def test_the_page_asks_the_same_number_of_questions_for_more_rows(client, asked, leader):
    client.force_login(leader)
    application = asked.application
    address = page_of("application_term", application)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def add(days):
        services.extend_completion(
            application, due_on=DUE_ON + timedelta(days), reason="x", by=leader, at=BEFORE_END
        )
        told(application, leader, BEFORE_END, expected_on=date(2026, 9, 1) + timedelta(days))

    add(1)
    count()
    before = count()
    add(2)
    add(3)
    assert count() == before


def test_a_completion_in_the_longer_term_ends_the_stop_on_its_own_day(asked, leader):
    application = asked.application
    services.extend_completion(
        application, due_on=NEW_DUE, reason="Ziekte.", by=leader, at=BEFORE_END
    )
    asked.refresh_from_db()
    close_request(asked, "completed", at=datetime(2026, 5, 11, 9, tzinfo=UTC), completed=True)
    assert ClockStop.objects.get().resumes_on == date(2026, 5, 11)
