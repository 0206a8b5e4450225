"""Asking to complete, supplying, taking over, and the clock: what they do and what they refuse."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.middleware import LONGEST_WAIT
from kvk2.core.models import StoredFile
from kvk2.core.scanning import FileInfected, NotScannedYet
from kvk2.core.uploads import FileRefused
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.decision_terms import decision_term
from subsidies.models import (
    Application,
    CompletionRequest,
    Letter,
)
from subsidies.services.applications import NewerVersionSaved, NoMandate, withdraw_application
from subsidies.services.completions import (
    Asked,
    CannotBeCompleted,
    NothingAsked,
    TermOutOfRange,
    expire_completions,
    request_completion,
)
from subsidies.services.corrections import (
    JudgementMissing,
    NotAsked,
    NothingSupplied,
    StillWrong,
    TermOver,
    accept_correction,
    add_correction_file,
    reject_correction,
    remove_correction_file,
    save_correction,
    submit_correction,
)
from subsidies.services.letters import render_letter
from subsidies.tests.completing import (
    ASKED_AT,
    BEFORE_END,
    CONTACT,
    DUE_ON,
    ENDS_AT,
    EVERYTHING,
    state_of,
    supply,
)
from subsidies.tests.factories import (
    PDF,
    ApplicationFactory,
    SchemeVersionFactory,
    SubsidyRoundFactory,
    move,
)

pytestmark = pytest.mark.django_db


# --- asking


def test_asking_stops_the_clock_and_orders_the_letter(application, leader):
    request = request_completion(
        application, items=EVERYTHING[:1], note="Bel gerust.", by=leader, at=ASKED_AT
    )

    assert state_of(application) == "incomplete"
    assert (request.due_on, request.ends_at) == (DUE_ON, ENDS_AT)
    stop = application.clock_stops.get()
    assert (stop.first_day, stop.resumes_on, stop.reason) == (date(2026, 4, 21), None, "completion")
    letter = Letter.objects.get(application=application, code="L02")
    assert letter.context["missing"] == ["Contactpersoon: Het telefoonnummer klopt niet."]
    assert letter.context["due_on"] == "2026-05-04"


def test_the_letter_is_made_and_posted(application, asked):
    application.board.electronic_consent_at = ASKED_AT
    application.board.save()

    assert render_letter(Letter.objects.get(code="L02").pk, at=ASKED_AT)
    assert Letter.objects.get(code="L02").message.subject.startswith("Verzoek om aanvulling")


def test_a_filed_application_is_taken_into_the_check_on_the_way(leader):
    application = ApplicationFactory(submitted=True)
    request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)

    assert state_of(application) == "incomplete"


@pytest.mark.parametrize("items", [[], [Asked("contact", "  ")]])
def test_a_request_says_what_is_missing(items, application, leader):
    with pytest.raises(NothingAsked):
        request_completion(application, items=items, by=leader, at=ASKED_AT)
    assert state_of(application) == "checking"


@pytest.mark.parametrize("days", [0, 85])
def test_the_term_is_sensible(days, application, leader):
    with pytest.raises(TermOutOfRange):
        request_completion(application, items=CONTACT, term_days=days, by=leader, at=ASKED_AT)


def test_the_term_of_the_scheme_is_the_default(leader):
    version = SchemeVersionFactory(completion_term_days=21)
    round_ = SubsidyRoundFactory(closed=True, scheme_version=version)
    application = ApplicationFactory(checking=True, round=round_)

    request = request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)
    assert request.due_on == date(2026, 5, 11)


def test_after_the_closing_of_a_tender_the_plan_stays_as_it_is(application, leader):
    with pytest.raises(CannotBeCompleted, match="tender"):
        request_completion(application, items=EVERYTHING[1:2], by=leader, at=ASKED_AT)


def test_before_the_closing_of_a_tender_the_plan_may_be_asked(leader):
    application = ApplicationFactory(checking=True)
    before = application.round.closes_at - timedelta(seconds=1)

    request = request_completion(application, items=EVERYTHING[1:2], by=leader, at=before)
    with pytest.raises(NotAsked, match="alleen"):  # answered after the closing
        save_correction(
            request,
            values={"summary": "Nieuw"},
            by=application.signed_by,
            at=application.round.closes_at,
        )


def test_one_request_at_a_time(application, asked, leader):
    with pytest.raises(TransitionNotAllowed):
        request_completion(application, items=CONTACT, by=leader, at=ASKED_AT)
    with (
        pytest.raises(IntegrityError, match="completion_one_open_per_application"),
        transaction.atomic(),
    ):
        CompletionRequest.objects.create(
            application=application, requested_at=ASKED_AT, requested_by=leader, due_on=DUE_ON
        )


# --- supplying


def test_supplying_ends_the_stop_and_leaves_the_original(application, asked, director):
    correction = supply(asked, director)

    assert state_of(application) == "checking"
    assert application.contact_phone == "058 123 45 67"
    assert correction.state == "submitted"
    assert correction.changes == {
        "contact_phone": {"before": "058 123 45 67", "after": "058 999 99 99"}
    }
    asked.refresh_from_db()
    assert (asked.outcome, asked.closed_at) == ("completed", BEFORE_END)
    assert application.clock_stops.get().resumes_on == date(2026, 4, 27)


def test_what_was_typed_back_is_no_change(asked, director):
    save_correction(asked, values={"contact_phone": "1"}, by=director, at=BEFORE_END)
    correction = save_correction(
        asked, values={"contact_phone": "058 123 45 67"}, by=director, at=BEFORE_END
    )
    assert correction.changes == {}
    with pytest.raises(NothingSupplied, match="Contactpersoon"):
        submit_correction(asked, by=director, at=BEFORE_END)


def test_an_explanation_is_an_answer_too(asked, director):
    save_correction(
        asked, values={}, explanation="Het nummer klopt wel.", by=director, at=BEFORE_END
    )
    assert submit_correction(asked, by=director, at=BEFORE_END).state == "submitted"


def test_only_what_was_asked_may_change(asked, director):
    with pytest.raises(NotAsked):
        save_correction(asked, values={"title": "Ander plan"}, by=director, at=BEFORE_END)
    with pytest.raises(NotAsked):
        add_correction_file(
            asked, kind="support", name="a.pdf", content=PDF, by=director, at=BEFORE_END
        )


def test_only_with_a_mandate(asked, director):
    with pytest.raises(NoMandate):
        save_correction(asked, values={}, by=UserFactory(director=True), at=BEFORE_END)
    director.mandates.update(valid_until=date(2026, 4, 1))
    with pytest.raises(NoMandate):
        submit_correction(asked, by=director, at=BEFORE_END)


def test_an_older_page_does_not_overwrite_a_newer_one(asked, director):
    save_correction(asked, values={}, version=0, by=director, at=BEFORE_END)
    with pytest.raises(NewerVersionSaved):
        save_correction(asked, values={}, version=0, by=director, at=BEFORE_END)


def test_a_correction_that_breaks_a_norm_is_refused(asked_all, director):
    save_correction(
        asked_all,
        values={"requested_amount": "99000.00"},
        explanation="Meer.",
        by=director,
        at=BEFORE_END,
    )
    with pytest.raises(StillWrong):
        submit_correction(asked_all, by=director, at=BEFORE_END)


def test_files_come_and_go_until_the_correction_is_filed(asked_all, director):
    file = add_correction_file(
        asked_all, kind="support", name="a.pdf", content=PDF, by=director, at=BEFORE_END
    )
    remove_correction_file(file, by=director, at=BEFORE_END)
    assert not StoredFile.objects.filter(name="a.pdf").exists()
    with pytest.raises(FileRefused):
        add_correction_file(
            asked_all, kind="support", name="a.exe", content=b"MZ", by=director, at=BEFORE_END
        )


# --- the clock, to the minute


@pytest.mark.parametrize(
    ("at", "in_time"),
    [
        (ENDS_AT - timedelta(minutes=1), True),
        (ENDS_AT - timedelta(microseconds=1), True),
        (ENDS_AT, False),
        (ENDS_AT + timedelta(minutes=1), False),
    ],
)
def test_the_last_day_counts_to_midnight_in_amsterdam(at, in_time, asked, director):
    if in_time:
        assert supply(asked, director, at).submitted_at == at
        return
    save_correction(asked, values={"contact_phone": "1"}, by=director, at=BEFORE_END)
    with pytest.raises(TermOver):
        submit_correction(asked, by=director, at=at)


@pytest.mark.parametrize(
    ("at", "ended"),
    [
        (ENDS_AT - timedelta(minutes=1), 0),
        (ENDS_AT + LONGEST_WAIT - timedelta(seconds=1), 0),
        (ENDS_AT + LONGEST_WAIT, 1),
    ],
)
def test_the_sweep_ends_the_term_just_after_its_last_day(at, ended, application, asked):
    assert expire_completions(at=at) == ended
    assert state_of(application) == ("checking" if ended else "incomplete")
    assert expire_completions(at=at) == 0


def test_after_the_end_of_an_unused_term_the_clock_runs_from_its_last_day(application, asked):
    expire_completions(at=ENDS_AT + timedelta(days=3))

    asked.refresh_from_db()
    assert asked.outcome == "expired"
    assert application.clock_stops.get().resumes_on == DUE_ON


def test_a_request_of_a_withdrawn_application_ends_with_it(application, asked, director):
    withdraw_application(application, reason="Geen tijd.", by=director, at=BEFORE_END)

    assert expire_completions(at=BEFORE_END) == 1
    asked.refresh_from_db()
    assert (asked.outcome, state_of(application)) == ("ended", "withdrawn")


def test_the_term_to_decide_is_put_off_by_the_days_that_the_clock_stood_still(
    application, asked, director
):
    # 13 weeks after 15 April, and while nothing came in the whole term counts: 21 April-3 May
    running = decision_term(application)
    assert (running.base, running.last_day) == (date(2026, 7, 15), date(2026, 7, 28))
    assert running.stands_still
    assert "staat stil zolang wij wachten, hier gerekend met 13 dagen" in running.sentence

    supply(asked, director)
    # the 21st up to and including the 26th of April
    term = decision_term(Application.objects.get(pk=application.pk))
    assert (term.stopped_days, term.last_day) == (6, date(2026, 7, 21))
    assert term.sentence.replace("\N{NO-BREAK SPACE}", " ") == (
        "Wij beslissen uiterlijk op 21 juli 2026; de termijn stond 6 dagen stil."
    )


def test_answered_on_the_same_day_nothing_stood_still(application, asked, director):
    supply(asked, director, ASKED_AT + timedelta(hours=3))

    assert decision_term(application).stopped_days == 0


# --- judging


def test_taking_over_writes_the_answers_and_dates_the_application(first_come, asked_all, director):
    lines = [
        {
            "order": 1,
            "side": "expenditure",
            "kind": "professional",
            "description": "Vakdocent",
            "hours": "200.00",
            "rate": "60.00",
            "amount": "12000.00",
        }
    ]
    add_correction_file(
        asked_all, kind="support", name="mr.pdf", content=PDF, by=director, at=BEFORE_END
    )
    save_correction(
        asked_all,
        values={
            "contact_phone": "058 1",
            "summary": "Elke week.",
            "lines": lines,
            "requested_amount": "12000.00",
        },
        by=director,
        at=BEFORE_END,
    )
    correction = submit_correction(asked_all, by=director, at=BEFORE_END)
    move(correction.files.get().stored, scan_state="clean", scanned_at=BEFORE_END, scan_due_at=None)
    leader = UserFactory(project_leader=True)
    accept_correction(correction, by=leader, at=BEFORE_END + timedelta(days=2))

    first_come = Application.objects.select_related("plan").get(pk=first_come.pk)
    assert first_come.plan.summary == "Elke week."
    assert (first_come.requested_amount, first_come.eligible_amount) == (
        Decimal("12000.00"),
        Decimal("12000.00"),
    )
    # 150 + 25 children, in the group of other IKC's: 2.500 + 175 x 85
    assert first_come.max_amount == Decimal("17375.00")
    assert [line.amount for line in first_come.budget_lines.all()] == [Decimal("12000.00")]
    assert first_come.attachments.filter(stored__name="mr.pdf").exists()
    # complete is when the last thing came in, not when somebody looked at it
    assert first_come.complete_at == BEFORE_END
    assert correction.changes["summary"]["before"].startswith("Een doorgaande lijn")


def test_not_taking_over_leaves_everything_and_says_why(application, asked, director, leader):
    correction = supply(asked, director)
    with pytest.raises(JudgementMissing):
        reject_correction(correction, judgement=" ", by=leader, at=BEFORE_END)

    reject_correction(correction, judgement="Dit nummer bestaat niet.", by=leader, at=BEFORE_END)
    application.refresh_from_db()
    assert application.contact_phone == "058 123 45 67"
    with pytest.raises(TransitionNotAllowed):
        accept_correction(correction, by=leader, at=BEFORE_END)


def test_a_file_with_a_virus_is_not_taken_over(asked_all, director, leader):
    file = add_correction_file(
        asked_all, kind="support", name="mr.pdf", content=PDF, by=director, at=BEFORE_END
    )
    save_correction(asked_all, values={}, explanation="Zie stuk.", by=director, at=BEFORE_END)
    correction = submit_correction(asked_all, by=director, at=BEFORE_END)
    with pytest.raises(NotScannedYet):
        accept_correction(correction, by=leader, at=BEFORE_END)
    move(
        file.stored,
        scan_state="infected",
        signature="Eicar",
        scanned_at=BEFORE_END,
        scan_due_at=None,
        file="",
    )

    with pytest.raises(FileInfected, match="niet te openen"):
        accept_correction(correction, by=leader, at=BEFORE_END)
