"""The way of a return: submit, give back, check, adopt, lock, and reopen for a while (domain reference 5.6, monitoring reference 3.3)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from agreements.models import AgreedIndicator
from ikc.models import User
from kvk2.core.dates import in_figures
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from monitoring.models import (
    LONGEST_EXCEPTION,
    LockException,
    Measurement,
    MonitoringCycle,
    Return,
)
from monitoring.services import concluding, freezing, judging, notifying
from monitoring.services.measuring import ReturnIncomplete, ReturnIsClosed, missing_for_submission
from monitoring.services.moving import locked_return, move
from monitoring.states import ReturnState

S = ReturnState


class NotYourself(DomainError):
    """Three people: who submitted or typed does not check, and neither of them adopts (invariant 10)."""

    code = "NOT_YOURSELF"


class ExceptionTooLong(DomainError):
    """A lock opens for thirty days at most, and not in the past."""

    code = "EXCEPTION_TOO_LONG"


class NothingToAdopt(DomainError):
    """No return of this year waits to be adopted."""

    code = "NOTHING_TO_ADOPT"


@transaction.atomic
def submit_return(return_: Return, *, by: User, at: datetime) -> Return:
    """File the figures of one agreement; from then on they stand still. Refusals: `ReturnIsClosed`, `ReturnIncomplete`."""
    return_ = locked_return(return_)
    if not return_.cycle.takes_figures and not return_.is_editable_on(local_date(at)):
        raise ReturnIsClosed("De invoer voor dit jaar is gesloten.")
    missing = missing_for_submission(
        return_, judging.indicators_of(return_), judging.measurements_by_series(return_)
    )
    if missing:
        raise ReturnIncomplete(f"{missing[0].indicator}: {missing[0].text}")
    return file(return_, by=by, at=at)


def file(return_: Return, *, by: User | None, at: datetime) -> Return:
    """The step itself, for somebody or, on the last day, for nobody; who looked at older figures has to look again."""
    indicators = judging.indicators_of(return_)
    # Judged first, as filed: what is off course is known, to the check below and to the trigger behind it.
    judging.store_judgements(
        return_,
        rules=return_.cycle.ruleset.rules(),
        at=at,
        day=date.max,
        indicators=indicators,
    )
    concluding.refresh(return_, indicators, at=at)
    _require_follow_up(return_, indicators, by=by, at=at)
    move(
        return_,
        "submit",
        by=by,
        at=at,
        submitted_at=at,
        submitted_by=by,
        checked_at=None,
        checked_by=None,
        adopted_at=None,
        adopted_by=None,
    )
    return return_


def _require_follow_up(
    return_: Return, indicators: Sequence[AgreedIndicator], *, by: User | None, at: datetime
) -> None:
    """Invariant 15: a core indicator off course has an action, or a written reason why not."""
    waiting = concluding.without_follow_up(return_, indicators)
    if waiting and by is None:
        concluding.leave_open(return_, waiting, at=at)
    elif waiting:
        raise ReturnIncomplete(
            f"{waiting[0]}: deze kernindicator is niet op koers. Spreek een actie af, of schrijf op waarom er geen komt."
        )


@transaction.atomic
def send_back(return_: Return, *, reason: str, by: User, at: datetime) -> Return:
    """Give a filed return back to who entered it, with the reason. Refusals: `ReturnIsClosed`, `CommentMissing`."""
    return_ = locked_return(return_)
    if not return_.cycle.takes_figures and not return_.exceptions.running(local_date(at)).exists():
        raise ReturnIsClosed("De invoer voor dit jaar is gesloten.")
    move(return_, "return", by=by, at=at, comment=reason)
    notifying.tell_entering(return_, "return_sent_back", by=by, at=at, reason=reason)
    return return_


@transaction.atomic
def check_return(return_: Return, *, comment: str = "", by: User, at: datetime) -> Return:
    """Find the figures right. Refusals: `NotYourself`, and `ReturnIncomplete` when a remark has no explanation."""
    return_ = locked_return(return_)
    _require_another(by, _hands_in(return_), "controleren")
    _require_explained(return_)
    move(return_, "check", by=by, at=at, comment=comment, checked_at=at, checked_by=by)
    waiting = return_.cycle.returns.filter(state__in=[S.DRAFT, S.RETURNED, S.SUBMITTED])
    if not waiting.exists():
        notifying.tell_group(return_.cycle, at=at)
    return return_


def _require_explained(return_: Return) -> None:
    """What the system filed on the last day may still ask for a word."""
    missing = missing_for_submission(
        return_, judging.indicators_of(return_), judging.measurements_by_series(return_)
    )
    if missing:
        raise ReturnIncomplete(
            f"{missing[0].indicator}: {missing[0].text} Geef de aanlevering daarvoor terug."
        )


@transaction.atomic
def adopt_return(return_: Return, *, by: User, at: datetime) -> Return:
    """Adopt checked figures. When the year is frozen already they are locked at once, in a new dataset."""
    return_ = locked_return(return_)
    _require_another(by, {*_hands_in(return_), return_.checked_by_id}, "vaststellen")
    move(return_, "adopt", by=by, at=at, adopted_at=at, adopted_by=by)
    if return_.cycle.is_frozen:
        lock_return(return_, at=at)
        freezing.freeze(
            return_.cycle,
            note=f"{return_.version.ikc_name}: cijfers herzien na heropening."[:300],
            by=by,
            at=at,
        )
    return return_


@transaction.atomic
def adopt_returns(cycle: MonitoringCycle, *, by: User, at: datetime) -> int:
    """Adopt all returns of a year that were checked, all or none; how many. Refusals: `NothingToAdopt`, `NotYourself`."""
    checked = list(cycle.returns.filter(state=S.CHECKED).order_by("pk"))
    if not checked:
        raise NothingToAdopt("Er is nu geen aanlevering die is gecontroleerd.")
    for return_ in checked:
        adopt_return(return_, by=by, at=at)
    return len(checked)


def lock_return(return_: Return, *, at: datetime) -> Return:
    """Close adopted figures; an exception that led here is over. The caller holds the lock on the row."""
    move(return_, "lock", by=None, at=at, locked_at=at)
    return_.exceptions.filter(ended_at=None).update(ended_at=at)
    return return_


@transaction.atomic
def reopen_return(return_: Return, *, reason: str, until: date, by: User, at: datetime) -> Return:
    """Let locked figures be changed up to and including `until`. Refusals: `ExceptionTooLong`, `CommentMissing`."""
    return_ = locked_return(return_)
    today = local_date(at)
    if not today <= until <= today + LONGEST_EXCEPTION:
        raise ExceptionTooLong(
            f"Kies een dag van vandaag tot en met {in_figures(today + LONGEST_EXCEPTION)}: "
            f"heropenen kan voor hoogstens {LONGEST_EXCEPTION.days} dagen."
        )
    move(return_, "reopen", by=by, at=at, comment=reason, until=until)
    LockException.objects.create(
        of_return=return_, granted_by=by, granted_on=today, reason=reason.strip(), until=until
    )
    notifying.tell_entering(return_, "return_reopened", by=by, at=at, reason=reason, until=until)
    return return_


def lock_again(*, at: datetime) -> int:
    """Sweep, daily: what was reopened and not filed in time is locked as it was adopted before; how many."""
    overdue = LockException.objects.filter(
        ended_at=None, until__lt=local_date(at), of_return__state=S.RETURNED
    )
    return sum(
        _lock_again(return_, at=at)
        for return_ in Return.objects.filter(exceptions__in=overdue).order_by("pk")
    )


@transaction.atomic
def _lock_again(return_: Return, *, at: datetime) -> bool:
    return_ = locked_return(return_)
    yesterday = local_date(at) - timedelta(days=1)
    ended = return_.exceptions.filter(ended_at=None, until__lte=yesterday)
    if return_.state != S.RETURNED or not ended.exists():
        return False
    _withdraw_revisions(return_, at)
    move(
        return_,
        "relock",
        by=None,
        at=at,
        comment="De termijn van de heropening is voorbij. De cijfers zijn weer zoals ze waren vastgesteld.",
        locked_at=at,
        **_as_adopted(return_),
    )
    ended.update(ended_at=at)
    judging.store_judgements(return_, rules=return_.cycle.ruleset.rules(), at=at, day=date.max)
    return True


def _as_adopted(return_: Return) -> dict:
    """Who submitted, checked and adopted the figures that come back: the last of each before the last adoption."""
    steps = list(return_.transitions.order_by("-pk"))
    adopted = next(step for step in steps if step.step == "adopt")
    before = [step for step in steps if step.pk < adopted.pk]
    submitted = next(step for step in before if step.step == "submit")
    checked = next(step for step in before if step.step == "check")
    return {
        "submitted_at": submitted.at,
        "submitted_by": submitted.actor,
        "checked_at": checked.at,
        "checked_by": checked.actor,
        "adopted_at": adopted.at,
        "adopted_by": adopted.actor,
    }


def _withdraw_revisions(return_: Return, at: datetime) -> None:
    """Figures typed since the lock was opened do not count: nobody adopted them. They stay readable."""
    opened = return_.transitions.filter(step="reopen").latest("pk").at
    revisions = Measurement.revisions.filter(of_return=return_)
    late = revisions.filter(entered_at__gte=opened, withdrawn_at=None)
    series = list(late.values_list("series_key", flat=True))
    late.update(is_current=False, withdrawn_at=at)
    adopted = {
        row.series_key: row.pk
        for row in revisions.filter(series_key__in=series, withdrawn_at=None).order_by("revision")
    }
    revisions.filter(pk__in=adopted.values()).update(is_current=True)


def _hands_in(return_: Return) -> set[int | None]:
    """Who submitted the return or typed one of its figures."""
    return {
        return_.submitted_by_id,
        *return_.measurements.values_list("entered_by", flat=True),
    }


def _require_another(by: User, people: Iterable[int | None], verb: str) -> None:
    if by.pk in people:
        raise NotYourself(
            f"U hebt aan deze cijfers meegewerkt. Een ander moet ze {verb} (drie personen: indienen, controleren, vaststellen)."
        )
