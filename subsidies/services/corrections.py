"""What the applicant supplies on a request to complete: kept half-way, filed, and taken over or not.

The application stays as it was filed until the project leader takes the correction over: a trigger sees to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

from ikc.roles import Role
from kvk2.core.audit import record, record_download
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import remove, store
from kvk2.core.uploads import FileRefused, accept_file
from subsidies.correctable import (
    LINES,
    MONEY_FIELDS,
    corrected,
    corrected_lines,
    fields_of,
    from_json,
    is_group,
    is_of_plan,
    value_of,
    why_fixed,
)
from subsidies.facts import known
from subsidies.models import (
    Application,
    Attachment,
    BudgetLine,
    CompletionRequest,
    Correction,
    CorrectionFile,
    Subject,
)
from subsidies.services import financial_years
from subsidies.services.applications import NewerVersionSaved, require_authority
from subsidies.services.budgets import BudgetState, budget_state
from subsidies.services.child_statements import take_over_corrected
from subsidies.services.completions import close_request
from subsidies.services.correction_rows import gaps_with, write_lines, write_rows
from subsidies.services.standing import Standing, standing_of
from subsidies.states import APPLICATION_WORKFLOW, CORRECTION_WORKFLOW, CorrectionState

if TYPE_CHECKING:
    from ikc.models import User


class TermOver(DomainError):
    """The term to complete is over, or the request was ended."""

    code = "TERM_OVER"


class NotAsked(DomainError):
    """Only what was asked may change."""

    code = "NOT_ASKED"


class NothingSupplied(DomainError):
    """Something that was asked has no answer yet."""

    code = "NOTHING_SUPPLIED"


class StillWrong(DomainError):
    """With the correction the application breaks a norm of the round."""

    code = "STILL_WRONG"


class JudgementMissing(DomainError):
    """Not taking over a correction is explained to the applicant."""

    code = "REASON_MISSING"


@transaction.atomic
def save_correction(
    request: CompletionRequest,
    *,
    values: Mapping[str, Any],
    explanation: str = "",
    typed: Sequence[tuple[str, Sequence[str]]] = (),
    version: int | None = None,
    page: str = "",
    turn: int = 0,
    by: "User",
    at: datetime,
) -> Correction:
    """Keep what was typed so far. `values`: answers as JSON, by the names of `correctable.fields_of`.

    While something in the page is no value yet, `typed` is all of it as it was posted, and the values and the
    explanation do not count. `version`, `page` and `turn` as in `services.applications.Typed`.
    Refusals: `TermOver`, `NoMandate`, `NotAsked`, `NewerVersionSaved`.
    """
    request, correction = _open_draft(request, by=by, at=at)
    _require_newest(correction, version, page, turn)
    correction.typed = [[name, list(given)] for name, given in typed]
    if not typed:
        allowed = {name for one in changeable(request, at=at) for name in fields_of(one)}
        if set(values) - allowed:
            raise NotAsked("U kunt alleen veranderen waar de gemeente om vroeg.")
        correction.changes = _changes(request.application, correction, values)
        correction.explanation = explanation.strip()
    correction.version += 1
    correction.page, correction.turn = page, turn
    correction.saved_at, correction.saved_by = at, by
    correction.save()
    return correction


def _require_newest(correction: Correction, version: int | None, page: str, turn: int) -> None:
    """Refuse an older page, and an older save of the same page."""
    own = bool(page) and page == correction.page
    overtaken = own and 0 < turn < correction.turn
    if overtaken or (not own and version not in (None, correction.version)):
        raise NewerVersionSaved("De aanvulling is intussen door een collega gewijzigd.")


def _changes(
    application: Application, correction: Correction, values: Mapping[str, Any]
) -> dict[str, Any]:
    changes = dict(correction.changes)
    for name, after in values.items():
        before = value_of(application, name)
        changes.pop(name, None)
        if after != before:
            changes[name] = {"before": before, "after": after}
    return changes


@transaction.atomic
def discard_correction(request: CompletionRequest, *, by: "User", at: datetime) -> None:
    """Throw away what was typed and added so far; the request stays open. Refusals: `TermOver`, `NoMandate`."""
    request, correction = _open_draft(request, by=by, at=at)
    if correction.pk is None:
        return
    for file in correction.files.select_related("stored"):
        stored = file.stored
        file.delete()
        remove(stored)
    fields = sorted(correction.changes)
    correction.delete()
    record(request.application, "correction_discarded", actor=by, at=at, fields=fields)


def changeable(request: CompletionRequest, *, at: datetime) -> list[Subject]:
    """What was asked and may (still) change, each once, in the order of the request."""
    subjects = [Subject(item.subject) for item in request.asked]
    round_ = request.application.round
    return [subject for subject in dict.fromkeys(subjects) if not why_fixed(subject, round_, at)]


@transaction.atomic
def add_correction_file(
    request: CompletionRequest, *, kind: str, name: str, content: bytes, by: "User", at: datetime
) -> CorrectionFile:
    """Keep a file with the correction. Refusals: those of `save_correction`, and `FileRefused`."""
    request, correction = _open_draft(request, by=by, at=at)
    if kind not in kinds_asked(changeable(request, at=at)):
        raise NotAsked("Om dit soort stuk vroeg de gemeente niet.")
    if correction.pk is None:
        correction.save()
    elif correction.files.count() >= settings.APPLICATION_MAX_FILES:
        raise FileRefused(f"U kunt hoogstens {settings.APPLICATION_MAX_FILES} bestanden toevoegen.")
    accepted = accept_file(name, content)
    stored = store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    file = CorrectionFile.objects.create(correction=correction, kind=kind, stored=stored)
    record(
        request.application,
        "correction_file_added",
        actor=by,
        at=at,
        on_behalf_of=str(request.application.board),
        name=stored.name,
        sha256=stored.sha256,
    )
    return file


def kinds_asked(subjects: Iterable[Subject]) -> list[str]:
    """The kinds of files that may be added for `subjects`."""
    kinds: list[str] = []
    for subject in subjects:
        if subject is Subject.PROOF:
            kinds.append(Attachment.Kind.SUPPORT)
        elif subject is Subject.FILE:
            elsewhere = (Attachment.Kind.SUPPORT, *financial_years.ONLY_YEARLY)
            kinds += [kind for kind in Attachment.Kind if kind not in elsewhere]
    return kinds


@transaction.atomic
def remove_correction_file(file: CorrectionFile, *, by: "User", at: datetime) -> Correction:
    """Take a file away from a correction that was not filed yet. Refusals: `TermOver`, `NoMandate`."""
    request, correction = _open_draft(file.correction.request, by=by, at=at)
    stored = file.stored
    file.delete()
    remove(stored)
    record(
        request.application,
        "correction_file_removed",
        actor=by,
        at=at,
        on_behalf_of=str(request.application.board),
        name=stored.name,
        sha256=stored.sha256,
    )
    return correction


@transaction.atomic
def open_correction_file(file: CorrectionFile, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the file and record who took it. Refusals: `NotScannedYet`, `FileInfected`."""
    stored = file.stored
    require_openable(stored)
    application = file.correction.request.application
    record_download(
        application,
        "correction_file_downloaded",
        stored,
        about=f"Aanvulling bij aanvraag {application}",
        actor=by,
        at=at,
    )
    return stored


