"""Destroying cases whose term is over (domain reference 8.4): proposed, reviewed, signed by two, done, and recorded.

The database refuses to delete what was filed, decided or recorded. It makes one exception: inside the transaction
that names a line of a list that two people signed. What is left of a case is that line: what, when, why, and hashes.
"""

import logging
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q

from kvk2.core import storage
from kvk2.core.audit import record
from kvk2.core.deadlines import Unit, local_date, term_end
from kvk2.core.errors import DomainError
from kvk2.core.models import AuditEvent, StoredFile
from subsidies.case_rows import Rows, files_of, loose_from, rows_of_case, trail_of
from subsidies.models import (
    AgendaItem,
    Application,
    DestructionLine,
    DestructionList,
    RetentionRule,
)
from subsidies.services.retention import (
    ReasonMissing,
    Retention,
    retention_of,
    rules,
    with_retention,
)
from subsidies.states import FILED, ApplicationState
from subsidies.states_retention import DESTRUCTION_WORKFLOW, DestructionState

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger(__name__)
Verdict = DestructionLine.Verdict
SETTING = "kvk2.destruction_line"
UNFILED = (ApplicationState.DRAFT, ApplicationState.LAPSED)
CLOSED = (*FILED, ApplicationState.WITHDRAWN, ApplicationState.NOT_PROCESSED)


class NothingToDestroy(DomainError):
    """No case is past its term."""


class ListOpen(DomainError):
    """There is a list of this year that is not finished."""


class NotReviewed(DomainError):
    """Somebody has to judge every line before the list is signed."""


class SignedByOne(DomainError):
    """The same person cannot sign twice."""


class ListFixed(DomainError):
    """After a signature the lines do not change."""


class StillNeeded(DomainError):
    """The case must stay: a hold, a term that became longer, or minutes that nobody adopted yet."""


@transaction.atomic
def propose_list(*, by: "User | None", at: datetime) -> DestructionList:
    """A list of every case whose term is over and that nothing holds. Raises ListOpen or NothingToDestroy."""
    today = local_date(at)
    if DestructionList.objects.filter(
        year=today.year,
        state__in=[
            DestructionState.PROPOSED,
            DestructionState.FIRST_SIGNED,
            DestructionState.SIGNED,
        ],
    ).exists():
        raise ListOpen(f"Er loopt al een vernietigingslijst van {today.year}.")
    known = rules()
    rows = with_retention(Application.objects.filter(state__in=CLOSED)).order_by("number")
    over = [
        (application, found)
        for application in rows
        if (found := retention_of(application, known)).is_over(today)
    ]
    if not over:
        raise NothingToDestroy("Van geen enkel dossier is de bewaartermijn voorbij.")
    made = DestructionList.objects.create(year=today.year, proposed_at=at)
    DestructionLine.objects.bulk_create([_line(made, *pair) for pair in over])
    record(made, "destruction_proposed", actor=by, at=at, after=made.state, cases=len(over))
    return made


@transaction.atomic
def judge_line(
    line: DestructionLine, *, verdict: str, reason: str = "", by: "User", at: datetime
) -> DestructionLine:
    """Destroy, or keep with a reason. Raises ListFixed or ReasonMissing."""
    made = _locked(line.list)
    if made.state != DestructionState.PROPOSED:
        raise ListFixed("Deze lijst is al ondertekend: de regels veranderen niet meer.")
    line = DestructionLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if verdict == Verdict.KEEP and not reason.strip():
        raise ReasonMissing("Schrijf op waarom dit dossier langer bewaard blijft.")
    line.verdict = Verdict(verdict)
    line.reason = reason.strip() if verdict == Verdict.KEEP else ""
    line.judged_by, line.judged_at = by, at
    line.save(update_fields=["verdict", "reason", "judged_by", "judged_at"])
    record(
        made,
        "destruction_line_judged",
        actor=by,
        at=at,
        before=made.state,
        after=made.state,
        reason=line.reason,
        case=line.case,
        verdict=line.verdict,
    )
    return line


