"""An outage before the closing of a round: its record, and the later closing that the college decides on (Awb 2:21).

`SubsidyRound.extended_until` is what `subsidies.closing.closing_moment` reads; only `extend_closing` writes it, and the
database lets it change to the moment of the latest `ClosingExtension` alone.

A round that has closed stays closed: its drafts lapsed, and the domain reference (3.1, 3.2) knows no way back from
either. An outage in the last hours therefore has to be answered before the closing, or by deciding on what came late.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.closing import closing_moment
from subsidies.models import ClosingExtension, Outage, SubsidyRound
from subsidies.services.closing_mail import tell_later_closing
from subsidies.services.round_content import lock_round
from subsidies.states import RoundState

if TYPE_CHECKING:
    from ikc.models import User

# An outage can be written down from the announcement until the assessment starts.
WITH_OUTAGES = (RoundState.PUBLISHED, RoundState.OPEN, RoundState.CLOSED)


class OutageIncomplete(DomainError):
    """The outage cannot have been like this."""

    code = "OUTAGE_INCOMPLETE"


class OutageEnded(DomainError):
    """The end of this outage was written down before."""

    code = "OUTAGE_ENDED"


class ClosingNotExtendable(DomainError):
    """The round does not take applications, so that its closing cannot move."""

    code = "CLOSING_NOT_EXTENDABLE"


class ExtensionIncomplete(DomainError):
    """The decision, its reason or the new moment cannot be right."""

    code = "EXTENSION_INCOMPLETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDecision:
    """What the college decided: `new_closing` is the moment from which an application is too late."""

    outage: Outage
    new_closing: datetime
    decision_number: str
    decided_on: date
    reason: str


@transaction.atomic
def record_outage(
    *,
    started_at: datetime,
    ended_at: datetime | None,
    description: str,
    by: "User",
    at: datetime,
) -> Outage:
    """Write down that the portal could not be reached. Refusal: `OutageIncomplete`."""
    if not description.strip():
        raise OutageIncomplete("Schrijf op wat er niet werkte.")
    if started_at > at:
        raise OutageIncomplete("Het begin van de storing ligt in de toekomst.")
    if ended_at is not None:
        _require_end(started_at, ended_at, at)
    outage = Outage.objects.create(
        started_at=started_at,
        ended_at=ended_at,
        description=description.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    record(outage, "outage_recorded", actor=by, at=at, reason=outage.description)
    return outage


@transaction.atomic
def end_outage(outage: Outage, *, ended_at: datetime, by: "User", at: datetime) -> Outage:
    """Write down when the outage was over. Refusals: `OutageEnded`, `OutageIncomplete`."""
    outage = Outage.objects.select_for_update(of=("self",)).get(pk=outage.pk)
    if outage.ended_at is not None:
        raise OutageEnded("Het einde van deze storing is al vastgelegd.")
    _require_end(outage.started_at, ended_at, at)
    outage.ended_at = ended_at
    outage.save(update_fields=["ended_at"])
    record(outage, "outage_ended", actor=by, at=at)
    return outage


def _require_end(started_at: datetime, ended_at: datetime, at: datetime) -> None:
    if ended_at <= started_at:
        raise OutageIncomplete("Een storing eindigt nadat zij begon.")
    if ended_at > at:
        raise OutageIncomplete("Het einde van de storing ligt in de toekomst.")


@transaction.atomic
def extend_closing(
    round_: SubsidyRound, decision: ExtensionDecision, *, by: "User", at: datetime
) -> ClosingExtension:
    """Let the round close later. Refusals: `ClosingNotExtendable`, `ExtensionIncomplete`."""
    round_ = lock_round(round_)
    if round_.state != RoundState.OPEN:
        raise ClosingNotExtendable("De sluiting kan alleen later worden zolang de ronde open is.")
    old = closing_moment(round_)
    _require_complete(round_, decision, old, at)
    extension = ClosingExtension.objects.create(
        round=round_,
        outage=decision.outage,
        old_closing=old,
        new_closing=decision.new_closing,
        decision_number=decision.decision_number.strip(),
        decided_on=decision.decided_on,
        reason=decision.reason.strip(),
        extended_at=at,
        extended_by=by,
    )
    round_.extended_until = extension.new_closing
    round_.save(update_fields=["extended_until"])
    record(
        round_,
        "closing_extended",
        actor=by,
        at=at,
        reason=extension.reason,
        changes=[["Sluiting", _moment(old), _moment(extension.new_closing)]],
        decision=extension.decision_number,
    )
    tell_later_closing(round_, extension, at=at)
    return extension


def _require_complete(
    round_: SubsidyRound, decision: ExtensionDecision, old: datetime, at: datetime
) -> None:
    outage = decision.outage
    touches = outage.started_at < old and (
        outage.ended_at is None or outage.ended_at > round_.opens_at
    )
    checks = (
        (touches, "Deze storing viel niet in de tijd waarin aanvragen kon."),
        (decision.new_closing > old, f"De ronde sluit nu {_moment(old)}. Kies later."),
        (decision.new_closing > at, "De nieuwe sluiting ligt in het verleden."),
        (decision.decision_number.strip(), "Vul het nummer van het collegebesluit in."),
        (decision.decided_on <= local_date(at), "De datum van het besluit ligt in de toekomst."),
        (
            decision.decided_on >= local_date(outage.started_at),
            "Het besluit ligt vóór de storing.",
        ),
        (decision.reason.strip(), "Schrijf op waarom de ronde later sluit."),
    )
    for holds, sentence in checks:
        if not holds:
            raise ExtensionIncomplete(sentence)


def _moment(at: datetime) -> str:
    """`15 april 2026, 17.00 uur`, on the Amsterdam clock."""
    return date_format(timezone.localtime(at), "j F Y, H.i \\u\\u\\r")