def missing_for_correction(correction: Correction, *, at: datetime) -> list[str]:
    """What was asked and has no answer yet, and what the norms of the round say, as sentences."""
    request = correction.request
    kinds = {file.kind for file in correction.files.all()} if correction.pk else set()
    missing = [
        f"Vul aan: {subject.label}."
        for subject in changeable(request, at=at)
        if not correction.explanation and not _supplied(subject, correction, kinds)
    ]
    if correction.typed:
        missing.insert(0, "Een antwoord is nog niet goed ingevuld. Kijk uw antwoorden na.")
    missing += gaps_with(request.application, correction.changes, _filed_on(request.application))
    if MONEY_FIELDS & set(correction.changes):
        state = _budget_with(request.application, correction.changes)
        missing += [problem.message for problem in state.problems]
    return missing


def _supplied(subject: Subject, correction: Correction, kinds: set[str]) -> bool:
    if subject.is_file:
        return bool(kinds & set(kinds_asked([subject])))
    return any(name in correction.changes for name in fields_of(subject))


@transaction.atomic
def submit_correction(request: CompletionRequest, *, by: "User", at: datetime) -> Correction:
    """File the correction: the request is answered and the clock of the municipality runs again (Awb 4:15).

    Refusals: `TermOver`, `NoMandate`, `NothingSupplied`, `StillWrong`.
    """
    request, correction = _open_draft(request, by=by, at=at)
    application = request.application
    allowed = {name for subject in changeable(request, at=at) for name in fields_of(subject)}
    if set(correction.changes) - allowed:
        raise NotAsked(
            "De ronde is gesloten. Een deel van uw aanvulling kan daarom niet meer. Haal dat deel weg."
        )
    if missing := missing_for_correction(correction, at=at):
        refusal = NothingSupplied if missing[0].startswith("Vul aan") else StillWrong
        raise refusal(" ".join(missing))
    authority = require_authority(by, application.ikc, local_date(at))
    target = APPLICATION_WORKFLOW.target("complete", state=application.state)
    correction.state = CORRECTION_WORKFLOW.target("submit", state=correction.state)
    correction.submitted_at, correction.submitted_by = at, by
    if correction.pk is None:
        correction.save()
    else:
        correction.save(update_fields=["state", "submitted_at", "submitted_by"])
    close_request(request, CompletionRequest.Outcome.COMPLETED, at=at, completed=True)
    before, application.state = application.state, target
    application.save(update_fields=["state"])
    record(
        application,
        "correction_submitted",
        actor=by,
        at=at,
        on_behalf_of=str(application.board),
        role=authority.role,
        before=before,
        after=target,
        fields=sorted(correction.changes),
    )
    return correction