@transaction.atomic
def sign_first(made: DestructionList, *, by: "User", at: datetime) -> DestructionList:
    """The project leader signs the list as it was judged. Raises NotReviewed or TransitionNotAllowed."""
    made = _locked(made)
    target = DESTRUCTION_WORKFLOW.target("sign_first", state=made.state)
    if made.lines.filter(verdict=Verdict.OPEN).exists():
        raise NotReviewed("Beoordeel eerst elke regel: vernietigen of bewaren.")
    before, made.state = made.state, target
    made.first_signed_by, made.first_signed_at = by, at
    made.save(update_fields=["state", "first_signed_by", "first_signed_at"])
    record(made, "destruction_signed", actor=by, at=at, before=before, after=target)
    return made


@transaction.atomic
def sign_second(made: DestructionList, *, by: "User", at: datetime) -> DestructionList:
    """The archivist signs; from here on the portal destroys. Raises SignedByOne or TransitionNotAllowed."""
    made = _locked(made)
    target = DESTRUCTION_WORKFLOW.target("sign_second", state=made.state)
    if made.first_signed_by_id == by.pk:
        raise SignedByOne("Twee verschillende mensen ondertekenen een vernietigingslijst.")
    before, made.state = made.state, target
    made.second_signed_by, made.second_signed_at = by, at
    made.save(update_fields=["state", "second_signed_by", "second_signed_at"])
    record(made, "destruction_signed", actor=by, at=at, before=before, after=target)
    return made


@transaction.atomic
def discard_list(
    made: DestructionList, *, reason: str, by: "User", at: datetime
) -> DestructionList:
    """Give up a list before it takes effect. Raises ReasonMissing or TransitionNotAllowed."""
    if not reason.strip():
        raise ReasonMissing("Schrijf op waarom deze lijst vervalt.")
    made = _locked(made)
    before, made.state = made.state, DESTRUCTION_WORKFLOW.target("discard", state=made.state)
    made.save(update_fields=["state"])
    record(
        made,
        "destruction_discarded",
        actor=by,
        at=at,
        before=before,
        after=made.state,
        reason=reason.strip(),
    )
    return made


def execute_signed(*, at: datetime) -> int:
    """Destroy what signed lists say, a case at a time; the number destroyed.

    Each case is one transaction: who is killed halfway leaves whole cases, and the next sweep goes on.
    """
    count = 0
    for made in DestructionList.objects.to_execute().order_by("pk"):
        lines = made.lines.filter(verdict=Verdict.DESTROY, done_at=None, error="").order_by("pk")
        for pk in lines.values_list("pk", flat=True):
            count += _try(pk, at=at)
        _finish(made, at=at)
    return count


def _try(line_id: int, *, at: datetime) -> bool:
    try:
        return destroy_case(line_id, at=at)
    except Exception as error:  # the row's own record of what went wrong; the other cases go on
        reason = error.message if isinstance(error, DomainError) else type(error).__name__
        logger.warning("destruction_failed", extra={"line": line_id, "error": type(error).__name__})
        DestructionLine.objects.filter(pk=line_id, done_at=None).update(error=reason[:300])
        return False


@transaction.atomic
def destroy_case(line_id: int, *, at: datetime) -> bool:
    """Delete every row and file of the case of one signed line; False when somebody else does.

    Raises StillNeeded when a hold or a longer term came since. The database refuses a line that two did not sign.
    """
    line = (
        DestructionLine.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=line_id, done_at=None, verdict=Verdict.DESTROY)
        .select_related("list")
        .first()
    )
    if line is None or line.application_id is None:
        return False
    Application.objects.select_for_update(of=("self",)).get(pk=line.application_id)
    application = with_retention(Application.objects.all()).get(pk=line.application_id)
    _refuse_needed(application, local_date(at))
    rows = rows_of_case(application.pk)
    line.record = _record(rows, application)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(line.pk)])
    _delete(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, '', true)", [SETTING])
    line.application, line.done_at = None, at
    line.save(update_fields=["record", "application", "done_at"])
    record(
        line.list,
        "case_destroyed",
        actor=None,
        at=at,
        before=line.list.state,
        after=line.list.state,
        case=line.case,
    )
    return True


