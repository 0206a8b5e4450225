"""The check of a filed application: answers that are kept, and what keeps an application out."""

import pytest

from ikc.services import child_counts
from ikc.tests.factories import ChildCountFactory, UserFactory
from kvk2.core.audit import events_of
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import ChecklistItem
from subsidies.services.admission import (
    USUAL,
    CheckNotFinished,
    Given,
    admit_application,
    checklist_of,
    save_check,
    start_check,
)
from subsidies.states import ApplicationState
from subsidies.tests.factories import (
    AFTER,
    DURING,
    ROUND_STATES,
    ApplicationFactory,
    AttachmentFactory,
    SubsidyRoundFactory,
    move,
)

pytestmark = pytest.mark.django_db

YES = {question.code: Given("yes") for question in USUAL}
FILED = {
    "state": "submitted",
    "number": "KVK2-2026-0042",
    "received_at": DURING,
    "signed_name": "x",
    "max_amount": 17375,
    "eligible_amount": 15000,
    "tier": 1,
}


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def test_admitting_passes_through_the_check(leader):
    application = admit_application(
        ApplicationFactory(submitted=True), answers=YES, note="in orde", by=leader, at=AFTER
    )

    assert application.state == ApplicationState.ADMITTED
    assert application.complete_at == application.received_at
    verbs = [event.verb for event in events_of(application)]
    assert verbs == [
        "application_admitted",
        "state_aid_assessed",
        "application_check_saved",
        "application_check_started",
    ]


def test_a_started_check_is_finished(leader):
    application = start_check(ApplicationFactory(submitted=True), by=leader, at=AFTER)

    assert (
        admit_application(application, answers=YES, by=leader, at=AFTER).state
        == ApplicationState.ADMITTED
    )


def test_an_open_question_keeps_an_application_out(leader):
    application = ApplicationFactory(submitted=True)

    with pytest.raises(CheckNotFinished, match="1 van de 7"):
        admit_application(application, answers={**YES, "signed": Given("no")}, by=leader, at=AFTER)
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert not events_of(application).exists()


def test_an_infected_file_keeps_an_application_out(leader):
    application = ApplicationFactory()
    AttachmentFactory(application=application, scan_state="infected")
    move(application, **{**FILED, "signed_by": application.created_by})

    with pytest.raises(CheckNotFinished, match="virus"):
        admit_application(application, answers=YES, by=leader, at=AFTER)


def test_a_file_that_nobody_scanned_keeps_an_application_waiting(leader):
    application = ApplicationFactory()
    AttachmentFactory(application=application, scan_state="pending")
    move(application, **{**FILED, "signed_by": application.created_by})

    with pytest.raises(CheckNotFinished, match="wordt nog gecontroleerd"):
        admit_application(application, answers=YES, by=leader, at=AFTER)


def test_a_withdrawn_application_is_not_admitted(leader):
    with pytest.raises(TransitionNotAllowed):
        admit_application(ApplicationFactory(withdrawn=True), answers=YES, by=leader, at=AFTER)


def test_answers_are_kept_half_way_by_whoever(leader):
    application = ApplicationFactory(submitted=True)
    save_check(application, {"budget": Given("no", "Uren ontbreken.")}, by=leader, at=AFTER)
    second = UserFactory(project_leader=True)
    save_check(application, {"budget": Given("yes"), "signed": Given("yes")}, by=second, at=AFTER)

    rows = {row.code: row for row in application.check_answers.all()}
    assert {code: (row.answer, row.note) for code, row in rows.items()} == {
        "budget": ("yes", ""),
        "signed": ("yes", ""),
    }
    assert rows["budget"].answered_by == second
    assert rows["budget"].text == "De begroting is begrijpelijk en sluitend."


def test_the_same_answer_again_is_no_new_fact(leader):
    application = ApplicationFactory(checking=True)
    save_check(application, {"budget": Given("yes")}, by=leader, at=AFTER)
    save_check(application, {"budget": Given("yes")}, by=UserFactory(), at=AFTER)

    assert application.check_answers.get().answered_by == leader
    assert events_of(application).count() == 1


def test_after_the_check_no_answer_changes(leader):
    with pytest.raises(TransitionNotAllowed):
        save_check(ApplicationFactory(admitted=True), {"budget": Given("no")}, by=leader, at=AFTER)


def test_a_round_may_have_questions_of_its_own(leader):
    round_ = SubsidyRoundFactory()
    ChecklistItem.objects.create(
        round=round_, order=1, code="plan", text="Het plan is ondertekend."
    )
    move(round_, state="open", **ROUND_STATES["open"])
    application = ApplicationFactory(submitted=True, round=round_)

    assert [question.code for question in checklist_of(application.round)] == ["plan"]
    admitted = admit_application(application, answers={"plan": Given("yes")}, by=leader, at=AFTER)
    assert admitted.state == ApplicationState.ADMITTED


def test_what_came_in_last_dates_the_application(leader):
    application = move(ApplicationFactory(checking=True), complete_at=AFTER)

    assert admit_application(application, answers=YES, by=leader, at=AFTER).complete_at == AFTER


def test_a_count_that_the_board_disputes_waits_for_the_municipality(leader):
    application = ApplicationFactory(submitted=True)
    day = application.round.reference_date
    ChildCountFactory(ikc=application.ikc, reference_date=day.replace(year=2020), disputed=True)
    count = ChildCountFactory(ikc=application.ikc, reference_date=day, disputed=True)
    with pytest.raises(CheckNotFinished, match="betwist een aantal kinderen op 1 februari"):
        admit_application(application, answers=YES, by=leader, at=AFTER)

    child_counts.resolve_dispute(
        count, follow_board=True, reason="De school liet het zien.", by=leader, at=AFTER
    )
    admitted = admit_application(application, answers=YES, by=leader, at=AFTER)
    assert admitted.state == ApplicationState.ADMITTED
