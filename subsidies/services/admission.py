"""The project leader's check of a filed application, before the commission gets to see it (domain reference 3.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils.dateformat import format as date_format

from ikc.models import ChildCount
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from subsidies.models import Application, CheckAnswer, Correction, Subject, SubsidyRound
from subsidies.services.state_aid import adopt_usual_answer
from subsidies.states import APPLICATION_WORKFLOW, ApplicationState, CorrectionState

if TYPE_CHECKING:
    from ikc.models import User

Answer = CheckAnswer.Answer


class Question(NamedTuple):
    """One question of the check; `subject` is what is usually asked for when the answer is no."""

    code: str
    text: str
    subject: str = ""


class Given(NamedTuple):
    """The answer to one question, with what the project leader wrote down about it."""

    answer: str
    note: str = ""


# What is checked in a round that has no questions of its own (Awb 4:1, 4:2, 4:5, 4:35).
USUAL = (
    Question(
        "signed",
        "De aanvraag is ondertekend door iemand met een geldige machtiging.",
        Subject.MANDATE,
    ),
    Question("target_group", "Het IKC hoort bij de doelgroep van de ronde."),
    Question(
        "activities",
        "Het plan past bij de activiteiten waarvoor de regeling subsidie geeft.",
        Subject.ACTIVITIES,
    ),
    Question("children", "De aantallen kinderen zijn aannemelijk.", Subject.CHILDREN),
    Question("budget", "De begroting is begrijpelijk en sluitend.", Subject.BUDGET),
    Question("attachments", "De verplichte bijlagen zijn er en zijn leesbaar.", Subject.PROOF),
    Question("no_refusal_ground", "Er is geen verplichte reden om te weigeren."),
)


class CheckNotFinished(DomainError):
    """A question of the checklist is open, or a file is not safe to open."""

    code = "CHECK_NOT_FINISHED"


@transaction.atomic
def start_check(application: Application, *, by: "User | None", at: datetime) -> Application:
    """Take a filed application into the check. Refusal: `TransitionNotAllowed`."""
    return _move(_lock(application), "check", "application_check_started", by=by, at=at)


def checklist_of(round_: SubsidyRound) -> list[Question]:
    """The questions of `round_`, in order; the usual ones while it has none of its own."""
    rows = round_.checklist.order_by("order").values_list("code", "text", "subject")
    return [Question(*row) for row in rows] or list(USUAL)


def subject_of(round_: SubsidyRound, code: str) -> str:
    """What is usually asked for when question `code` is answered with no; empty for nothing."""
    return next((one.subject for one in checklist_of(round_) if one.code == code), "")


def all_yes(round_: SubsidyRound) -> dict[str, Given]:
    """Every question of `round_` answered with yes."""
    return {question.code: Given(Answer.YES) for question in checklist_of(round_)}


@transaction.atomic
def save_check(
    application: Application, answers: Mapping[str, Given], *, by: "User | None", at: datetime
) -> Application:
    """Keep the answers given so far, by whoever; the first of them starts the check. Refusal: `TransitionNotAllowed`."""
    application = _lock(application)
    _save(application, answers, by=by, at=at)
    return application


@transaction.atomic
def admit_application(
    application: Application,
    *,
    answers: Mapping[str, Given] | None = None,
    note: str = "",
    by: "User | None",
    at: datetime,
) -> Application:
    """Admit a complete application to the assessment, through the check when that had not started.

    Who admits adopts the usual answer on state aid, where nobody assessed it and no undertaking gets money. `answers` are kept first. Refusals: `CheckNotFinished`, `TransitionNotAllowed`.
    """
    application = _lock(application)
    _save(application, answers or {}, by=by, at=at)
    _refuse_unfinished(application)
    adopt_usual_answer(application, by=by, at=at)
    if application.complete_at is None:  # else what was asked came in at that moment
        application.complete_at = application.received_at
    return _move(
        application,
        "admit",
        "application_admitted",
        "complete_at",
        by=by,
        at=at,
        reason=note.strip(),
    )


def _save(
    application: Application, answers: Mapping[str, Given], *, by: "User | None", at: datetime
) -> None:
    if application.state == ApplicationState.SUBMITTED:
        _move(application, "check", "application_check_started", by=by, at=at)
    APPLICATION_WORKFLOW.target("admit", state=application.state)  # only while it is being checked
    present = {row.code: row for row in application.check_answers.all()}
    changed = []
    for question in checklist_of(application.round):
        given = answers.get(question.code)
        before = present.get(question.code)
        if given is None or (before and (before.answer, before.note) == given):
            continue
        CheckAnswer.objects.update_or_create(
            application=application,
            code=question.code,
            defaults={
                "text": question.text,
                "answer": given.answer,
                "note": given.note.strip(),
                "answered_by": by,
                "answered_at": at,
            },
        )
        changed.append({"code": question.code, "answer": str(given.answer)})
    if changed:
        record(application, "application_check_saved", actor=by, at=at, answers=changed)


def _refuse_unfinished(application: Application) -> None:
    fine = {row.code for row in application.check_answers.exclude(answer=Answer.NO)}
    questions = checklist_of(application.round)
    if open_questions := [one for one in questions if one.code not in fine]:
        raise CheckNotFinished(
            f"Er zijn nog {len(open_questions)} van de {len(questions)} punten niet akkoord. "
            "Toelaten kan pas als alles klopt."
        )
    waiting = Correction.objects.filter(
        request__application=application, state=CorrectionState.SUBMITTED
    )
    if waiting.exists():
        raise CheckNotFinished("Beoordeel eerst de aanvulling die is ingediend.")
    _refuse_disputed(application)
    _require_scanned(application)


def _refuse_disputed(application: Application) -> None:
    """The maximum and the division stand on these numbers, so the municipality decides on a dispute first."""
    day = application.round.reference_date
    disputed = ChildCount.objects.in_force().filter(
        ikc=application.ikc_id,
        reference_date=day,
        disputed_at__isnull=False,
        resolved_at=None,
    )
    if disputed.exists():
        raise CheckNotFinished(
            f"Het bestuur betwist een aantal kinderen op {date_format(day, 'j F Y').lower()}. "
            "Beslis daar eerst over bij ‘Kindertellingen’."
        )


def _require_scanned(application: Application) -> None:
    states = set(application.attachments.values_list("stored__scan_state", flat=True))
    if StoredFile.ScanState.INFECTED in states:
        raise CheckNotFinished("In een bijlage is een virus gevonden. Vraag om een ander bestand.")
    if StoredFile.ScanState.PENDING in states:
        raise CheckNotFinished(
            "Een bijlage wordt nog gecontroleerd op virussen. Probeer het over een paar minuten opnieuw."
        )


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round")
        .get(pk=application.pk)
    )


def _move(
    application: Application,
    transition: str,
    verb: str,
    *written: str,
    by: "User | None",
    at: datetime,
    reason: str = "",
    **data: Any,
) -> Application:
    before = application.state
    application.state = APPLICATION_WORKFLOW.target(transition, state=before)
    application.save(update_fields=["state", *written])
    record(
        application,
        verb,
        actor=by,
        at=at,
        role=Role.PROJECT_LEADER.label if by else "",
        before=before,
        after=application.state,
        reason=reason,
        **data,
    )
    return application
