"""More or less time to decide on an objection: a defect to repair, an extension, agreed delay (Awb 6:6, 7:10)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import Letter, Objection, ObjectionDelay, ObjectionRepair
from subsidies.objection_terms import LONGEST_EXTENSION
from subsidies.services import objection_letters
from subsidies.services.objections import (
    ObjectionIncomplete,
    lock,
    lock_for,
    refresh_term,
)
from subsidies.states_objections import OBJECTION_WORKFLOW, OPEN_OBJECTIONS, ObjectionState

if TYPE_CHECKING:
    from ikc.models import User

LETTERS: dict[str, str] = {
    ObjectionDelay.Kind.EXTENDED: Letter.Code.OBJECTION_EXTENDED,
    ObjectionDelay.Kind.AGREED: Letter.Code.OBJECTION_DELAYED,
}


class DelayRefused(DomainError):
    """The term cannot be longer like this."""

    code = "DELAY_REFUSED"


class RepairClosed(DomainError):
    """There is nothing to repair, or no longer."""

    code = "REPAIR_CLOSED"


@transaction.atomic
def ask_repair(
    objection: Objection, *, missing: str, due_on: date, by: "User", at: datetime
) -> ObjectionRepair:
    """Give the objector time to add what is missing; the clock stops (Awb 6:6, 7:10(2), L19H).

    Refusals: `NotAHandler`, `ObjectionIncomplete`, `RepairClosed`, `TransitionNotAllowed`.
    """
    objection = lock_for(objection, by)
    target = OBJECTION_WORKFLOW.target("ask_repair", state=objection.state)
    if hasattr(objection, "repair"):
        raise RepairClosed("De bezwaarmaker is al om herstel gevraagd.")
    if not missing.strip():
        raise ObjectionIncomplete("Schrijf op wat de bezwaarmaker moet aanvullen.")
    if due_on <= local_date(at):
        raise ObjectionIncomplete("Geef de bezwaarmaker tijd: kies een dag na vandaag.")
    repair = ObjectionRepair.objects.create(
        objection=objection, missing=missing.strip(), asked_at=at, asked_by=by, due_on=due_on
    )
    before, objection.state = objection.state, target
    objection.save(update_fields=["state"])
    record(
        objection,
        "objection_repair_asked",
        actor=by,
        at=at,
        before=before,
        after=target,
        reason=repair.missing,
        due_on=due_on,
    )
    refresh_term(objection)
    objection_letters.order(Letter.Code.OBJECTION_DEFECT, objection, by=by, at=at)
    return repair


@transaction.atomic
def repair(
    objection: Objection, *, text: str, repaired_on: date, by: "User", at: datetime
) -> Objection:
    """Keep what the objector added. Refusals: `RepairClosed`, `ObjectionIncomplete`, `TransitionNotAllowed`."""
    objection = lock(objection)
    if not text.strip():
        raise ObjectionIncomplete("Schrijf op wat de aanvulling is.")
    row = _open_repair(objection)
    if not local_date(row.asked_at) <= repaired_on <= local_date(at):
        raise ObjectionIncomplete(
            "De dag van de aanvulling ligt na de vraag en niet in de toekomst."
        )
    if repaired_on > row.due_on:
        raise RepairClosed("De termijn om aan te vullen is voorbij.")
    row.text, row.repaired_on, row.ended_at = text.strip(), repaired_on, at
    row.save(update_fields=["text", "repaired_on", "ended_at"])
    return _end_repair(objection, "objection_repaired", by=by, at=at)


@transaction.atomic
def lapse_repairs(*, at: datetime) -> int:
    """End the terms to repair of which the last day is over, unused; the number ended."""
    over = ObjectionRepair.objects.filter(
        ended_at=None, due_on__lt=local_date(at), objection__state=ObjectionState.DEFECT
    )
    count = 0
    for row in over.select_related("objection").order_by("pk"):
        objection = lock(row.objection)
        if objection.state != ObjectionState.DEFECT:
            continue
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        _end_repair(objection, "objection_not_repaired", by=None, at=at)
        count += 1
    return count


def _open_repair(objection: Objection) -> ObjectionRepair:
    OBJECTION_WORKFLOW.target("end_repair", state=objection.state)
    return ObjectionRepair.objects.select_for_update(of=("self",)).get(objection=objection)


def _end_repair(objection: Objection, verb: str, *, by: "User | None", at: datetime) -> Objection:
    before = objection.state
    objection.state = OBJECTION_WORKFLOW.target("end_repair", state=before)
    objection.save(update_fields=["state"])
    record(objection, verb, actor=by, at=at, before=before, after=objection.state)
    refresh_term(objection)
    return objection


@transaction.atomic
def extend(
    objection: Objection, *, weeks: int, reason: str, by: "User", at: datetime
) -> ObjectionDelay:
    """Take up to six weeks more, once, and say so before the term ends (Awb 7:10(3)).

    Refusals: `NotAHandler`, `DelayRefused`, `ObjectionIncomplete`.
    """
    objection = _lock_running(objection, by)
    if not 1 <= weeks <= LONGEST_EXTENSION:
        raise DelayRefused(f"Verdagen kan met 1 tot en met {LONGEST_EXTENSION} weken.")
    if objection.delays.filter(kind=ObjectionDelay.Kind.EXTENDED).exists():
        raise DelayRefused(
            "De beslissing is al een keer verdaagd. Langer kan alleen als de bezwaarmaker instemt."
        )
    if local_date(at) > objection.decide_before:
        raise DelayRefused("De termijn om te beslissen is voorbij: verdagen kan niet meer.")
    return _delay(
        objection,
        ObjectionDelay(kind=ObjectionDelay.Kind.EXTENDED, weeks=weeks, reason=reason),
        "objection_extended",
        by=by,
        at=at,
    )


@transaction.atomic
def agree_delay(
    objection: Objection, *, until: date, reason: str, by: "User", at: datetime
) -> ObjectionDelay:
    """The objector agreed to a later decision (Awb 7:10(4)). Refusals as `extend`."""
    objection = _lock_running(objection, by)
    if until <= objection.decide_before:
        raise DelayRefused("Kies een dag na de dag waarop nu uiterlijk wordt beslist.")
    return _delay(
        objection,
        ObjectionDelay(kind=ObjectionDelay.Kind.AGREED, until=until, reason=reason),
        "objection_delay_agreed",
        by=by,
        at=at,
    )


def _lock_running(objection: Objection, by: "User") -> Objection:
    objection = lock_for(objection, by)
    if objection.state not in OPEN_OBJECTIONS:
        raise DelayRefused("Op dit bezwaar hoeft niet meer te worden beslist.")
    return objection


def _delay(
    objection: Objection, delay: ObjectionDelay, verb: str, *, by: "User", at: datetime
) -> ObjectionDelay:
    """Keep the delay with the day that follows from it."""
    if not delay.reason.strip():
        raise ObjectionIncomplete("Schrijf op waarom de beslissing later komt.")
    old = objection.decide_before
    delay.objection, delay.reason = objection, delay.reason.strip()
    delay.old_day, delay.delayed_at, delay.delayed_by = old, at, by
    delay.new_day = refresh_term(objection, delay)
    delay.save()
    record(objection, verb, actor=by, at=at, reason=delay.reason, was=old, became=delay.new_day)
    objection_letters.order(LETTERS[delay.kind], objection, by=by, at=at)
    return delay