def forget_drafts(*, at: datetime) -> int:
    """Delete drafts that were never filed when their term after the closing of the round is over; the number."""
    rule = rules().get(RetentionRule.RecordKind.DRAFT)
    if rule is None or rule.term_months is None:
        return 0
    today = local_date(at)
    rows = Application.objects.filter(state__in=UNFILED, number="").select_related("round")
    over = [row for row in rows.order_by("pk") if _draft_over(row, rule.term_months, today)]
    return sum(_forget(row, at) for row in over)


def _draft_over(draft: Application, months: int, today: date) -> bool:
    closed = draft.round.extended_until or draft.round.closes_at
    return term_end(local_date(closed), months, Unit.MONTHS, atw_applies=False).last_day < today


@transaction.atomic
def _forget(draft: Application, at: datetime) -> int:
    draft = Application.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.state not in UNFILED or draft.legal_holds.filter(lifted_at=None).exists():
        return 0
    record(draft.round, "draft_forgotten", actor=None, at=at)
    _delete(rows_of_case(draft.pk), with_trail=False)
    return 1


def _line(made: DestructionList, application: Application, found: Retention) -> DestructionLine:
    term = found.longest
    assert term is not None  # noqa: S101 - `is_over` said so
    rule = term.rule
    return DestructionLine(
        list=made,
        application=application,
        case=application.number,
        ikc=application.ikc.name,
        rule=f"{rule.result} {rule.title}, {rule.term_in_words}".strip()[:200],
        ended_on=term.ended_on,
        retention_until=term.until,
    )


def _refuse_needed(application: Application, today: date) -> None:
    if not retention_of(application, rules()).is_over(today):
        raise StillNeeded(
            "Het dossier moet blijven: er is een bewaarplicht of een langere termijn."
        )
    # Selectielijst 19.1.7: agenda and minutes are permanent; they are when their file was made.
    loose = AgendaItem.objects.filter(application=application).exclude(
        Q(meeting__state="cancelled") | Q(meeting__minutes_files__stored__isnull=False)
    )
    if loose.exists():
        raise StillNeeded("Stel eerst het verslag vast van de vergadering over deze aanvraag.")


def _record(rows: Rows, application: Application) -> dict[str, Any]:
    """What goes, without what it said."""
    return {
        "state": application.state,
        "rows": {model._meta.label: len(ids) for model, ids in rows.items()},
        "events": trail_of(rows).count(),
        "files": [
            {"sha256": stored.sha256, "size": stored.size, "type": stored.content_type}
            for stored in files_of(rows)
        ],
    }


def _delete(rows: Rows, *, with_trail: bool = True) -> None:
    """Foreign keys are checked at the end of the transaction, so the order of the tables does not matter."""
    files = list(files_of(rows))
    events = list(trail_of(rows).values_list("pk", flat=True)) if with_trail else []
    for model, pks in rows.items():
        _raw_delete(model, pks)
    _raw_delete(AuditEvent, events)
    for field in loose_from(rows):
        held = field.model._base_manager.filter(**{f"{field.name}__in": rows[field.related_model]})
        held.update(**{field.name: None})
    for stored in files:
        storage.forget(stored)
    _raw_delete(StoredFile, [stored.pk for stored in files])


def _raw_delete(model: Any, ids: Any) -> None:
    model._base_manager.filter(pk__in=ids).order_by()._raw_delete(connection.alias)


def _finish(made: DestructionList, *, at: datetime) -> None:
    """The list is done when nothing on it waits."""
    with transaction.atomic():
        made = _locked(made)
        if made.lines.filter(verdict=Verdict.DESTROY, done_at=None).exists():
            return
        before, made.state = made.state, DESTRUCTION_WORKFLOW.target("finish", state=made.state)
        made.finished_at = at
        made.save(update_fields=["state", "finished_at"])
        record(made, "destruction_done", actor=None, at=at, before=before, after=made.state)


def _locked(made: DestructionList) -> DestructionList:
    return DestructionList.objects.select_for_update(of=("self",)).get(pk=made.pk)
