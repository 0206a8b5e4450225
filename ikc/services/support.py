"""Support staff: pools, workers, hours per IKC, and requests of IKCs (domain reference 5.5; programme 004, 2.2B, 2.2C, 3.3)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction

from ikc.models import (
    Ikc,
    Organisation,
    PlusStatus,
    SupportPool,
    SupportRequest,
    SupportWorker,
    SupportWorkerAllocation,
)
from ikc.models.support import MOST_HOURS
from ikc.notices import NoticeKind
from ikc.services.notices import notify_users
from ikc.states_support import (
    PLUS_ONLY,
    SUPPORT_REQUEST_WORKFLOW,
    SupportKind,
    SupportRequestKind,
)
from ikc.support_hours import Stretch, peak
from kvk2.core.audit import record
from kvk2.core.dates import in_figures
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_number

if TYPE_CHECKING:
    from ikc.models import User

# Without a pool for the year nobody can say whether these hours are there (domain reference 5.5).
POOLED = (SupportKind.YOUTH, SupportKind.VVE)
FARTHEST_YEARS = 8


class HoursRefused(DomainError):
    """No hours, too many for one person, or more than there are."""


class PeriodRefused(DomainError):
    """The days contradict each other, or lie outside the status Plus."""


class RequestRefused(DomainError):
    """This IKC does not ask for this, or the answer lacks something."""


@dataclass(frozen=True, slots=True)
class AllocationTerms:
    """Hours a week of a kind of support, from a day up to and including another."""

    kind: str
    worker: SupportWorker | None
    hours_per_week: Decimal
    valid_from: date
    valid_until: date
    source: str


@transaction.atomic
def set_pool(
    *, kind: str, year: int, workers: int, hours_each: Decimal, source: str,
    by: "User", at: datetime,
) -> SupportPool:  # fmt: skip
    """How many people with how many hours a week there are in a year; not less than what is in use."""
    _wait_for_others()
    first, last = date(year, 1, 1), date(year, 12, 31)
    used = peak(_stretches(kind=kind, first=first, last=last), first, last)
    if workers * hours_each < used:
        raise HoursRefused(
            f"In {year} is al {_hours(used)} per week ingezet. Verlaag eerst de inzet bij een IKC."
        )
    pool, _ = SupportPool.objects.update_or_create(
        kind=kind,
        year=year,
        defaults={"workers": workers, "hours_each": hours_each, "source": source},
    )
    record(
        pool, "support.pool_set", actor=by, at=at,
        reason=f"{pool}: {workers} × {_hours(hours_each)} per week. {source}",
    )  # fmt: skip
    return pool


@transaction.atomic
def add_worker(
    *, label: str, name: str, employer: Organisation, by: "User", at: datetime
) -> SupportWorker:
    if SupportWorker.objects.filter(label__iexact=label.strip()).exists():
        raise HoursRefused("Er is al iemand met deze aanduiding.")
    worker = SupportWorker.objects.create(label=label.strip(), name=name.strip(), employer=employer)
    record(worker, "support.worker_added", actor=by, at=at, reason=f"{worker}, {employer}.")
    return worker


@transaction.atomic
def allocate(
    ikc: Ikc, *, terms: AllocationTerms, by: "User", at: datetime
) -> SupportWorkerAllocation:
    """Support for an IKC. Refusals: `HoursRefused`, `PeriodRefused`."""
    _wait_for_others()
    ikc = Ikc.objects.select_for_update(of=("self",)).get(pk=ikc.pk)
    _check(ikc, terms)
    allocation = SupportWorkerAllocation.objects.create(
        ikc=ikc,
        kind=terms.kind,
        worker=terms.worker,
        hours_per_week=terms.hours_per_week,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        source=terms.source,
    )
    record(ikc, "ikc.support_allocated", actor=by, at=at, reason=_sentence(allocation))
    return allocation


@transaction.atomic
def end_allocation(
    allocation: SupportWorkerAllocation, *, last_day: date, reason: str, by: "User", at: datetime
) -> SupportWorkerAllocation:
    """Stop earlier than was planned; other hours are a new allocation from the next day."""
    allocation = (
        SupportWorkerAllocation.objects.select_for_update(of=("self",))
        .select_related("ikc")
        .get(pk=allocation.pk)
    )
    if last_day >= allocation.valid_until:
        raise PeriodRefused("De inzet eindigt dan al. Kies een eerdere dag.")
    if last_day < allocation.valid_from:
        raise PeriodRefused("De laatste dag ligt vóór het begin van de inzet.")
    before = allocation.valid_until
    allocation.valid_until = last_day
    allocation.save(update_fields=["valid_until"])
    record(
        allocation.ikc, "ikc.support_ended", actor=by, at=at, before=str(before),
        after=str(last_day), reason=f"{_sentence(allocation)} {reason}",
    )  # fmt: skip
    return allocation


def _check(ikc: Ikc, terms: AllocationTerms) -> None:
    first, last = terms.valid_from, terms.valid_until
    if not 0 < terms.hours_per_week <= MOST_HOURS:
        raise HoursRefused("Uren per week zijn meer dan 0 en hoogstens 40.")
    if last < first:
        raise PeriodRefused("De einddatum ligt vóór de begindatum.")
    if last.year - first.year > FARTHEST_YEARS:
        raise PeriodRefused("Leg hoogstens acht jaar tegelijk vast.")
    if terms.kind in PLUS_ONLY:
        _require_plus(ikc, first, last)
    if terms.worker is not None:
        _require_room_of(terms.worker, terms)
    _require_pool(terms)


def _require_plus(ikc: Ikc, first: date, last: date) -> None:
    """The hours lie within one period of the status Plus (domain reference 5.5)."""
    statuses = PlusStatus.objects.granted().filter(
        ikc=ikc, valid_from__lte=first, valid_until__gte=last
    )
    if not statuses.exists():
        raise PeriodRefused(
            f"{ikc} heeft in deze hele periode geen predicaat Plus. "
            "Een ander IKC vraagt om advies op afroep."
        )


def _require_room_of(worker: SupportWorker, terms: AllocationTerms) -> None:
    first, last = terms.valid_from, terms.valid_until
    if worker.left_on is not None and last > worker.left_on:
        raise PeriodRefused(f"{worker} werkt er na {in_figures(worker.left_on)} niet meer.")
    used = peak(
        [*_stretches(worker=worker, first=first, last=last), _as_stretch(terms)], first, last
    )
    if used > MOST_HOURS:
        raise HoursRefused(
            f"{worker} komt dan op {_hours(used)} per week, over alle IKC’s samen. Meer dan 40 mag niet."
        )


def _require_pool(terms: AllocationTerms) -> None:
    pools = {
        pool.year: pool
        for pool in SupportPool.objects.filter(
            kind=terms.kind, year__range=(terms.valid_from.year, terms.valid_until.year)
        )
    }
    label = SupportKind(terms.kind).label
    for year in range(terms.valid_from.year, terms.valid_until.year + 1):
        pool = pools.get(year)
        if pool is None:
            if terms.kind in POOLED:
                raise HoursRefused(f"Leg eerst vast hoeveel uren {label} er in {year} zijn.")
            continue
        first, last = (
            max(terms.valid_from, date(year, 1, 1)),
            min(terms.valid_until, date(year, 12, 31)),
        )
        used = peak(
            [*_stretches(kind=terms.kind, first=first, last=last), _as_stretch(terms)], first, last
        )
        if used > pool.hours:
            raise HoursRefused(
                f"In {year} zijn er {_hours(pool.hours)} {label} per week. "
                f"Met deze inzet erbij zijn het er {format_number(used, 1)}."
            )


# --- requests ---


@transaction.atomic
def request_support(
    ikc: Ikc, *, kind: str, wanted_kind: str, question: str, wanted_by: date | None,
    both_motivated: bool, by: "User", at: datetime,
) -> SupportRequest:  # fmt: skip
    """A regular IKC asks for advice on call; a village or a Plus IKC for a process coach. Refusal: `RequestRefused`."""
    ikc = Ikc.objects.select_for_update(of=("self",)).get(pk=ikc.pk)
    today = local_date(at)
    has_plus = PlusStatus.objects.granted().active_on(today).filter(ikc=ikc).exists()
    if kind == SupportRequestKind.PROCESS_COACH:
        wanted_kind = SupportKind.PROCESS_COACH
        _require_coach_for(ikc, has_plus=has_plus, both_motivated=both_motivated)
    elif has_plus:
        raise RequestRefused(
            "Een Plus IKC heeft eigen ondersteuning. Overleg met de projectleider."
        )
    if ikc.closed_on is not None and ikc.closed_on <= today:
        raise RequestRefused("Dit IKC is gesloten.")
    if wanted_by is not None and wanted_by < today:
        raise RequestRefused("De gewenste dag is al geweest.")
    if ikc.support_requests.open().filter(wanted_kind=wanted_kind, kind=kind).exists():
        raise RequestRefused("Er loopt al zo’n verzoek voor dit IKC.")
    request = SupportRequest.objects.create(
        ikc=ikc, kind=kind, wanted_kind=wanted_kind, question=question.strip(),
        wanted_by=wanted_by, both_motivated=both_motivated, requested_by=by, requested_at=at,
    )  # fmt: skip
    record(request, "support.requested", actor=by, at=at, after=request.state)
    return request


def _require_coach_for(ikc: Ikc, *, has_plus: bool, both_motivated: bool) -> None:
    if ikc.form == Ikc.Form.VILLAGE:
        if not both_motivated:
            raise RequestRefused(
                "Een procesbegeleider komt als school en kinderopvang dat allebei willen."
            )
    elif not has_plus:
        raise RequestRefused("Een procesbegeleider is er voor IKC’s in dorpen en voor Plus IKC’s.")


@transaction.atomic
def answer_request(
    request: SupportRequest, *, step: str, answer: str, by: "User", at: datetime
) -> SupportRequest:
    """`step` is 'accept' or 'decline'; the IKC reads the answer."""
    request = _lock(request)
    before = request.state
    request.state = SUPPORT_REQUEST_WORKFLOW.target(step, state=request.state)
    if not answer.strip():
        raise RequestRefused("Schrijf een antwoord aan het IKC.")
    request.answer, request.answered_by, request.answered_at = answer.strip(), by, at
    request.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    verb = "support.accepted" if step == "accept" else "support.declined"
    record(request, verb, actor=by, at=at, before=before, after=request.state)
    notify_users(
        [request.requested_by],
        NoticeKind.SUPPORT,
        "ikc/mail/support_answered",
        {"request": request},
        at=at,
    )
    return request


@transaction.atomic
def finish_request(
    request: SupportRequest, *, hours_spent: Decimal, outcome: str, by: "User", at: datetime
) -> SupportRequest:
    """What was done and how long it took: the log of consultations (domain reference 5.5)."""
    request = _lock(request)
    before = request.state
    request.state = SUPPORT_REQUEST_WORKFLOW.target("finish", state=request.state)
    if hours_spent <= 0 or not outcome.strip():
        raise RequestRefused("Vul in hoeveel uren het kostte en wat het opleverde.")
    request.hours_spent, request.outcome = hours_spent, outcome.strip()
    request.closed_on = local_date(at)
    request.save(update_fields=["state", "hours_spent", "outcome", "closed_on"])
    record(request, "support.finished", actor=by, at=at, before=before, after=request.state)
    return request


@transaction.atomic
def withdraw_request(request: SupportRequest, *, by: "User", at: datetime) -> SupportRequest:
    request = _lock(request)
    before = request.state
    request.state = SUPPORT_REQUEST_WORKFLOW.target("withdraw", state=request.state)
    request.closed_on = local_date(at)
    request.save(update_fields=["state", "closed_on"])
    record(request, "support.withdrawn", actor=by, at=at, before=before, after=request.state)
    return request


def _lock(request: SupportRequest) -> SupportRequest:
    return (
        SupportRequest.objects.select_for_update(of=("self",))
        .select_related("ikc")
        .get(pk=request.pk)
    )


# --- what they share ---


def _wait_for_others() -> None:
    """The same lock as the trigger takes, so that what is checked here is still so when it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ikc_support'))")


def _stretches(
    *, first: date, last: date, kind: str | None = None, worker: SupportWorker | None = None
) -> list[Stretch]:
    rows = SupportWorkerAllocation.objects.overlapping(first, last)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if worker is not None:
        rows = rows.filter(worker=worker)
    return [
        Stretch(*row) for row in rows.values_list("hours_per_week", "valid_from", "valid_until")
    ]


def _as_stretch(terms: AllocationTerms) -> Stretch:
    return Stretch(terms.hours_per_week, terms.valid_from, terms.valid_until)


def _sentence(allocation: SupportWorkerAllocation) -> str:
    return (
        f"{allocation.get_kind_display()}, {_hours(allocation.hours_per_week)} per week"
        f" tot en met {in_figures(allocation.valid_until)}."
    )


def _hours(value: Decimal) -> str:
    return f"{format_number(value, 1)} uur"