@transaction.atomic
def accept_correction(
    correction: Correction, *, judgement: str = "", by: "User", at: datetime
) -> Correction:
    """Take the correction over into the application; complete is the moment at which it came in.

    Refusals: `TransitionNotAllowed`, `NotScannedYet`, `FileInfected`, `StillWrong`.
    """
    application, correction = _lock_submitted(correction)
    target = CORRECTION_WORKFLOW.target("accept", state=correction.state)
    files = list(correction.files.select_related("stored").order_by("pk"))
    for file in files:
        require_openable(file.stored)
    _take_over(application, correction)
    Attachment.objects.bulk_create(
        Attachment(application=application, kind=file.kind, stored=file.stored) for file in files
    )
    application.complete_at = correction.submitted_at
    application.save(update_fields=["complete_at"])
    return _judge(application, correction, target, "correction_accepted", judgement, by=by, at=at)


@transaction.atomic
def reject_correction(
    correction: Correction, *, judgement: str, by: "User", at: datetime
) -> Correction:
    """Leave the application as it was, with the reason. Refusals: `JudgementMissing`, `TransitionNotAllowed`."""
    application, correction = _lock_submitted(correction)
    target = CORRECTION_WORKFLOW.target("reject", state=correction.state)
    if not judgement.strip():
        raise JudgementMissing("Leg uit waarom de aanvulling niet wordt overgenomen.")
    return _judge(application, correction, target, "correction_rejected", judgement, by=by, at=at)


def _take_over(application: Application, correction: Correction) -> None:
    """Write the new answers; the database lets nobody else do this."""
    changes = correction.changes
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kvk2.correction', %s, true)", [str(correction.pk)])
    plain = [name for name in changes if not is_group(name) and not is_of_plan(name)]
    planned = [name for name in changes if is_of_plan(name)]
    for name in plain:
        setattr(application, name, from_json(application, name, changes[name]["after"]))
    for name in planned:
        setattr(application.plan, name, from_json(application.plan, name, changes[name]["after"]))
    if planned:
        application.plan.save(update_fields=planned)
    write_rows(application, changes, _standing(application), _filed_on(application))
    if LINES in changes:
        write_lines(application, corrected_lines(application, changes))
    if MONEY_FIELDS & set(changes):
        plain += _freeze_amounts(application)
    if plain:
        application.save(update_fields=plain)
    _confirm_children(application, correction)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kvk2.correction', '', true)")


