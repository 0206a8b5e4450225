"""The letters about an objection (L19, L19H, L19V, L19U, L20) go to who objects: in the portal, by the post, or printed by hand.

An objector without an application in the round has no mailbox in the portal. For them the letter is made when the
project leader prints it, with the name and address that stand with the objection.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateformat import format as date_format

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.documents import Addressee
from subsidies.documents_standard import StandardLetterContext, render_standard
from subsidies.facts import known
from subsidies.models import Letter, Objection, ObjectionDelay, ObjectionHearing, ObjectionRepair
from subsidies.objection_terms import documents_until
from subsidies.services.letter_contexts import addressee
from subsidies.services.standard_letters import order_standard_letter, standard_context

if TYPE_CHECKING:
    from ikc.models import User

Code = Letter.Code
# Which letters there can be to print, by what the objection has reached.
PRINTABLE = (
    Code.OBJECTION_RECEIVED,
    Code.OBJECTION_DEFECT,
    Code.OBJECTION_EXTENDED,
    Code.OBJECTION_DELAYED,
    Code.HEARING,
    Code.OBJECTION_DECISION,
)


class NothingToPrint(DomainError):
    """The letter goes through the portal, or there is nothing to say yet."""

    code = "NOTHING_TO_PRINT"


def order(code: str, objection: Objection, *, by: "User", at: datetime) -> Letter | None:
    """Order the letter for who objects through an own application; nothing for who is written to by hand."""
    if objection.own_application is None:
        return None
    merged = values(code, objection, contact=by.full_name)
    return order_standard_letter(code, objection.own_application, merged, at=at)


def print_letter(code: str, objection: Objection, *, by: "User", at: datetime) -> bytes:
    """The letter as a PDF for the post to who has no mailbox here; that it was made is recorded. Refusal: `NothingToPrint`."""
    if objection.own_application is not None or code not in printable(objection):
        raise NothingToPrint("Deze brief is er niet, of gaat via het portaal.")
    letter = (
        _answer(objection) if code == Code.OBJECTION_DECISION else _plain(code, objection, by, at)
    )
    letter = replace(
        letter, addressee=addressee_of(objection), reference=f"{objection.reference}-{code}"
    )
    content = render_standard(letter)
    record(objection, "objection_letter_printed", actor=by, at=at, letter=code)
    return content


def _plain(code: str, objection: Objection, by: "User", at: datetime) -> StandardLetterContext:
    merged = values(code, objection, contact=by.full_name)
    return standard_context(code, objection.decision.application, merged, decision=None, at=at)


def _answer(objection: Objection) -> StandardLetterContext:
    """The decision on the objection as it was sent to the applicant."""
    letter = Letter.objects.get(decision=objection.answer)
    return StandardLetterContext.from_dict(letter.context)


def addressee_of(objection: Objection) -> Addressee:
    """Who objects: the board that applied, or the name and address that stand with the objection."""
    if objection.own_application is not None:
        return addressee(objection.own_application.board)
    return Addressee(
        organisation=objection.organisation or objection.name,
        attention=objection.name if objection.organisation else "",
        lines=tuple(line for line in objection.address.splitlines() if line.strip()),
        salutation="Geachte heer of mevrouw,",
    )


def printable(objection: Objection) -> list[str]:
    """The codes of the letters that there is something to say in, for an objector without a mailbox."""
    if objection.own_application_id is not None:
        return []
    delays = {row.kind for row in objection.delays.all()}
    reached = {
        Code.OBJECTION_EXTENDED: ObjectionDelay.Kind.EXTENDED in delays,
        Code.OBJECTION_DELAYED: ObjectionDelay.Kind.AGREED in delays,
        Code.OBJECTION_RECEIVED: objection.acknowledged_at is not None,
        Code.OBJECTION_DEFECT: hasattr(objection, "repair"),
        Code.HEARING: hasattr(objection, "hearing"),
        Code.OBJECTION_DECISION: objection.answer_id is not None
        and known(objection.answer).announced_at is not None,
    }
    return [code.value for code in PRINTABLE if reached[code]]


def values(code: str, objection: Objection, *, contact: str) -> dict[str, Any]:
    """The merge fields of the letter; `contact`: the officer who knows the case."""
    own = _MAKERS[code](objection)
    if code == Code.OBJECTION_RECEIVED:
        own |= {"behandelaar": contact, "ontvangen_op": local_date(objection.received_at)}
    return {**case(objection), **own}


def case(objection: Objection) -> dict[str, Any]:
    """What every letter about an objection says of it."""
    decision = objection.decision
    return {
        "bezwaar": objection.reference,
        "besluit": decision.reference,
        "besluitdatum": local_date(known(decision.announced_at)),
    }


def _received(objection: Objection) -> dict[str, Any]:
    return {
        "beslissen_uiterlijk": objection.decide_before,
        "termijn": "twaalf weken" if objection.with_committee else "zes weken",
    }


def _defect(objection: Objection) -> dict[str, Any]:
    repair = ObjectionRepair.objects.get(objection=objection)
    lines = [line.strip() for line in repair.missing.splitlines() if line.strip()]
    return {"ontbreekt": lines, "aanvullen_tot": repair.due_on}


def _extended(objection: Objection) -> dict[str, Any]:
    return _later(objection, ObjectionDelay.Kind.EXTENDED)


def _delayed(objection: Objection) -> dict[str, Any]:
    return _later(objection, ObjectionDelay.Kind.AGREED)


def _later(objection: Objection, kind: str) -> dict[str, Any]:
    delay = objection.delays.filter(kind=kind).latest("pk")
    return {"was": delay.old_day, "beslissen_uiterlijk": delay.new_day, "reden": delay.reason}


def _hearing(objection: Objection) -> dict[str, Any]:
    hearing = ObjectionHearing.objects.get(objection=objection)
    starts = timezone.localtime(hearing.starts_at)
    return {
        "wanneer": date_format(starts, "l j F Y \\o\\m H.i \\u\\u\\r"),
        "waar": hearing.place,
        "leiding": hearing.leader,
        "inzage_vanaf": hearing.file_open_from,
        "stukken_tot": documents_until(local_date(hearing.starts_at)),
    }


_MAKERS: Mapping[str, Any] = {
    Code.OBJECTION_RECEIVED: _received,
    Code.OBJECTION_DEFECT: _defect,
    Code.OBJECTION_EXTENDED: _extended,
    Code.OBJECTION_DELAYED: _delayed,
    Code.HEARING: _hearing,
}
