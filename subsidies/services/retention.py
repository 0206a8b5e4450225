"""How long each case is kept: the longest term that applies to anything in it (domain reference 8.4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet

from ikc.importers.facts import FactFile, number, text
from kvk2.core.audit import record
from kvk2.core.deadlines import Unit, local_date, term_end
from kvk2.core.errors import DomainError
from subsidies.models import (
    Application,
    Decision,
    Grant,
    LegalHold,
    Objection,
    Payment,
    Recovery,
    RetentionRule,
)
from subsidies.states import ApplicationState, DecisionState
from subsidies.states_grants import GrantState
from subsidies.states_objections import ObjectionState
from subsidies.states_payments import PaymentState

if TYPE_CHECKING:
    from ikc.models import User

Kind = RetentionRule.RecordKind
RETENTION = FactFile(
    "retention.csv",
    {
        "kind": text,
        "result": text,
        "title": text,
        "months": number,
        "trigger": text,
        "source": text,
    },
)
# While a decision is on its way, or contested, nothing in the case has ended.
PENDING = (
    DecisionState.DRAFT,
    DecisionState.LEGAL_CHECK,
    DecisionState.READY,
    DecisionState.TAKEN,
    DecisionState.CONTESTED,
)
MONEY_ACTS = ("advance", "determination", "recovery")
OBJECTION_ACTS = ("objection_decision",)
UNPAID = (
    PaymentState.PLANNED,
    PaymentState.APPROVED,
    PaymentState.ORDERED,
    PaymentState.SUSPENDED,
)
HANDLED = (ObjectionState.DECIDED, ObjectionState.WITHDRAWN)


class ReasonMissing(DomainError):
    """A hold, or keeping a case, has a reason."""


class HoldExists(DomainError):
    """The case is held already."""


class NoHold(DomainError):
    """There is no hold to lift."""


@dataclass(frozen=True, slots=True)
class Term:
    """One rule at work on a case: from when it runs, and the last day on which the case is kept for it."""

    rule: RetentionRule
    ended_on: date
    until: date


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a case is kept. `terms`: longest first, empty while the case runs; `hold` keeps it whatever they say."""

    terms: Sequence[Term]
    hold: LegalHold | None = None

    @property
    def longest(self) -> Term | None:
        return self.terms[0] if self.terms else None

    @property
    def until(self) -> date | None:
        """The last day; None while the case runs."""
        return self.terms[0].until if self.terms else None

    def is_over(self, today: date) -> bool:
        """Whether it may be destroyed today."""
        held = self.hold is not None and self.hold.holds_on(today)
        return self.until is not None and self.until < today and not held


@transaction.atomic
def load_retention(folder: Path) -> tuple[int, int]:
    """How many rules were new, and how many were there already; those stay as they are."""
    rows = RETENTION.read(folder)
    known = set(RetentionRule.objects.values_list("record_kind", flat=True))
    new = [
        RetentionRule(
            record_kind=Kind(row["kind"]),
            result=row["result"],
            title=row["title"],
            term_months=row["months"],
            trigger=row["trigger"],
            source=row["source"],
        )
        for row in rows
        if row["kind"] not in known
    ]
    RetentionRule.objects.bulk_create(new)
    return len(new), len(rows) - len(new)


def with_retention(applications: QuerySet[Application]) -> QuerySet[Application]:
    """With what `retention_of` reads, for lists."""
    return applications.select_related("round", "ikc", "grant").prefetch_related(
        Prefetch("decisions", Decision.objects.order_by("pk").prefetch_related("objections")),
        "grant__payments",
        "grant__recoveries",
        Prefetch("legal_holds", LegalHold.objects.filter(lifted_at=None), to_attr="open_holds"),
    )


def rules() -> dict[str, RetentionRule]:
    return {rule.record_kind: rule for rule in RetentionRule.objects.all()}


def retention_of(application: Application, known: dict[str, RetentionRule]) -> Retention:
    """The longest of the terms that apply; without terms while something in the case still runs.

    A kind without a rule keeps the case: what nobody laid down, is not destroyed.
    """
    hold = _hold_of(application)
    ends = dict(_ends(application))
    if not ends or any(day is None for day in ends.values()) or set(ends) - set(known):
        return Retention((), hold)
    terms = [
        Term(known[kind], day, _until(day, known[kind]))
        for kind, day in ends.items()
        if day is not None
    ]
    if any(term.rule.is_permanent for term in terms):
        return Retention((), hold)
    return Retention(sorted(terms, key=lambda term: term.until, reverse=True), hold)