def _confirm_children(application: Application, correction: Correction) -> None:
    """Other numbers of children were signed for by who filed the correction."""
    if set(fields_of(Subject.CHILDREN)) & set(correction.changes):
        by, at = known(correction.submitted_by), known(correction.submitted_at)
        take_over_corrected(application, by=by, at=at)


def _freeze_amounts(application: Application) -> list[str]:
    """The maximum and the eligible amount again, by the facts about the IKC on the day of filing."""
    lines = list(application.budget_lines.order_by("side", "order", "pk"))
    state = _state(application, lines)
    if state.maximum is None or state.requested is None:
        raise StillWrong("Het maximum van de aanvraag is niet te berekenen.")
    if state.problems:
        raise StillWrong(" ".join(problem.message for problem in state.problems))
    application.max_amount = state.maximum.maximum
    application.eligible_amount = min(state.requested, state.maximum.maximum, state.expenditure)
    return ["max_amount", "eligible_amount"]


def _budget_with(application: Application, changes: Mapping[str, Any]) -> BudgetState:
    return _state(corrected(application, changes), corrected_lines(application, changes))


def _state(application: Application, lines: list[BudgetLine]) -> BudgetState:
    return budget_state(application, lines, _standing(application))


def _filed_on(application: Application) -> date:
    return local_date(application.received_at or application.created_at)


def _standing(application: Application) -> Standing:
    return standing_of(application.ikc, _filed_on(application))


def _judge(
    application: Application,
    correction: Correction,
    target: str,
    verb: str,
    judgement: str,
    *,
    by: "User",
    at: datetime,
) -> Correction:
    before, correction.state = correction.state, target
    correction.judged_at, correction.judged_by = at, by
    correction.judgement = judgement.strip()
    correction.save(update_fields=["state", "judged_at", "judged_by", "judgement"])
    record(
        application,
        verb,
        actor=by,
        at=at,
        role=Role.PROJECT_LEADER.label,
        before=before,
        after=target,
        reason=correction.judgement,
    )
    return correction


def _open_draft(
    request: CompletionRequest, *, by: "User", at: datetime
) -> tuple[CompletionRequest, Correction]:
    """The request, with the application locked, and its correction (not saved yet when there was none)."""
    application = _lock(request.application_id)
    request = CompletionRequest.objects.get(pk=request.pk)
    request.application = application
    require_authority(by, application.ikc, local_date(at))
    if request.closed_at is not None or at >= request.ends_at:
        raise TermOver("De termijn om aan te vullen is voorbij, of u hebt al aangevuld.")
    correction = Correction.objects.filter(request=request).first()
    if correction is None:
        correction = Correction(request=request, saved_at=at, saved_by=by)
    correction.request = request
    if correction.state != CorrectionState.DRAFT:
        raise TermOver("U hebt de aanvulling al ingediend.")
    return request, correction


def _lock_submitted(correction: Correction) -> tuple[Application, Correction]:
    application = _lock(correction.request.application_id)
    correction = Correction.objects.select_related("request").get(pk=correction.pk)
    correction.request.application = application
    return application, correction


def _lock(pk: int) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related(
            "round__scheme_version", "ikc__attention_area", "ikc__board", "board", "plan"
        )
        .prefetch_related("round__formulas", "round__tiers")
        .get(pk=pk)
    )


def note_virus(stored: StoredFile, *, at: datetime, **_signal: object) -> bool:
    """Receiver of `file_infected`: write it in the trail of the application; False when the file is of no correction."""
    file = (
        CorrectionFile.objects.select_related("correction__request__application")
        .filter(stored=stored)
        .first()
    )
    if file is None:
        return False
    record(
        file.correction.request.application,
        "attachment_infected",
        actor=None,
        at=at,
        name=stored.name,
        sha256=stored.sha256,
        signature=stored.signature,
    )
    return True