@transaction.atomic
def place_hold(
    application: Application, *, reason: str, until: date | None, by: "User", at: datetime
) -> LegalHold:
    """Keep a case whatever its term says. Raises ReasonMissing or HoldExists."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if not reason.strip():
        raise ReasonMissing("Schrijf op waarom dit dossier bewaard moet blijven.")
    if until is not None and until < local_date(at):
        raise ReasonMissing("De laatste dag van de bewaarplicht ligt in het verleden.")
    if application.legal_holds.filter(lifted_at=None).exists():
        raise HoldExists("Voor dit dossier geldt al een bewaarplicht.")
    hold = LegalHold.objects.create(
        application=application, reason=reason.strip(), until=until, placed_at=at, placed_by=by
    )
    record(application, "legal_hold_placed", actor=by, at=at, reason=hold.reason)
    return hold


@transaction.atomic
def lift_hold(application: Application, *, by: "User", at: datetime) -> LegalHold:
    """End the hold. Raises NoHold."""
    hold = (
        LegalHold.objects.select_for_update(of=("self",))
        .filter(application=application, lifted_at=None)
        .first()
    )
    if hold is None:
        raise NoHold("Voor dit dossier geldt geen bewaarplicht.")
    hold.lifted_at, hold.lifted_by = at, by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record(application, "legal_hold_lifted", actor=by, at=at, reason=hold.reason)
    return hold


def _until(day: date, rule: RetentionRule) -> date:
    """The same day, so many months later; these terms stand in no Act, so they never move."""
    return term_end(day, rule.term_months or 0, Unit.MONTHS, atw_applies=False).last_day


def _hold_of(application: Application) -> LegalHold | None:
    holds = getattr(application, "open_holds", None)
    if holds is None:
        holds = list(application.legal_holds.filter(lifted_at=None))
    return holds[0] if holds else None


def _ends(application: Application) -> Iterator[tuple[str, date | None]]:
    """Which kinds of record the case holds, and when each ended; None: it still runs."""
    if application.state in (ApplicationState.DRAFT, ApplicationState.LAPSED):
        return
    decisions = list(application.decisions.all())
    sent = [row for row in decisions if row.announced_at is not None]
    grant: Grant | None = getattr(application, "grant", None)
    pending = any(row.state in PENDING for row in decisions)
    if application.state == ApplicationState.WITHDRAWN:
        yield Kind.ABORTED, _withdrawn_on(application)
    elif grant is not None:
        direct = grant.band == Grant.Band.DIRECT
        yield Kind.DIRECT if direct else Kind.GRANTED, None if pending else _ended(grant, sent)
    elif application.state in (ApplicationState.DECIDED, ApplicationState.NOT_PROCESSED):
        kind = Kind.ABORTED if any(row.kind == "not_processed" for row in sent) else Kind.REFUSED
        yield kind, None if pending or not sent else _last(sent)
    else:
        yield Kind.GRANTED, None
    payments = list(grant.payments.all()) if grant is not None else []
    recoveries = list(grant.recoveries.all()) if grant is not None else []
    acts = [row for row in sent if row.kind in MONEY_ACTS]
    if payments or acts or recoveries:
        yield Kind.PAYMENT, _paid(payments, recoveries, acts)
    objections = [objection for row in decisions for objection in row.objections.all()]
    if objections:
        yield Kind.OBJECTION, _handled(objections, sent)


def _paid(
    payments: Sequence[Payment], recoveries: Sequence[Recovery], acts: Sequence[Decision]
) -> date | None:
    """The day of the last payment, claim or decision on money; None while something is still to be paid."""
    if any(row.state in UNPAID for row in payments):
        return None
    days = [row.paid_on or row.due_on for row in payments]
    for claim in recoveries:
        if claim.ended_at is None:
            return None
        days.append(local_date(claim.ended_at))
    return max([*days, _last(acts)] if acts else days)


def _handled(objections: Sequence[Objection], sent: Sequence[Decision]) -> date | None:
    """The day on which the last objection was done with; None while one is open, or went to court."""
    if any(row.state not in HANDLED for row in objections):
        return None
    answers = [row for row in sent if row.kind in OBJECTION_ACTS]
    days = [local_date(row.judged_at or row.received_at) for row in objections]
    return max([*days, _last(answers)] if answers else days)


def _ended(grant: Grant, sent: Sequence[Decision]) -> date | None:
    """The last of: the end of the period, the determination, and any decision on it."""
    if grant.state in (GrantState.ACTIVE, GrantState.ACCOUNTING):
        return None
    days = [grant.period_end, _last(sent)]
    return max([*days, grant.determined_on] if grant.determined_on else days)


def _last(decisions: Sequence[Decision]) -> date:
    """The day on which the last of them could not be objected to any more."""
    return max(
        row.objection_until or local_date(row.announced_at) for row in decisions if row.announced_at
    )


def _withdrawn_on(application: Application) -> date | None:
    history = application.events.aggregate(last=Max("pgh_created_at"))  # type: ignore[attr-defined]
    return local_date(history["last"]) if history["last"] else None
